#include "capi/client/client.hpp"
#include "capi/client/polling.hpp"
#include "capi/error.hpp"

namespace gale::capi {
namespace {

constexpr std::size_t longest_reason = 1023;

[[gnu::cold]] int no_image_or_handler(aeron_image_t* image) noexcept {
    if (find<ImageObject>(image) == nullptr) return refused<ImageObject>(image);
    return fail(EINVAL, "the handler is null");
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::Position;

int aeron_image_release(aeron_image_t* image) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image);
    const auto shared = object->shared;
    if (!shared->release(image)) return fail(EINVAL, "the program holds no reference to the image");
    return 0;
}

int aeron_image_constants(aeron_image_t* image, aeron_image_constants_t* constants) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image);
    if (constants == nullptr) return fail(EINVAL, "there is no place for the constants: null");
    const auto& of = object->image;
    *constants = {
        .subscription = object->shared->known_handle(),
        .source_identity = of.source_identity().c_str(),
        .correlation_id = of.correlation_id().value,
        .join_position = of.join_position().value,
        .position_bits_to_shift = static_cast<std::size_t>(of.state()->log().geometry().position_bits()),
        .term_buffer_length = static_cast<std::size_t>(of.term_length()),
        .mtu_length = static_cast<std::size_t>(of.mtu_length()),
        .session_id = of.session_id().value,
        .initial_term_id = of.initial_term_id().value,
        .subscriber_position_id = of.position_counter_id().value,
    };
    return 0;
}

int64_t aeron_image_position(aeron_image_t* image) {
    auto* object = find<ImageObject>(image);
    return object == nullptr ? refused<ImageObject>(image) : object->image.position().value;
}

bool aeron_image_is_end_of_stream(aeron_image_t* image) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image) != 0;
    return object->image.is_end_of_stream();
}

int64_t aeron_image_end_of_stream_position(aeron_image_t* image) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image);
    const auto position = object->image.end_of_stream_position();
    return position ? position->value : gale::logbuffer::end_of_stream_unknown;
}

int aeron_image_active_transport_count(aeron_image_t* image) {
    auto* object = find<ImageObject>(image);
    return object == nullptr ? refused<ImageObject>(image) : object->image.active_transport_count();
}

bool aeron_image_is_publication_revoked(aeron_image_t* image) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image) != 0;
    return object->image.is_publication_revoked();
}

int aeron_image_poll(aeron_image_t* image, aeron_fragment_handler_t handler, void* clientd, size_t fragment_limit) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr || handler == nullptr) [[unlikely]]
        return no_image_or_handler(image);
    return object->image.state()->poll(CallFragmentHandler{handler, clientd}, limit(fragment_limit));
}

int aeron_image_controlled_poll(aeron_image_t* image, aeron_controlled_fragment_handler_t handler, void* clientd,
                                size_t fragment_limit) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr || handler == nullptr) [[unlikely]]
        return no_image_or_handler(image);
    return object->image.state()->controlled_poll(CallControlledHandler{handler, clientd}, limit(fragment_limit));
}

int aeron_image_bounded_poll(aeron_image_t* image, aeron_fragment_handler_t handler, void* clientd,
                             int64_t limit_position, size_t fragment_limit) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr || handler == nullptr) [[unlikely]]
        return no_image_or_handler(image);
    return object->image.state()->bounded_poll(CallFragmentHandler{handler, clientd}, Position{limit_position},
                                               limit(fragment_limit));
}

int aeron_image_bounded_controlled_poll(aeron_image_t* image, aeron_controlled_fragment_handler_t handler,
                                        void* clientd, int64_t limit_position, size_t fragment_limit) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr || handler == nullptr) [[unlikely]]
        return no_image_or_handler(image);
    return object->image.state()->bounded_controlled_poll(CallControlledHandler{handler, clientd},
                                                          Position{limit_position}, limit(fragment_limit));
}

int aeron_image_block_poll(aeron_image_t* image, aeron_block_handler_t handler, void* clientd,
                           size_t block_length_limit) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr || handler == nullptr) [[unlikely]]
        return no_image_or_handler(image);
    return object->image.state()->block_poll(CallBlockHandler{handler, clientd}, limit(block_length_limit));
}

bool aeron_image_is_closed(aeron_image_t* image) {
    auto* object = find<ImageObject>(image);
    return object == nullptr || object->image.is_closed();
}

int aeron_image_reject(aeron_image_t* image, const char* reason) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image);
    if (reason == nullptr) return fail(EINVAL, "the reason is null");
    if (std::string_view{reason}.size() > longest_reason) return fail(EINVAL, "the reason is longer than 1023 bytes");
    if (object->image.is_closed()) return fail(EINVAL, "the image is closed: there is nothing to reject any more");
    // Nobody waits for the answer.
    return guarded(
        [&] { static_cast<void>(object->image.state()->core()->reject_image(*object->image.state(), reason)); });
}

// --- the header of a fragment ---

int aeron_header_values(aeron_header_t* header, aeron_header_values_t* values) {
    if (header == nullptr || values == nullptr) return fail(EINVAL, "the header, or the place for its values, is null");
    const gale::Header::Values of = from_c(header).values();
    *values = {.frame = {.frame_length = of.frame_length,
                         .version = static_cast<std::int8_t>(of.version),
                         .flags = of.flags,
                         .type = static_cast<std::int16_t>(of.type),
                         .term_offset = of.term_offset,
                         .session_id = of.session_id.value,
                         .stream_id = of.stream_id.value,
                         .term_id = of.term_id.value,
                         .reserved_value = of.reserved_value},
               .initial_term_id = of.initial_term_id.value,
               .position_bits_to_shift = static_cast<std::size_t>(of.position_bits)};
    return 0;
}

int64_t aeron_header_position(aeron_header_t* header) {
    if (header == nullptr) return fail(EINVAL, "the header is null");
    return from_c(header).position().value;
}

size_t aeron_header_position_bits_to_shift(aeron_header_t* header) {
    if (header == nullptr) return static_cast<size_t>(fail(EINVAL, "the header is null"));
    return static_cast<std::size_t>(from_c(header).values().position_bits);
}

int32_t aeron_header_next_term_offset(aeron_header_t* header) {
    if (header == nullptr) return fail(EINVAL, "the header is null");
    const std::int64_t term_length = std::int64_t{1} << from_c(header).values().position_bits;
    const std::int64_t offset = from_c(header).position().value & (term_length - 1);
    return static_cast<std::int32_t>(offset == 0 ? term_length : offset);
}

void* aeron_header_context(aeron_header_t* header) {
    if (header == nullptr) {
        fail(EINVAL, "the header is null");
        return nullptr;
    }
    const auto* image = from_c(header).image_state();
    return image == nullptr ? nullptr : image->attached();
}

// Both kinds of publication. What is called for every message is one call of the C++ client's, and one look at the
// handle before it.
#include "capi/client/addresses.hpp"
#include "capi/client/client.hpp"
#include "capi/error.hpp"
#include "logbuffer/append.hpp"

#include <limits>

namespace gale::capi {
namespace {

constexpr auto closed = static_cast<std::int64_t>(OfferError::closed);
constexpr auto error = static_cast<std::int64_t>(OfferError::error);

/// Nothing behind a publication's handle: closed, unless it never was one.
template <class Object> [[gnu::cold]] std::int64_t offer_without_object(typename Object::Handle* handle) noexcept {
    if (handle != nullptr && !is_of_another_kind(handle, Object::kind)) return closed;
    refuse(handle, Object::kind);
    return error;
}

[[gnu::cold]] std::int64_t bad_message(std::string_view text) noexcept {
    set_error(EINVAL, text);
    return error;
}

/// `error` is the only answer with words.
[[nodiscard]] std::int64_t answer(OfferResult result) noexcept {
    if (result.raw() == error) [[unlikely]]
        return bad_message("the message is longer than it may be, or null");
    return result.raw();
}

std::span<const std::byte> bytes(const std::uint8_t* buffer, std::size_t length) noexcept {
    return {reinterpret_cast<const std::byte*>(buffer), length};
}

decltype(auto) appender(PublicationObject&, client::PublicationState& state) noexcept { return state.concurrent(); }
decltype(auto) appender(ExclusivePublicationObject&, client::PublicationState& state) noexcept {
    return state.exclusive();
}

/// Gives the frames of one message to a supplier of C.
auto call_supplier(aeron_reserved_value_supplier_t supplier, void* clientd) noexcept {
    return [supplier, clientd](std::span<const std::byte> frame) {
        return supplier(clientd, reinterpret_cast<std::uint8_t*>(const_cast<std::byte*>(frame.data())), frame.size());
    };
}

// Flattened, as what the C++ client does for a message: then a call through C costs what one of C++ does.
template <class Object>
[[gnu::flatten, gnu::always_inline]] inline std::int64_t
offer(typename Object::Handle* handle, const std::uint8_t* buffer, std::size_t length,
      aeron_reserved_value_supplier_t supplier, void* clientd) {
    auto* object = find<Object>(handle);
    if (object == nullptr) [[unlikely]]
        return offer_without_object<Object>(handle);
    if (supplier != nullptr) [[unlikely]]
        return answer(object->publication.offer(bytes(buffer, length), call_supplier(supplier, clientd)));
    if (buffer == nullptr && length > 0) [[unlikely]]
        return bad_message("the message is null, but has a length");
    client::PublicationState& state = *object->publication.state();
    if (state.is_closed()) [[unlikely]]
        return closed;
    return answer(
        appender(*object, state).offer(state.limit(), logbuffer::SingleSource{bytes(buffer, length)}, nullptr));
}

/// A message in the pieces of a C vector, where it lies.
class IovecSource {
public:
    explicit IovecSource(std::span<const aeron_iovec_t> pieces) noexcept : pieces_{pieces} {
        for (const auto& piece : pieces) length_ += piece.iov_len;
    }
    [[nodiscard]] std::size_t length() const noexcept { return length_; }
    void copy(std::byte* to, std::size_t length) noexcept {
        while (length > 0) {
            const auto& piece = pieces_.front();
            const std::size_t taken = std::min(piece.iov_len - used_, length);
            if (taken > 0) std::memcpy(to, piece.iov_base + used_, taken);
            to += taken;
            length -= taken;
            used_ += taken;
            if (used_ == piece.iov_len) {
                pieces_ = pieces_.subspan(1);
                used_ = 0;
            }
        }
    }

private:
    std::span<const aeron_iovec_t> pieces_;
    std::size_t length_ = 0;
    std::size_t used_ = 0;
};

bool are_pieces(const aeron_iovec_t* iov, std::size_t count) noexcept {
    if (iov == nullptr) return count == 0;
    std::size_t total = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (iov[i].iov_base == nullptr && iov[i].iov_len > 0) return false;
        if (iov[i].iov_len > std::numeric_limits<std::size_t>::max() - total) return false;
        total += iov[i].iov_len;
    }
    return true;
}

template <class Object>
std::int64_t offerv(typename Object::Handle* handle, const aeron_iovec_t* iov, std::size_t count,
                    aeron_reserved_value_supplier_t supplier, void* clientd) {
    auto* object = find<Object>(handle);
    if (object == nullptr) [[unlikely]]
        return offer_without_object<Object>(handle);
    if (!are_pieces(iov, count)) return bad_message("a piece of the message is null, or they are too many");
    client::PublicationState& state = *object->publication.state();
    if (state.is_closed()) return closed;
    const auto with_reserved = call_supplier(supplier, clientd);
    const ReservedValueSupplier reserved{with_reserved};
    return answer(appender(*object, state)
                      .offer(state.limit(), IovecSource{{iov, count}}, supplier == nullptr ? nullptr : &reserved));
}

template <class Object>
[[gnu::flatten]] std::int64_t try_claim(typename Object::Handle* handle, std::size_t length,
                                        aeron_buffer_claim_t* claim) noexcept {
    auto* object = find<Object>(handle);
    if (object == nullptr) [[unlikely]]
        return offer_without_object<Object>(handle);
    if (claim == nullptr) [[unlikely]]
        return bad_message("there is no place for the claim: null");
    client::PublicationState& state = *object->publication.state();
    auto& log = appender(*object, state);
    if (length > static_cast<std::size_t>(log.max_payload_length())) [[unlikely]]
        return bad_message("a claim is of at most the publication's max_payload_length bytes");
    if (state.is_closed()) [[unlikely]]
        return closed;
    logbuffer::ClaimedFrame claimed;
    const OfferResult result = log.claim(state.limit(), static_cast<std::int32_t>(length), claimed);
    if (result) {
        claim->frame_header = reinterpret_cast<std::uint8_t*>(claimed.frame);
        claim->data = claim->frame_header + wire::frame_header_length;
        claim->length = length;
    }
    return result.raw();
}

template <class Object> std::int64_t channel_status(typename Object::Handle* handle) noexcept {
    auto* object = find<Object>(handle);
    if (object == nullptr) return refused<Object>(handle);
    const auto& publication = object->publication;
    if (publication.is_closed() || publication.constants().channel_status_id == no_counter) return -1;
    return static_cast<std::int64_t>(publication.channel_status());
}

template <class Object> bool is_closed(typename Object::Handle* handle) noexcept {
    auto* object = find<Object>(handle);
    return object == nullptr || object->publication.is_closed();
}

template <class Object> bool is_connected(typename Object::Handle* handle) noexcept {
    auto* object = find<Object>(handle);
    return object != nullptr && object->publication.is_connected();
}

template <class Object>
int constants(typename Object::Handle* handle, aeron_publication_constants_t* constants) noexcept {
    auto* object = find<Object>(handle);
    if (object == nullptr) return refused<Object>(handle);
    if (constants == nullptr) return fail(EINVAL, "there is no place for the constants: null");
    const PublicationConstants& of = object->publication.constants();
    *constants = {.channel = of.channel.c_str(),
                  .original_registration_id = of.original_registration_id.value,
                  .registration_id = of.registration_id.value,
                  .max_possible_position = of.max_possible_position.value,
                  .position_bits_to_shift =
                      static_cast<std::size_t>(object->publication.state()->log()->log().geometry().position_bits()),
                  .term_buffer_length = static_cast<std::size_t>(of.term_length),
                  .max_message_length = static_cast<std::size_t>(of.max_message_length),
                  .max_payload_length = static_cast<std::size_t>(of.max_payload_length),
                  .stream_id = of.stream_id.value,
                  .session_id = of.session_id.value,
                  .initial_term_id = of.initial_term_id.value,
                  .publication_limit_counter_id = of.limit_counter_id.value,
                  .channel_status_indicator_id = of.channel_status_id.value};
    return 0;
}

std::int64_t position_or_closed(std::optional<Position> position) noexcept {
    return position ? position->value : closed;
}

template <class Object> std::int64_t position(typename Object::Handle* handle) noexcept {
    auto* object = find<Object>(handle);
    if (object == nullptr) return offer_without_object<Object>(handle);
    return position_or_closed(object->publication.position());
}

template <class Object> std::int64_t position_limit(typename Object::Handle* handle) noexcept {
    auto* object = find<Object>(handle);
    if (object == nullptr) return offer_without_object<Object>(handle);
    return position_or_closed(object->publication.position_limit());
}

void end(PublicationObject& object) noexcept { object.publication.close(); }
void end(ExclusivePublicationObject& object) noexcept {
    if (object.revoke_on_close)
        object.publication.revoke();
    else
        object.publication.close();
}

template <class Object> int close(typename Object::Handle* handle, Notification on_complete) noexcept {
    if (handle == nullptr) return 0;
    auto* object = find<Object>(handle);
    if (object == nullptr) return is_of_another_kind(handle, Object::kind) ? refused<Object>(handle) : 0;
    if (!invalidate<Object>(handle)) return 0;
    return guarded([&] {
        ClientData& client = *object->client;
        const bool was_closed = object->publication.is_closed();
        client.forget_resource(object->publication.constants().registration_id.value);
        end(*object);
        client.retire(slot_of(handle));
        if (!was_closed) client.notify(on_complete);
    });
}

template <class Object>
int local_sockaddrs(typename Object::Handle* handle, aeron_iovec_t* vector, std::size_t length) noexcept {
    auto* object = find<Object>(handle);
    if (object == nullptr) return refused<Object>(handle);
    return guarded([&] { return copy_addresses(object->publication.local_addresses(), vector, length); });
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_buffer_claim_commit(aeron_buffer_claim_t* buffer_claim) {
    if (buffer_claim == nullptr || buffer_claim->frame_header == nullptr) return 0;
    auto* frame = reinterpret_cast<std::byte*>(std::exchange(buffer_claim->frame_header, nullptr));
    gale::logbuffer::commit_frame(frame,
                                  static_cast<std::int32_t>(buffer_claim->length) + gale::wire::frame_header_length);
    return 0;
}

int aeron_buffer_claim_abort(aeron_buffer_claim_t* buffer_claim) {
    if (buffer_claim == nullptr || buffer_claim->frame_header == nullptr) return 0;
    auto* frame = reinterpret_cast<std::byte*>(std::exchange(buffer_claim->frame_header, nullptr));
    gale::logbuffer::pad_frame(frame,
                               static_cast<std::int32_t>(buffer_claim->length) + gale::wire::frame_header_length);
    return 0;
}

[[gnu::flatten]] int64_t aeron_publication_offer(aeron_publication_t* publication, const uint8_t* buffer, size_t length,
                                                 aeron_reserved_value_supplier_t reserved_value_supplier,
                                                 void* clientd) {
    return offer<PublicationObject>(publication, buffer, length, reserved_value_supplier, clientd);
}
[[gnu::flatten]] int64_t aeron_exclusive_publication_offer(aeron_exclusive_publication_t* publication,
                                                           const uint8_t* buffer, size_t length,
                                                           aeron_reserved_value_supplier_t reserved_value_supplier,
                                                           void* clientd) {
    return offer<ExclusivePublicationObject>(publication, buffer, length, reserved_value_supplier, clientd);
}

int64_t aeron_publication_offerv(aeron_publication_t* publication, aeron_iovec_t* iov, size_t iovcnt,
                                 aeron_reserved_value_supplier_t reserved_value_supplier, void* clientd) {
    return offerv<PublicationObject>(publication, iov, iovcnt, reserved_value_supplier, clientd);
}
int64_t aeron_exclusive_publication_offerv(aeron_exclusive_publication_t* publication, aeron_iovec_t* iov,
                                           size_t iovcnt, aeron_reserved_value_supplier_t reserved_value_supplier,
                                           void* clientd) {
    return offerv<ExclusivePublicationObject>(publication, iov, iovcnt, reserved_value_supplier, clientd);
}

int64_t aeron_publication_try_claim(aeron_publication_t* publication, size_t length,
                                    aeron_buffer_claim_t* buffer_claim) {
    return try_claim<PublicationObject>(publication, length, buffer_claim);
}
int64_t aeron_exclusive_publication_try_claim(aeron_exclusive_publication_t* publication, size_t length,
                                              aeron_buffer_claim_t* buffer_claim) {
    return try_claim<ExclusivePublicationObject>(publication, length, buffer_claim);
}

int64_t aeron_exclusive_publication_append_padding(aeron_exclusive_publication_t* publication, size_t length) {
    auto* object = find<ExclusivePublicationObject>(publication);
    if (object == nullptr) return offer_without_object<ExclusivePublicationObject>(publication);
    constexpr std::size_t most = std::numeric_limits<std::int32_t>::max();
    return answer(object->publication.append_padding(static_cast<std::int32_t>(std::min(length, most))));
}

int64_t aeron_exclusive_publication_offer_block(aeron_exclusive_publication_t* publication, const uint8_t* buffer,
                                                size_t length) {
    auto* object = find<ExclusivePublicationObject>(publication);
    if (object == nullptr) return offer_without_object<ExclusivePublicationObject>(publication);
    const std::int64_t result = object->publication.offer_block(bytes(buffer, length)).raw();
    return result == error ? bad_message("the block is not of just this place in the stream, or does not fit") : result;
}

int64_t aeron_publication_channel_status(aeron_publication_t* publication) {
    return channel_status<PublicationObject>(publication);
}
int64_t aeron_exclusive_publication_channel_status(aeron_exclusive_publication_t* publication) {
    return channel_status<ExclusivePublicationObject>(publication);
}

bool aeron_publication_is_closed(aeron_publication_t* publication) { return is_closed<PublicationObject>(publication); }
bool aeron_exclusive_publication_is_closed(aeron_exclusive_publication_t* publication) {
    return is_closed<ExclusivePublicationObject>(publication);
}

bool aeron_publication_is_connected(aeron_publication_t* publication) {
    return is_connected<PublicationObject>(publication);
}
bool aeron_exclusive_publication_is_connected(aeron_exclusive_publication_t* publication) {
    return is_connected<ExclusivePublicationObject>(publication);
}

int aeron_publication_constants(aeron_publication_t* publication, aeron_publication_constants_t* values) {
    return constants<PublicationObject>(publication, values);
}
int aeron_exclusive_publication_constants(aeron_exclusive_publication_t* publication,
                                          aeron_publication_constants_t* values) {
    return constants<ExclusivePublicationObject>(publication, values);
}

int64_t aeron_publication_position(aeron_publication_t* publication) {
    return position<PublicationObject>(publication);
}
int64_t aeron_exclusive_publication_position(aeron_exclusive_publication_t* publication) {
    return position<ExclusivePublicationObject>(publication);
}

int64_t aeron_publication_position_limit(aeron_publication_t* publication) {
    return position_limit<PublicationObject>(publication);
}
int64_t aeron_exclusive_publication_position_limit(aeron_exclusive_publication_t* publication) {
    return position_limit<ExclusivePublicationObject>(publication);
}

int aeron_publication_close(aeron_publication_t* publication, aeron_notification_t on_close_complete,
                            void* on_close_complete_clientd) {
    return close<PublicationObject>(publication, {on_close_complete, on_close_complete_clientd});
}
int aeron_exclusive_publication_close(aeron_exclusive_publication_t* publication,
                                      aeron_notification_t on_close_complete, void* on_close_complete_clientd) {
    return close<ExclusivePublicationObject>(publication, {on_close_complete, on_close_complete_clientd});
}

void aeron_exclusive_publication_revoke_on_close(aeron_exclusive_publication_t* publication) {
    auto* object = find<ExclusivePublicationObject>(publication);
    if (object == nullptr) return refuse(publication, Kind::exclusive_publication);
    object->revoke_on_close = true;
}

int aeron_exclusive_publication_revoke(aeron_exclusive_publication_t* publication,
                                       aeron_notification_t on_close_complete, void* on_close_complete_clientd) {
    if (publication != nullptr && find<ExclusivePublicationObject>(publication) != nullptr)
        aeron_exclusive_publication_revoke_on_close(publication);
    return aeron_exclusive_publication_close(publication, on_close_complete, on_close_complete_clientd);
}

const char* aeron_publication_channel(aeron_publication_t* publication) {
    auto* object = find<PublicationObject>(publication);
    if (object == nullptr) {
        refuse(publication, Kind::publication);
        return nullptr;
    }
    return object->publication.channel().c_str();
}

int32_t aeron_publication_stream_id(aeron_publication_t* publication) {
    auto* object = find<PublicationObject>(publication);
    return object == nullptr ? refused<PublicationObject>(publication) : object->publication.stream_id().value;
}

int32_t aeron_publication_session_id(aeron_publication_t* publication) {
    auto* object = find<PublicationObject>(publication);
    return object == nullptr ? refused<PublicationObject>(publication) : object->publication.session_id().value;
}

int aeron_publication_local_sockaddrs(aeron_publication_t* publication, aeron_iovec_t* address_vec,
                                      size_t address_vec_len) {
    return local_sockaddrs<PublicationObject>(publication, address_vec, address_vec_len);
}
int aeron_exclusive_publication_local_sockaddrs(aeron_exclusive_publication_t* publication, aeron_iovec_t* address_vec,
                                                size_t address_vec_len) {
    return local_sockaddrs<ExclusivePublicationObject>(publication, address_vec, address_vec_len);
}

// Channels put together: aeron_uri_string_builder.h. The builder's memory holds a handle, so that one that is closed,
// or was never made, is told from one that is good.
#include "capi/client/addresses.hpp"
#include "capi/client/handles.hpp"
#include "capi/error.hpp"
#include "channel/uri.hpp"
#include "channel/values.hpp"
#include "logbuffer/geometry.hpp"

#include <fmt/format.h>

#include <aeron/uri/aeron_uri.h>
#include <aeron/uri/aeron_uri_string_builder.h>

#include <algorithm>
#include <list>

namespace gale::capi {
namespace {

constexpr std::string_view aeron_scheme = "aeron:";

struct BuilderObject {
    static constexpr Kind kind = Kind::uri_string_builder;
    using Handle = aeron_str_to_ptr_hash_map_key_t;  // of the member that holds it

    std::string prefix{};
    std::string media{};
    std::list<channel::Parameter> parameters{};  // a value stays where it is while others come and go

    /// Where a value is that was given; null when none was.
    [[nodiscard]] std::string* place_of(std::string_view key) noexcept {
        if (key == AERON_URI_STRING_BUILDER_PREFIX_KEY) return &prefix;
        if (key == AERON_URI_STRING_BUILDER_MEDIA_KEY) return &media;
        const auto found = find_parameter(key);
        return found == parameters.end() ? nullptr : &found->value;
    }
    void set(std::string_view key, std::string_view value) {
        if (key == AERON_URI_STRING_BUILDER_PREFIX_KEY)
            prefix = value;
        else if (key == AERON_URI_STRING_BUILDER_MEDIA_KEY)
            media = value;
        else
            set_parameter(key, value);
    }
    /// Whatever the key is: in a channel's text none stands for anything else.
    void set_parameter(std::string_view key, std::string_view value) {
        if (const auto found = find_parameter(key); found != parameters.end())
            found->value = value;
        else
            parameters.push_back({std::string{key}, std::string{value}});
    }
    void remove(std::string_view key) noexcept {
        if (key == AERON_URI_STRING_BUILDER_PREFIX_KEY)
            prefix.clear();
        else if (key == AERON_URI_STRING_BUILDER_MEDIA_KEY)
            media.clear();
        else
            parameters.remove_if([&](const channel::Parameter& parameter) { return parameter.key == key; });
    }
    [[nodiscard]] std::string text() const {
        std::string text{prefix};
        if (!prefix.empty()) text += ':';
        text.append(aeron_scheme).append(media);
        char separator = '?';
        for (const auto& [key, value] : parameters) {
            text.append(1, separator).append(key).append("=").append(value);
            separator = '|';
        }
        return text;
    }

private:
    [[nodiscard]] std::list<channel::Parameter>::iterator find_parameter(std::string_view key) noexcept {
        return std::ranges::find(parameters, key, &channel::Parameter::key);
    }
};

/// What lies beside a handle. Memory that was never a builder has no such pair, and what it holds is not followed.
std::size_t seal_of(const BuilderObject::Handle* handle) noexcept { return ~reinterpret_cast<std::uintptr_t>(handle); }

/// Null, with the error set, for what is none.
BuilderObject* object_of(const aeron_uri_string_builder_t* builder) noexcept {
    const bool is_made = builder != nullptr && !builder->closed && builder->params.keys != nullptr &&
                         builder->params.resize_threshold == seal_of(builder->params.keys);
    auto* object = is_made ? find<BuilderObject>(builder->params.keys) : nullptr;
    if (object == nullptr) set_error(EINVAL, "the channel's builder is null, closed, or was never made");
    return object;
}

void hold(aeron_uri_string_builder_t& builder, BuilderObject&& object) {
    auto* handle = create<BuilderObject>(std::move(object));
    builder = {};
    builder.params.keys = handle;
    builder.params.resize_threshold = seal_of(handle);
}

[[noreturn]] void refuse_text(std::string_view uri, std::string_view problem) {
    channel::refuse(ErrorCode::invalid_channel, uri, problem);
}

BuilderObject taken_apart(std::string_view uri) {
    BuilderObject object;
    std::string_view rest = uri;
    if (const auto colon = rest.find(':'); !rest.starts_with(aeron_scheme) && colon != std::string_view::npos) {
        object.prefix = rest.substr(0, colon);
        rest.remove_prefix(colon + 1);
        if (object.prefix.empty() || object.prefix.find_first_of("?|=") != std::string::npos)
            refuse_text(uri, "nothing, or aeron-spy:, stands in front of aeron:");
    }
    if (!rest.starts_with(aeron_scheme)) refuse_text(uri, "aeron: must be at its begin, or behind what ends with a :");
    rest.remove_prefix(aeron_scheme.size());
    const auto question = rest.find('?');
    object.media = rest.substr(0, question);
    if (object.media.empty() || object.media.find_first_of(":=|") != std::string::npos)
        refuse_text(uri, "behind aeron: must be ipc or udp, and a ? before the parameters");
    if (question == std::string_view::npos) return object;
    std::string parameters{rest.substr(question + 1)};
    const auto take = [](void* clientd, const char* key, const char* value) {
        return guarded([&] { static_cast<BuilderObject*>(clientd)->set_parameter(key, value); });
    };
    if (aeron_uri_parse_params(parameters.data(), take, &object) < 0)
        refuse_text(uri, "parameters are key=value, and | between two of them");
    return object;
}

void check_text(std::string_view what, std::string_view text, std::string_view forbidden) {
    if (text.empty() || text.find_first_of(forbidden) != std::string_view::npos)
        throw Error{ErrorCode::invalid_argument,
                    fmt::format("{} '{}' of a channel's parameter must not be empty, or have any of {}", what,
                                channel::shortened(text, 80), forbidden)};
}

void put_checked(BuilderObject& object, std::string_view key, const char* value) {
    check_text("the key", key, "?|=");
    if (value == nullptr) return object.remove(key);
    const bool is_parameter = key != AERON_URI_STRING_BUILDER_PREFIX_KEY && key != AERON_URI_STRING_BUILDER_MEDIA_KEY;
    check_text("the value", value, is_parameter ? "|" : "?|=:");
    object.set(key, value);
}

int put_number(aeron_uri_string_builder_t* builder, const char* key, std::int64_t value) noexcept {
    return guarded([&] { return aeron_uri_string_builder_put(builder, key, std::to_string(value).c_str()); });
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_uri_string_builder_init_new(aeron_uri_string_builder_t* builder) {
    if (builder == nullptr) return fail(EINVAL, "the channel's builder is null");
    *builder = {};
    return guarded([&] { hold(*builder, {}); });
}

int aeron_uri_string_builder_init_on_string(aeron_uri_string_builder_t* builder, const char* uri) {
    if (builder == nullptr) return fail(EINVAL, "the channel's builder is null");
    *builder = {};
    if (uri == nullptr) return fail(EINVAL, "the channel is null");
    return guarded([&] { hold(*builder, taken_apart(uri)); });
}

int aeron_uri_string_builder_close(aeron_uri_string_builder_t* builder) {
    if (builder == nullptr) return fail(EINVAL, "the channel's builder is null");
    if (builder->closed) return 0;
    if (object_of(builder) == nullptr) return -1;
    auto* handle = std::exchange(builder->params.keys, nullptr);
    builder->closed = true;
    if (invalidate<BuilderObject>(handle)) destroy<BuilderObject>(slot_of(handle));
    return 0;
}

int aeron_uri_string_builder_put(aeron_uri_string_builder_t* builder, const char* key, const char* value) {
    auto* object = object_of(builder);
    if (object == nullptr) return -1;
    if (key == nullptr) return fail(EINVAL, "the key is null");
    return guarded([&] { put_checked(*object, key, value); });
}

int aeron_uri_string_builder_put_int32(aeron_uri_string_builder_t* builder, const char* key, int32_t value) {
    return put_number(builder, key, value);
}

int aeron_uri_string_builder_put_int64(aeron_uri_string_builder_t* builder, const char* key, int64_t value) {
    return put_number(builder, key, value);
}

const char* aeron_uri_string_builder_get(aeron_uri_string_builder_t* builder, const char* key) {
    auto* object = object_of(builder);
    if (object == nullptr) return nullptr;
    if (key == nullptr) {
        set_error(EINVAL, "the key is null");
        return nullptr;
    }
    const std::string* value = object->place_of(key);
    return value == nullptr || value->empty() ? nullptr : value->c_str();
}

int aeron_uri_string_builder_set_initial_position(aeron_uri_string_builder_t* builder, int64_t position,
                                                  int32_t initial_term_id, int32_t term_length) {
    auto* object = object_of(builder);
    if (object == nullptr) return -1;
    if (!gale::logbuffer::is_term_length(term_length))
        return fail(EINVAL,
                    "a term length is a power of two from 65536 to 1073741824, not " + std::to_string(term_length));
    const gale::logbuffer::Geometry geometry{gale::TermId{initial_term_id}, term_length};
    if (position < 0 || position % gale::channel::frame_alignment != 0 || position >= geometry.max_position())
        return fail(EINVAL, "a position is a multiple of 32 from 0 to 2^31 terms, not " + std::to_string(position));
    return guarded([&] {
        const auto place = geometry.place(gale::Position{position});
        object->set(AERON_URI_TERM_LENGTH_KEY, std::to_string(term_length));
        object->set(AERON_URI_INITIAL_TERM_ID_KEY, std::to_string(initial_term_id));
        object->set(AERON_URI_TERM_ID_KEY, std::to_string(place.term_id.value));
        object->set(AERON_URI_TERM_OFFSET_KEY, std::to_string(place.offset));
    });
}

int aeron_uri_string_builder_sprint(aeron_uri_string_builder_t* builder, char* buffer, size_t buffer_len) {
    if (buffer == nullptr || buffer_len == 0)
        return fail(EINVAL, "there is no place for the channel: null, or of length 0");
    *buffer = '\0';
    const auto* object = object_of(builder);
    if (object == nullptr) return -1;
    if (object->media.empty()) return fail(EINVAL, "the channel has no media: put ipc or udp for the key __media");
    return guarded([&] {
        const std::string text = object->text();
        if (text.size() >= buffer_len)
            throw gale::Error{
                gale::ErrorCode::invalid_argument,
                fmt::format("there is room for {} bytes, the channel needs {}", buffer_len, text.size() + 1)};
        copy_text(text, buffer, buffer_len);
        return static_cast<int>(text.size());
    });
}

// Channels taken apart, as leniently as programs know it from Aeron: aeron_uri.h. What a driver obeys is src/channel's
// to say.
#include "base/text.hpp"
#include "capi/client/addresses.hpp"
#include "capi/error.hpp"
#include "channel/refusal.hpp"

#include <fmt/format.h>

#include <aeron/aeron_alloc.h>
#include <aeron/uri/aeron_uri.h>

#include <cstdlib>
#include <cstring>
#include <limits>
#include <optional>

namespace gale::capi {
namespace {

constexpr std::string_view udp_begin = "aeron:udp?";
constexpr std::string_view ipc_begin = "aeron:ipc";

int refuse_channel(std::string_view text, std::string_view problem) noexcept {
    return guarded([&]() -> int {
        return fail(number_of(ErrorCode::invalid_channel),
                    fmt::format("{}: {}", channel::shortened(text, 200), problem));
    });
}

/// At its end. Room is made for one, two, four parameters, and so on.
int append(aeron_uri_params_t& params, aeron_uri_param_t parameter) noexcept {
    if ((params.length & (params.length - 1)) == 0) {  // also for 0
        const std::size_t room = params.length == 0 ? 1 : params.length * 2;
        void* array = params.array;
        const int done = aeron_reallocf(&array, room * sizeof parameter);
        params.array = static_cast<aeron_uri_param_t*>(array);
        if (done < 0) {
            params.length = 0;
            return -1;
        }
    }
    params.array[params.length++] = parameter;
    return 0;
}

void set_tags(const char*& channel_tag, const char*& entity_tag, const char* value) noexcept {
    auto* comma = const_cast<char*>(std::strchr(value, ','));  // in the mutable text of the channel
    if (comma != nullptr) {
        *comma = '\0';
        if (comma[1] != '\0') entity_tag = comma + 1;
    }
    channel_tag = *value == '\0' ? nullptr : value;
}

int take_udp_parameter(void* clientd, const char* key, const char* value) noexcept {
    auto& udp = *static_cast<aeron_udp_channel_params_t*>(clientd);
    const std::string_view name{key};
    if (name == AERON_UDP_CHANNEL_ENDPOINT_KEY)
        udp.endpoint = value;
    else if (name == AERON_UDP_CHANNEL_INTERFACE_KEY)
        udp.bind_interface = value;
    else if (name == AERON_UDP_CHANNEL_CONTROL_KEY)
        udp.control = value;
    else if (name == AERON_UDP_CHANNEL_CONTROL_MODE_KEY)
        udp.control_mode = value;
    else if (name == AERON_UDP_CHANNEL_TTL_KEY)
        udp.ttl = value;
    else if (name == AERON_URI_TAGS_KEY)
        set_tags(udp.channel_tag, udp.entity_tag, value);
    else
        return append(udp.additional_params, {key, value});
    return 0;
}

int take_ipc_parameter(void* clientd, const char* key, const char* value) noexcept {
    auto& ipc = *static_cast<aeron_ipc_channel_params_t*>(clientd);
    const std::string_view name{key};
    if (name == AERON_UDP_CHANNEL_CONTROL_MODE_KEY)
        ipc.control_mode = value;
    else if (name == AERON_URI_TAGS_KEY)
        set_tags(ipc.channel_tag, ipc.entity_tag, value);
    else
        return append(ipc.additional_params, {key, value});
    return 0;
}

int parse_mutable(aeron_uri_t& uri) noexcept {
    const std::string_view text{uri.mutable_uri};
    if (text.starts_with(udp_begin)) {
        uri.type = AERON_URI_UDP;
        return aeron_uri_parse_params(uri.mutable_uri + udp_begin.size(), take_udp_parameter, &uri.params.udp);
    }
    if (text == ipc_begin || text.starts_with(std::string{ipc_begin} + '?')) {
        uri.type = AERON_URI_IPC;
        if (text == ipc_begin) return 0;
        return aeron_uri_parse_params(uri.mutable_uri + ipc_begin.size() + 1, take_ipc_parameter, &uri.params.ipc);
    }
    return refuse_channel(text, "a channel begins with aeron:udp? or aeron:ipc, and a ? stands before its parameters");
}

/// Collects `key=value|key=value` and says how long all of it is.
class ChannelText {
public:
    explicit ChannelText(std::string_view begin) : text_{begin} {}
    void add(std::string_view key, const char* value) {
        if (value == nullptr) return;
        text_.append(separator_).append(key).append("=").append(value);
        separator_ = "|";
    }
    void add_tags(const char* channel_tag, const char* entity_tag) {
        if (channel_tag == nullptr && entity_tag == nullptr) return;
        std::string tags{channel_tag == nullptr ? "" : channel_tag};
        if (entity_tag != nullptr) tags.append(",").append(entity_tag);
        add(AERON_URI_TAGS_KEY, tags.c_str());
    }
    void add_all(const aeron_uri_params_t& params) {
        for (std::size_t i = 0; params.array != nullptr && i < params.length; ++i)
            if (params.array[i].key != nullptr) add(params.array[i].key, params.array[i].value);
    }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    std::string text_;
    std::string_view separator_ = text_.ends_with('?') ? "" : "?";
};

std::string print_uri(const aeron_uri_t& uri) {
    if (uri.type == AERON_URI_UDP) {
        ChannelText text{udp_begin};  // without the ? it would not be read again
        const auto& udp = uri.params.udp;
        text.add(AERON_UDP_CHANNEL_ENDPOINT_KEY, udp.endpoint);
        text.add(AERON_UDP_CHANNEL_INTERFACE_KEY, udp.bind_interface);
        text.add(AERON_UDP_CHANNEL_CONTROL_KEY, udp.control);
        text.add(AERON_UDP_CHANNEL_CONTROL_MODE_KEY, udp.control_mode);
        text.add_tags(udp.channel_tag, udp.entity_tag);
        text.add(AERON_UDP_CHANNEL_TTL_KEY, udp.ttl);
        text.add_all(udp.additional_params);
        return text.text();
    }
    if (uri.type != AERON_URI_IPC)
        throw Error{ErrorCode::invalid_argument, "the channel is neither UDP nor IPC: it was never parsed"};
    ChannelText text{ipc_begin};
    text.add_tags(uri.params.ipc.channel_tag, uri.params.ipc.entity_tag);
    text.add(AERON_UDP_CHANNEL_CONTROL_MODE_KEY, uri.params.ipc.control_mode);
    text.add_all(uri.params.ipc.additional_params);
    return text.text();
}

/// By the rules of strtoll(), all of it.
std::optional<std::int64_t> parse_any_base(const char* text) noexcept {
    char* end = nullptr;
    errno = 0;
    const long long value = std::strtoll(text, &end, 0);
    if (errno != 0 || end == text || *end != '\0') return std::nullopt;
    return value;
}

int refuse_value(const char* key, const char* value, std::string_view allowed) noexcept {
    return guarded([&]() -> int {
        return fail(EINVAL, fmt::format("{}={}: it must be {}", channel::shortened(key, 80),
                                        channel::shortened(value, 80), allowed));
    });
}

int refuse_nulls() noexcept { return fail(EINVAL, "the parameters, a key, or the place for its value is null"); }

/// 1 with the value of `key`, 0 when there is none, -1.
int give_integer(const aeron_uri_params_t* params, const char* key, std::int64_t min, std::int64_t max,
                 std::int64_t& value) noexcept {
    const char* text = aeron_uri_find_param_value(params, key);
    if (text == nullptr) return 0;
    const auto parsed = parse_any_base(text);
    if (!parsed || *parsed < min || *parsed > max)
        return refuse_value(key, text, fmt::format("a number from {} to {}", min, max));
    value = *parsed;
    return 1;
}

/// 0, and `result` is what `parse` makes of the value of `key`, if there is one.
template <class Result, class Parse>
int give_parsed(const aeron_uri_params_t* params, const char* key, Result* result, Parse parse,
                std::string_view allowed) noexcept {
    if (params == nullptr || key == nullptr || result == nullptr) return refuse_nulls();
    const char* text = aeron_uri_find_param_value(params, key);
    if (text == nullptr) return 0;
    const auto value = parse(std::string_view{text});
    if (!value) return refuse_value(key, text, allowed);
    *result = static_cast<Result>(*value);
    return 0;
}

int give_size(const aeron_uri_params_t* params, const char* key, std::size_t* result) noexcept {
    return give_parsed(params, key, result, parse_size, "a size: digits, then k, m, g or nothing");
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_uri_parse(size_t uri_length, const char* uri, aeron_uri_t* params) {
    if (params == nullptr) return fail(EINVAL, "there is no place for the channel: null");
    *params = {};
    params->type = AERON_URI_UNKNOWN;
    if (uri == nullptr) return fail(EINVAL, "the channel is null");
    const std::string_view text{uri, ::strnlen(uri, uri_length)};
    if (text.size() >= sizeof params->mutable_uri)
        return refuse_channel(
            text, fmt::format("a channel has at most {} bytes, not {}", sizeof params->mutable_uri - 1, text.size()));
    copy_text(text, params->mutable_uri, sizeof params->mutable_uri);
    if (parse_mutable(*params) >= 0) return 0;
    aeron_uri_close(params);
    return -1;
}

void aeron_uri_close(aeron_uri_t* params) {
    if (params == nullptr) return;
    if (params->type == AERON_URI_UDP) {
        aeron_free(params->params.udp.additional_params.array);
        params->params.udp.additional_params = {};
    } else if (params->type == AERON_URI_IPC) {
        aeron_free(params->params.ipc.additional_params.array);
        params->params.ipc.additional_params = {};
    }
}

int aeron_uri_parse_params(char* uri, aeron_uri_parse_callback_t param_func, void* clientd) {
    if (uri == nullptr || param_func == nullptr) return fail(EINVAL, "the parameters, or the handler, is null");
    for (char* key = uri; *key != '\0';) {
        char* equals = std::strpbrk(key, "=|");
        if (equals == nullptr) return 0;  // a last key without a value
        if (equals == key || *equals == '|')
            return refuse_channel(key, "key=value is expected here, and | between two of them");
        *equals = '\0';
        char* value = equals + 1;
        char* bar = std::strchr(value, '|');
        if (bar == value) return refuse_channel(key, "the value of this key is empty; leave it out instead");
        if (*value == '\0') return 0;  // a last value that is empty
        if (bar != nullptr) *bar = '\0';
        if (const int result = param_func(clientd, key, value); result < 0) return result;
        if (bar == nullptr) return 0;
        key = bar + 1;
    }
    return 0;
}

int aeron_uri_sprint(aeron_uri_t* uri, char* buffer, size_t buffer_len) {
    if (uri == nullptr) return fail(EINVAL, "the channel is null");
    return guarded([&] {
        const std::string text = print_uri(*uri);
        copy_text(text, buffer, buffer_len);
        return static_cast<int>(text.size());
    });
}

const char* aeron_uri_find_param_value(const aeron_uri_params_t* uri_params, const char* key) {
    if (uri_params == nullptr || key == nullptr || uri_params->array == nullptr) return nullptr;
    for (std::size_t i = 0; i < uri_params->length; ++i) {
        const auto& [known, value] = uri_params->array[i];
        if (known != nullptr && std::strcmp(known, key) == 0) return value;
    }
    return nullptr;
}

int aeron_uri_get_int32(aeron_uri_params_t* uri_params, const char* key, int32_t* retval) {
    if (uri_params == nullptr || key == nullptr || retval == nullptr) return refuse_nulls();
    std::int64_t value = 0;
    const int found = give_integer(uri_params, key, INT32_MIN, INT32_MAX, value);
    if (found >= 0) *retval = static_cast<std::int32_t>(value);
    return found;
}

int aeron_uri_get_int64(aeron_uri_params_t* uri_params, const char* key, int64_t default_val, int64_t* retval) {
    if (uri_params == nullptr || key == nullptr || retval == nullptr) return refuse_nulls();
    std::int64_t value = default_val;
    const int found = give_integer(uri_params, key, INT64_MIN, INT64_MAX, value);
    if (found >= 0) *retval = value;
    return found;
}

int aeron_uri_get_bool(aeron_uri_params_t* uri_params, const char* key, bool* retval) {
    return give_parsed(uri_params, key, retval, gale::parse_bool, "true or false");
}

int aeron_uri_get_timeout(aeron_uri_params_t* uri_params, const char* param_name, uint64_t* timeout_ns) {
    const auto parse = [](std::string_view text) -> std::optional<std::int64_t> {
        const auto duration = gale::parse_duration(text);
        if (!duration) return std::nullopt;
        return duration->count();
    };
    return give_parsed(uri_params, param_name, timeout_ns, parse,
                       "a duration: digits, then ns, us, ms, s or nothing for nanoseconds");
}

int aeron_uri_get_receiver_window_length(aeron_uri_params_t* uri_params, size_t* receiver_window_length) {
    return give_size(uri_params, AERON_URI_RECEIVER_WINDOW_KEY, receiver_window_length);
}

int aeron_uri_get_socket_buf_lengths(aeron_uri_params_t* uri_params, size_t* socket_sndbuf_length,
                                     size_t* socket_rcvbuf_length) {
    if (give_size(uri_params, AERON_URI_SOCKET_SNDBUF_KEY, socket_sndbuf_length) < 0) return -1;
    return give_size(uri_params, AERON_URI_SOCKET_RCVBUF_KEY, socket_rcvbuf_length);
}

int aeron_uri_get_ats(aeron_uri_params_t* uri_params, aeron_uri_ats_status_t* uri_ats_status) {
    if (uri_ats_status == nullptr) return refuse_nulls();
    std::optional<bool> given;
    if (give_parsed(uri_params, AERON_URI_ATS_KEY, &given, gale::parse_bool, "true or false") < 0) return -1;
    *uri_ats_status = !given   ? AERON_URI_ATS_STATUS_DEFAULT
                      : *given ? AERON_URI_ATS_STATUS_ENABLED
                               : AERON_URI_ATS_STATUS_DISABLED;
    return 0;
}

uint8_t aeron_uri_multicast_ttl(aeron_uri_t* uri) {
    if (uri == nullptr || uri->type != AERON_URI_UDP || uri->params.udp.ttl == nullptr) return 0;
    const long ttl = std::strtol(uri->params.udp.ttl, nullptr, 0);
    return static_cast<std::uint8_t>(ttl < 0 || ttl > UINT8_MAX ? UINT8_MAX : ttl);
}

int64_t aeron_uri_parse_tag(const char* tag_str) {
    if (tag_str == nullptr) return AERON_URI_INVALID_TAG;
    char* end = nullptr;
    errno = 0;
    const unsigned long long tag = std::strtoull(tag_str, &end, 10);
    return end == tag_str || errno != 0 ? AERON_URI_INVALID_TAG : static_cast<std::int64_t>(tag);
}

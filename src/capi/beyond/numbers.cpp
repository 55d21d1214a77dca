// Numbers as settings give them: aeron_parse_util.h.
#include "base/text.hpp"
#include "capi/error.hpp"

#include <fmt/format.h>

#include <aeron/aeronc.h>
#include <aeron/util/aeron_parse_util.h>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace gale::capi {
namespace {

std::optional<std::uint64_t> size_in(std::string_view text) noexcept {
    const auto value = parse_size(text);
    if (!value || *value < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*value);
}

std::optional<std::uint64_t> duration_in(std::string_view text) noexcept {
    const auto value = parse_duration(text);
    if (!value) return std::nullopt;
    return static_cast<std::uint64_t>(value->count());
}

int give_number(const char* text, std::uint64_t* result, std::optional<std::uint64_t> (*parse)(std::string_view),
                std::string_view allowed) noexcept {
    if (text == nullptr || result == nullptr) return fail(EINVAL, "the text, or the place for its value, is null");
    return guarded([&] {
        const auto value = parse(text);
        if (!value)
            throw Error{ErrorCode::invalid_argument,
                        fmt::format("'{:.80}' cannot be read: it must be {}", text, allowed)};
        *result = *value;
    });
}

template <class Number> struct Setting {
    const char* name;
    const char* text;
    Number fallback;
    Number min;
    Number max;

    [[nodiscard]] Number read(std::optional<Number> (*parse)(std::string_view)) const noexcept {
        if (text == nullptr) return fallback;
        const auto value = parse(text);
        if (!value) return told("cannot be read", fallback);
        if (*value < min) return told("is too small", min);
        if (*value > max) return told("is too large", max);
        return *value;
    }

private:
    [[nodiscard]] Number told(const char* what, Number taken) const noexcept {
        AERON_FPRINTF(stderr, "%s=%.80s %s: %s is taken\n", name == nullptr ? "a setting" : name, text, what,
                      std::to_string(taken).c_str());
        return taken;
    }
};

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_parse_size64(const char* str, uint64_t* result) {
    return give_number(str, result, size_in, "a size: digits, then k, m, g or nothing");
}

int aeron_parse_duration_ns(const char* str, uint64_t* result) {
    return give_number(str, result, duration_in, "a duration: digits, then ns, us, ms, s or nothing for nanoseconds");
}

bool aeron_parse_bool(const char* str, bool def) {
    if (str == nullptr) return def;
    const std::string_view text{str};
    if (text == "true" || text == "1" || text == "on") return true;
    if (text == "false" || text == "0" || text == "off") return false;
    return def;
}

uint64_t aeron_config_parse_duration_ns(const char* name, const char* str, uint64_t def, uint64_t min, uint64_t max) {
    return Setting<std::uint64_t>{name, str, def, min, max}.read(duration_in);
}
uint64_t aeron_config_parse_size64(const char* name, const char* str, uint64_t def, uint64_t min, uint64_t max) {
    return Setting<std::uint64_t>{name, str, def, min, max}.read(size_in);
}
int32_t aeron_config_parse_int32(const char* name, const char* str, int32_t def, int32_t min, int32_t max) {
    return Setting<std::int32_t>{name, str, def, min, max}.read(
        [](std::string_view text) { return gale::parse_int32(text); });
}

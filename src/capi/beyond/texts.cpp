// Texts for people, and texts taken apart: aeron_strutil.h.
#include "capi/client/addresses.hpp"
#include "capi/error.hpp"

#include <aeron/util/aeron_strutil.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

void aeron_format_date(char* str, size_t count, int64_t timestamp) {
    // Before 1970, too, the milliseconds go on from the second before.
    const std::int64_t millis = (timestamp % 1000 + 1000) % 1000;
    const std::time_t seconds = timestamp / 1000 - (timestamp % 1000 < 0 ? 1 : 0);
    std::tm local{};
    char date[32] = "", zone[16] = "", text[64] = "";
    if (::localtime_r(&seconds, &local) != nullptr) {
        std::strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &local);
        std::strftime(zone, sizeof zone, "%z", &local);
        std::snprintf(text, sizeof text, "%s.%03d%s", date, static_cast<int>(millis), zone);
    }
    copy_text(text, str, count);
}

char* aeron_format_number_to_locale(long long value, char* buffer, size_t buffer_len) {
    std::string digits = std::to_string(value);
    const std::size_t first = value < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
    copy_text(digits, buffer, buffer_len);
    return buffer;
}

void aeron_format_to_hex(char* str, size_t str_length, const uint8_t* data, size_t data_len) {
    if (str == nullptr || str_length == 0) return;
    constexpr std::string_view digits = "0123456789abcdef";
    const std::size_t count = data == nullptr ? 0 : std::min(data_len, (str_length - 1) / 2);
    for (std::size_t i = 0; i < count; ++i) {
        *str++ = digits[data[i] >> 4U];
        *str++ = digits[data[i] & 0xFU];
    }
    *str = '\0';
}

int aeron_digit_count(uint32_t value) { return static_cast<int>(std::to_string(value).size()); }

int aeron_tokenise(char* input, char delimiter, int max_tokens, char** tokens) {
    if (input == nullptr || tokens == nullptr || delimiter == '\0') {
        set_error(EINVAL, "the text, or the place for its pieces, is null, or the delimiter is 0");
        return -EINVAL;
    }
    int count = 0;
    for (std::size_t end = std::string_view{input}.size(); end > 0; --end) {
        if (input[end - 1] == delimiter) continue;
        std::size_t begin = end - 1;
        while (begin > 0 && input[begin - 1] != delimiter) --begin;
        if (count == max_tokens) {
            set_error(ERANGE, "the text has more than " + std::to_string(max_tokens) + " pieces");
            return -ERANGE;
        }
        input[end] = '\0';
        tokens[count++] = input + begin;
        end = begin + 1;
    }
    return count;
}

bool aeron_str_length(const char* str, size_t length_bound, size_t* length) {
    const auto* end = str == nullptr ? nullptr : static_cast<const char*>(std::memchr(str, 0, length_bound));
    if (str != nullptr && end == nullptr) return false;
    if (length != nullptr) *length = str == nullptr ? 0 : static_cast<std::size_t>(end - str);
    return true;
}

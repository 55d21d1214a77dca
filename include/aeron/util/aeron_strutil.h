/// Texts for people, and texts taken apart.
#ifndef AERON_AERON_STRUTIL_H
#define AERON_AERON_STRUTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Room for what aeron_format_date() and aeron_format_number_to_locale() write, the zero included.
#define AERON_FORMAT_DATE_MAX_LENGTH (100)
#define AERON_FORMAT_NUMBER_TO_LOCALE_STR_LEN (32)

/// Writes `2026-01-31 12:00:00.123+0000`: milliseconds since 1970 in local time, cut to `count` bytes with its zero.
void aeron_format_date(char* str, size_t count, int64_t timestamp);
/// Writes the number with a comma between each three digits, cut likewise; answers `buffer`.
char* aeron_format_number_to_locale(long long value, char* buffer, size_t buffer_len);
/// Writes two lower-case digits for each byte, as many bytes as there is room for, and a zero.
void aeron_format_to_hex(char* str, size_t str_length, const uint8_t* data, size_t data_len);
/// Decimal digits of the number, 1 to 10.
int aeron_digit_count(uint32_t value);

/// Cuts `input` where `delimiter` stands, from its end to its begin: the last piece becomes tokens[0]. Pieces of no
/// length are none. The others lie in `input`, each with a zero behind it. Returns how many there are; -EINVAL for
/// nulls and for a delimiter of 0, -ERANGE for more than `max_tokens`, of which the last were cut.
int aeron_tokenise(char* input, char delimiter, int max_tokens, char** tokens);

/// True, and the length in `length`, when there is a zero among the first `length_bound` bytes; false otherwise, with
/// `length` as it was. A null text has length 0; `length` may be null.
bool aeron_str_length(const char* str, size_t length_bound, size_t* length);

#ifdef __cplusplus
}
#endif

#endif

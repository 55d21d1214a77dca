/// Sizes, durations and truths as people write them.
#ifndef AERON_AERON_PARSE_UTIL_H
#define AERON_AERON_PARSE_UTIL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes: decimal digits, then nothing or one of k, m, g in either case, at most 2^63 - 1. 0, or -1 with EINVAL and
/// `result` as it was.
int aeron_parse_size64(const char* str, uint64_t* result);
/// Nanoseconds: decimal digits, then nothing or one of ns, us, ms, s in either case; at most 2^63 - 1, which is what
/// longer ones become. Fails likewise.
int aeron_parse_duration_ns(const char* str, uint64_t* result);
/// `true`, `1` and `on`, or `false`, `0` and `off`; `def` for everything else, null among it.
bool aeron_parse_bool(const char* str, bool def);

/// A setting as a variable gives it: `def` when `str` is null. What cannot be read is `def`, too, and what is out of
/// range becomes `min` or `max`; both are told by the print hook of aeronc.h, on stderr, `name` with them. These do not
/// touch the error state.
uint64_t aeron_config_parse_duration_ns(const char* name, const char* str, uint64_t def, uint64_t min, uint64_t max);
uint64_t aeron_config_parse_size64(const char* name, const char* str, uint64_t def, uint64_t min, uint64_t max);
int32_t aeron_config_parse_int32(const char* name, const char* str, int32_t def, int32_t min, int32_t max);

#ifdef __cplusplus
}
#endif

#endif

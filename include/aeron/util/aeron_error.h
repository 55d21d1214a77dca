/// Writing the error state of the calling thread, which aeron_errcode() and aeron_errmsg() of aeronc.h read.
#ifndef AERON_AERON_ERROR_H
#define AERON_AERON_ERROR_H

#ifdef __cplusplus
extern "C" {
#endif

/// Room for the text, its zero included; what is longer is cut off.
#define AERON_ERROR_MAX_TOTAL_LENGTH (8192)

/// Replaces the state, and errno with it. `errcode` as aeron_errcode() is to answer it: positive for the system's
/// numbers, negative for Aeron's; `function` and the file say where it happened, and may be null. The texts are copied.
void aeron_err_set(int errcode, const char* function, const char* filename, int line_number, const char* format, ...)
    __attribute__((format(printf, 5, 6)));

/// One more line behind the text; the code stays.
void aeron_err_append(const char* function, const char* filename, int line_number, const char* format, ...)
    __attribute__((format(printf, 4, 5)));

/// No error: code 0.
void aeron_err_clear(void);
/// Sets errno, and nothing else.
void aeron_set_errno(int errcode);
/// A number of aeron_errcode() in words. Never null; good until the thread ends.
const char* aeron_error_code_str(int errcode);

/// aeron_err_set() and aeron_err_append() from here: the text is a format and its arguments.
#define AERON_SET_ERR(errcode, ...) aeron_err_set((errcode), __func__, __FILE__, __LINE__, __VA_ARGS__)
#define AERON_APPEND_ERR(...) aeron_err_append(__func__, __FILE__, __LINE__, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif

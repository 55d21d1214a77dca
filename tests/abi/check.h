/// What generate.py writes is made of these: each looks at one fact of the C ABI as it is compiled, and counts it as it
/// runs. Types are compared by C's rules in C and by C++'s, which are stricter, in C++.
#ifndef GALE_ABI_CHECK_H
#define GALE_ABI_CHECK_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#include <type_traits>
#endif

struct checked {
    int functions;
    int callbacks;
    int structs;
    int fields;
    int opaque_types;
    int enums;
    int enumerators;
    int numbers;
    int texts;
    int types;
    int objects;
    int wrong;
};

#ifdef __cplusplus
#define ABI_HOLDS(condition, text) static_assert(condition, text)
#define ABI_ALIGNMENT(type) alignof(type)
#define ABI_IS(expression, ...) std::is_same_v<decltype(expression), __VA_ARGS__>
#define ABI_SAME_POINTERS(tag, type) std::is_same_v<tag*, type*>
#define ABI_FIELD_IS(type, field, ...) std::is_same_v<decltype(type::field), __VA_ARGS__>
#define ABI_TYPE_IS(type, ...) std::is_same_v<type, __VA_ARGS__>
#define ABI_TAG(kind, tag) tag
#else
#define ABI_HOLDS(condition, text) _Static_assert(condition, text)
#define ABI_ALIGNMENT(type) _Alignof(type)
#define ABI_IS(expression, ...) _Generic((expression), __VA_ARGS__: 1, default: 0)
#define ABI_SAME_POINTERS(tag, type) _Generic((type*)0, tag *: 1, default: 0)
#define ABI_FIELD_IS(type, field, ...) __builtin_types_compatible_p(__typeof__(((type*)0)->field), __VA_ARGS__)
#define ABI_TYPE_IS(type, ...) __builtin_types_compatible_p(type, __VA_ARGS__)
#define ABI_TAG(kind, tag) kind tag
#endif

// A format's attribute belongs to the function, not to its type.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wignored-attributes"
#endif

#define ABI_TEXT_OF_WORD(word) #word
#define ABI_TEXT_OF(...) ABI_TEXT_OF_WORD((__VA_ARGS__))

// Where nothing is evaluated nothing need be linked: the functions are declared here, and nowhere defined.
#define CHECK_FUNCTION(name, ...)                                                                                      \
    ABI_HOLDS(ABI_IS(&name, __VA_ARGS__), #name " is declared otherwise");                                             \
    ++total->functions
#define CHECK_CALLBACK(name, ...)                                                                                      \
    ABI_HOLDS(ABI_TYPE_IS(name, __VA_ARGS__), #name " is another type");                                               \
    ++total->callbacks
#define CHECK_STRUCT(tag, type, size, alignment)                                                                       \
    ABI_HOLDS(ABI_SAME_POINTERS(ABI_TAG(struct, tag), type), #type " is not struct " #tag);                            \
    ABI_HOLDS(sizeof(type) == (size) && ABI_ALIGNMENT(type) == (alignment), #type " has another size or alignment");   \
    ++total->structs
#define CHECK_PLACE(type, field, offset, size)                                                                         \
    ABI_HOLDS(offsetof(type, field) == (offset), #type "." #field " is elsewhere");                                    \
    ABI_HOLDS(sizeof(((type*)NULL)->field) == (size), #type "." #field " has another size");                           \
    ++total->fields
#define CHECK_FIELD(type, field, offset, size, ...)                                                                    \
    ABI_HOLDS(ABI_FIELD_IS(type, field, __VA_ARGS__), #type "." #field " has another type");                           \
    CHECK_PLACE(type, field, offset, size)
#define CHECK_MEMBER(type, field, offset, ...)                                                                         \
    ABI_HOLDS(ABI_FIELD_IS(type, field, __VA_ARGS__), #type "." #field " has another type");                           \
    CHECK_PLACE(type, field, offset, sizeof(__VA_ARGS__))
#define CHECK_TYPE(name, ...)                                                                                          \
    ABI_HOLDS(ABI_TYPE_IS(name, __VA_ARGS__), #name " is another type");                                               \
    ++total->types
#define CHECK_OBJECT(name, type)                                                                                       \
    ABI_HOLDS(ABI_IS(&name, type*), #name " is declared otherwise");                                                   \
    ++total->objects
#define CHECK_OPAQUE(tag, type)                                                                                        \
    ABI_HOLDS(ABI_SAME_POINTERS(ABI_TAG(struct, tag), type), #type " is not struct " #tag);                            \
    ++total->opaque_types
#define CHECK_ENUM(tag, type, size)                                                                                    \
    ABI_HOLDS(ABI_TYPE_IS(type, ABI_TAG(enum, tag)), #type " is not enum " #tag);                                      \
    ABI_HOLDS(sizeof(type) == (size), #type " has another size");                                                      \
    ++total->enums
#define CHECK_ENUMERATOR(type, name, value)                                                                            \
    ABI_HOLDS((name) == (value), #name " has another value");                                                          \
    ++total->enumerators
#define CHECK_NUMBER(name, type, value)                                                                                \
    ABI_HOLDS((name) == (value), #name " has another value");                                                          \
    ABI_HOLDS(ABI_IS(name, type), #name " has another type");                                                          \
    ++total->numbers
// No constant expression of C's: it is compared as the program runs.
#define CHECK_FRACTION(name, type, value)                                                                              \
    ABI_HOLDS(ABI_IS(name, type), #name " has another type");                                                          \
    check_fraction(total, #name, (double)(name), (double)(value))
#define CHECK_MACRO(expression, value)                                                                                 \
    ABI_HOLDS((expression) == (value), #expression " comes to another value");                                         \
    ++total->numbers
#define CHECK_MACRO_TYPE(expression, type)                                                                             \
    ABI_HOLDS(ABI_IS(expression, type), "a macro comes to another type");                                              \
    ++total->numbers
// Such a macro can only end a statement, and its text has to say so.
#define CHECK_STATEMENT(name, expected)                                                                                \
    do {                                                                                                               \
        const long long value = name check_value(total, #name, value, expected);                                       \
        check_ending(total, #name, ABI_TEXT_OF(name), ";)");                                                           \
    } while (0)
#define CHECK_TEXT(name, expected)                                                                                     \
    ABI_HOLDS(sizeof(name) == sizeof(expected), #name " has another length");                                          \
    check_text(total, #name, name, expected)

#ifdef __cplusplus
extern "C" {
#endif

/// Count one each, and as wrong, with words to stderr, what is not as expected.
void check_text(struct checked* total, const char* name, const char* text, const char* expected);
void check_ending(struct checked* total, const char* name, const char* text, const char* expected);
void check_value(struct checked* total, const char* name, long long value, long long expected);
void check_fraction(struct checked* total, const char* name, double value, double expected);

#define HEADER(name)                                                                                                   \
    void check_##name##_c(struct checked* total);                                                                      \
    void check_##name##_cpp(struct checked* total);
#include "headers.inc"
#undef HEADER

#ifdef __cplusplus
}
#endif

#endif

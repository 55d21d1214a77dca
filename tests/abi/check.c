/// Runs the checks that generate.py wrote, and says how many there are.
#include "abi/check.h"

#include <stdio.h>
#include <string.h>

static void wrong(struct checked* total, const char* name, const char* is, const char* expected) {
    fprintf(stderr, "%s is \"%s\" instead of \"%s\"\n", name, is, expected);
    ++total->wrong;
}

void check_text(struct checked* total, const char* name, const char* text, const char* expected) {
    ++total->texts;
    if (strcmp(text, expected) != 0) wrong(total, name, text, expected);
}

void check_ending(struct checked* total, const char* name, const char* text, const char* expected) {
    const size_t length = strlen(text);
    const size_t expected_length = strlen(expected);
    ++total->texts;
    if (length < expected_length || strcmp(text + length - expected_length, expected) != 0)
        wrong(total, name, text, expected);
}

void check_value(struct checked* total, const char* name, long long value, long long expected) {
    ++total->numbers;
    if (value != expected) {
        fprintf(stderr, "%s is %lld instead of %lld\n", name, value, expected);
        ++total->wrong;
    }
}

void check_fraction(struct checked* total, const char* name, double value, double expected) {
    ++total->numbers;
    if (value < expected || value > expected) {
        fprintf(stderr, "%s is %f instead of %f\n", name, value, expected);
        ++total->wrong;
    }
}

// Whether the text comparison sees anything at all.
static bool tells_texts_apart(void) {
    struct checked trial = {0};
    check_text(&trial, "(a trial)", "a", "b");
    check_ending(&trial, "(a trial)", "a;", ";)");
    check_value(&trial, "(a trial)", 1, 2);
    check_fraction(&trial, "(a trial)", 0.5, 0.25);
    return trial.wrong == 4;
}

static int facts(const struct checked* total) {
    return total->functions + total->callbacks + total->structs + total->fields + total->opaque_types + total->enums +
           total->enumerators + total->numbers + total->texts + total->types + total->objects;
}

static void add(struct checked* sum, const struct checked* more) {
    sum->functions += more->functions;
    sum->callbacks += more->callbacks;
    sum->structs += more->structs;
    sum->fields += more->fields;
    sum->opaque_types += more->opaque_types;
    sum->enums += more->enums;
    sum->enumerators += more->enumerators;
    sum->numbers += more->numbers;
    sum->texts += more->texts;
    sum->types += more->types;
    sum->objects += more->objects;
    sum->wrong += more->wrong;
}

static void print(const char* what, const struct checked* total) {
    printf("%-48s %4d facts: %d functions, %d callbacks, %d structs with %d fields, %d opaque types, "
           "%d enums with %d values, %d numbers, %d texts, %d other types, %d objects\n",
           what, facts(total), total->functions, total->callbacks, total->structs, total->fields, total->opaque_types,
           total->enums, total->enumerators, total->numbers, total->texts, total->types, total->objects);
}

// A header of which nothing was checked is no good one.
static bool run(const char* what, void (*check)(struct checked*), struct checked* sum) {
    struct checked found = {0};
    check(&found);
    print(what, &found);
    add(sum, &found);
    return facts(&found) > 0;
}

int main(void) {
    struct checked as_c = {0};
    struct checked as_cpp = {0};
    bool good = tells_texts_apart();
#define HEADER(name)                                                                                                   \
    good = run(#name ".h, C", check_##name##_c, &as_c) && good;                                                        \
    good = run(#name ".h, C++", check_##name##_cpp, &as_cpp) && good;
#include "headers.inc"
#undef HEADER
    print("all as C", &as_c);
    print("all as C++", &as_cpp);
    good = good && as_c.wrong + as_cpp.wrong == 0 && memcmp(&as_c, &as_cpp, sizeof as_c) == 0;
    good = good && as_c.functions > 0 && as_c.callbacks > 0 && as_c.fields > 0 && as_c.opaque_types > 0 &&
           as_c.enumerators > 0 && as_c.numbers > 0 && as_c.texts > 0;
    return good ? 0 : 1;
}

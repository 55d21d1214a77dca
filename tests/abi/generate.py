#!/usr/bin/env python3
"""Writes, for each header of the C ABI, the checks of all that data/ says of it, the same as C and as C++.

    generate.py DATA FOLDER

FOLDER gets HEADER.c and HEADER.cpp for each header, each with one function that holds the checks (check.h), and
headers.inc, which names them all.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from facts import Facts, identifier, is_statement, type_of  # noqa: E402

# What macros with arguments come to: an example of each, and its value or, in words, its type.
EXAMPLES = {
    "AERON_COUNTER_OFFSET": ("AERON_COUNTER_OFFSET(2 + 1)", 384),
    "AERON_COUNTER_METADATA_OFFSET": ("AERON_COUNTER_METADATA_OFFSET(2 + 1)", 1536),
    "AERON_FPRINTF": ('AERON_FPRINTF(NULL, "%d", 1)', "int"),
    "AERON_GET_ACQUIRE": ("(AERON_GET_ACQUIRE(total->wrong, total->texts), 1)", "int"),
    "AERON_SET_RELEASE": ("(AERON_SET_RELEASE(total->wrong, 1), 1)", "int"),
    "AERON_SET_ERR": ('(AERON_SET_ERR(1, "%s", "a text"), 1)', "int"),
    "AERON_APPEND_ERR": ('(AERON_APPEND_ERR("a text"), 1)', "int"),
}


def number(value):
    if isinstance(value, float):
        return f"{value}f"
    return f"{value}" if abs(value) < 2**31 else f"{value}L"


def constant_check(constant):
    name = constant["name"]
    if name in EXAMPLES:
        example, value = EXAMPLES[name]
        if isinstance(value, str):
            return f"CHECK_MACRO_TYPE({example}, {value});"
        return f"CHECK_MACRO({example}, {number(value)});"
    if "value" not in constant:
        raise SystemExit(f"{name} has no value, and generate.py no example of it")
    if constant["c_type"] == "string":
        return f"CHECK_TEXT({name}, {json.dumps(constant['value'])});"
    if is_statement(constant):
        return f"CHECK_STATEMENT({name}, {number(constant['value'])});"
    kind = "FRACTION" if isinstance(constant["value"], float) else "NUMBER"
    return f"CHECK_{kind}({name}, {constant['c_type']}, {number(constant['value'])});"


def struct_checks(struct):
    for typedef in struct["typedefs"]:
        yield f"CHECK_STRUCT({struct['name']}, {typedef}, {struct['size']}, {struct['align']});"
    for field in struct["fields"]:
        if "members" in field:
            yield f"CHECK_PLACE({struct['typedefs'][0]}, {field['name']}, {field['offset']}, {field['size']});"
            for member in field["members"]:
                yield (
                    f"CHECK_MEMBER({struct['typedefs'][0]}, {field['name']}.{member['name']}, {field['offset']}, "
                    f"{member['type']});"
                )
            continue
        # A type in parentheses would be no type in C; the arrays' brackets go where a declaration has them.
        base, bracket, rest = field["type"].partition("[")
        yield (
            f"CHECK_FIELD({struct['typedefs'][0]}, {field['name']}, {field['offset']}, {field['size']}, "
            f"{base}{' ' + bracket + rest if bracket else ''});"
        )


def checks(facts, header):
    for opaque in facts.of("opaque", header):
        for typedef in opaque["typedefs"]:
            yield f"CHECK_OPAQUE({opaque['name']}, {typedef});"
    for enum in facts.of("enums", header):
        yield f"CHECK_ENUM({enum['name']}, {enum['typedef']}, {enum['size']});"
        for name, value in enum["values"].items():
            yield f"CHECK_ENUMERATOR({enum['typedef']}, {name}, {value});"
    for callback in facts.of("callbacks", header):
        yield f"CHECK_CALLBACK({callback['name']}, {type_of(callback)});"
    for named in facts.of("types", header):
        yield f"CHECK_TYPE({named['name']}, {named['type']});"
    for thing in facts.of("objects", header):
        yield f"CHECK_OBJECT({thing['name']}, {thing['type']});"
    for struct in facts.of("structs", header):
        yield from struct_checks(struct)
    for constant in facts.of("constants", header):
        yield constant_check(constant)
    for function in facts.of("functions", header):
        yield f"CHECK_FUNCTION({function['name']}, {type_of(function)});"


def source(facts, header, language):
    lines = [f"#include <aeron/{header}>", "", '#include "abi/check.h"', ""]
    lines.append(f"void check_{identifier(header)}_{language}(struct checked* total) {{")
    lines += [f"    {check}" for check in checks(facts, header)]
    lines.append("}")
    # Declared once more, after the checks: a compiler refuses that where the header has it as a function of C++.
    functions = facts.of("functions", header)
    if language == "cpp" and functions:
        lines += ["", 'extern "C" {']
        lines += [f"{type_of(function, function['name'])};" for function in functions]
        lines.append("}")
    return "\n".join([*lines, ""])


def main(data, folder):
    facts = Facts(data)
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for header in facts.headers():
        for language in ("c", "cpp"):
            (folder / f"{identifier(header)}.{language}").write_text(source(facts, header, language), encoding="utf-8")
    names = [f"HEADER({identifier(header)})\n" for header in facts.headers()]
    (folder / "headers.inc").write_text("".join(names), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])

#!/usr/bin/env python3
"""Compares what the headers of the C ABI name with what data/ lists, both ways, which no compiler can.

    check_names.py INCLUDE DATA

Functions, types, enumerators, fields and macros that only one of the two has are findings, and so is a function whose
comment does not name the environment variable that it stands for. One line per finding; the exit code is 1 when there
is any.
"""

import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from facts import Facts  # noqa: E402

COMMENT = re.compile(r"//[^\n]*")
STRINGS = re.compile(r'"(?:[^"\\\n]|\\.)*"')
MACRO = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.MULTILINE)
DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
BODY = re.compile(r"\b(struct|enum)\s+(\w+)\s*\{([^{}]*)\}")
FUNCTION = re.compile(r"\b(aeron_\w+)\([^*]")
UNION = re.compile(r"\bunion\s*\{[^{}]*\}\s*(\w+);")
OBJECT = re.compile(r"\bextern\s+\w+\s+(aeron_\w+)\Z")
CALLBACK = re.compile(r"\(\*(\w+)\)")
TYPEDEF = re.compile(r"\btypedef\s+([^;()]*?)(\w+);")
FIELD = re.compile(r"(\w+)(?:\[\w+\])?;")
GUARD = re.compile(r"AERON_AERON\w*_H")


def bare(text):
    """The header without comments, and without what strings say."""
    return COMMENT.sub("", STRINGS.sub('""', text))


def macros_of(text):
    return {name for name in MACRO.findall(bare(text)) if not GUARD.fullmatch(name)}


def declarations_of(text):
    """{kind: names} of what the header declares, and {struct: fields in their order}."""
    code = DIRECTIVE.sub("", bare(text)).replace('extern ""', "")
    code = UNION.sub(r"union \1;", code)
    fields, enumerators = {}, set()
    for kind, name, body in BODY.findall(code):
        if kind == "struct":
            fields[name] = FIELD.findall(body)
        else:
            enumerators |= set(re.findall(r"(\w+)\s*=", body))
    code = BODY.sub(r"\1 \2 ", code)
    callbacks, functions, types, objects = set(), set(), set(), set()
    for statement in code.split(";"):
        if re.match(r"\s*(?:\}\s*)?typedef\b", statement.replace("{", "")):
            if name := CALLBACK.search(statement):
                callbacks.add(name[1])
            else:
                types |= {match[2] for match in TYPEDEF.finditer(statement.strip(" {}\n") + ";")}
        elif name := FUNCTION.search(statement):
            functions.add(name[1])
        elif name := OBJECT.search(statement):
            objects.add(name[1])
    return {
        "functions": functions,
        "callbacks": callbacks,
        "types": types,
        "enumerators": enumerators,
        "objects": objects,
    }, fields


def comments_of(text):
    """{function: the comment that stands above it, and above its neighbours of the same comment}."""
    said, above, found = [], False, {}
    for line in text.splitlines():
        if line.startswith("///"):
            said = [*said, line] if above else [line]
            above = True
        elif not line.strip() or line.startswith(("#", "//")):
            said, above = [], False
        else:
            above = False
            if match := FUNCTION.search(COMMENT.sub("", line) + " "):
                found[match[1]] = " ".join(said)
    return found


def expected_of(facts, header):
    structs, opaque = facts.of("structs", header), facts.of("opaque", header)
    return {
        "functions": {entry["name"] for entry in facts.of("functions", header)},
        "callbacks": {entry["name"] for entry in facts.of("callbacks", header)},
        "types": {name for entry in structs + opaque for name in entry["typedefs"]}
        | {entry["typedef"] for entry in facts.of("enums", header)}
        | {entry["name"] for entry in facts.of("types", header)},
        "objects": {entry["name"] for entry in facts.of("objects", header)},
        "enumerators": {name for entry in facts.of("enums", header) for name in entry["values"]},
        "macros": {entry["name"] for entry in facts.of("constants", header)},
    }, {entry["name"]: [field["name"] for field in entry["fields"]] for entry in structs}


def check_header(facts, header, text):
    """Findings in one header."""
    expected, layouts = expected_of(facts, header)
    found, fields = declarations_of(text)
    found["macros"] = macros_of(text)
    for kind, names in expected.items():
        for name in sorted(names - found[kind]):
            yield f"{header}: {name}, one of its {kind}, is missing"
        for name in sorted(found[kind] - names):
            yield f"{header}: {name} is none of the {kind} that Aeron's has"
    for name in sorted(layouts.keys() | fields.keys()):
        if layouts.get(name) != fields.get(name):
            yield f"{header}: struct {name} has the fields {fields.get(name)} instead of {layouts.get(name)}"
    comments = comments_of(text)
    for function in facts.of("functions", header):
        comment = comments.get(function["name"], "")
        if not comment:
            yield f"{header}: nothing is said of {function['name']}"
        elif "env" in function and not re.search(rf"\b{function['env']}\b", comment):
            yield f"{header}: the comment of {function['name']} does not name {function['env']}"


def main(include, data):
    facts = Facts(data)
    findings = []
    headers = {path.relative_to(include).as_posix(): path for path in Path(include).rglob("*.h")}
    for header in sorted(headers.keys() | set(facts.headers())):
        if header not in headers:
            findings.append(f"{header}: is missing")
        elif header not in facts.headers():
            findings.append(f"{header}: is none of Aeron's headers that {data} lists")
        else:
            findings += check_header(facts, header, headers[header].read_text(encoding="utf-8"))
    for finding in findings:
        print(finding)
    print(f"{len(facts.headers())} headers with {len(facts.everything())} entries: {len(findings) or 'no'} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))

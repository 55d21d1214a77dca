#!/usr/bin/env python3
"""Writes client_calls.inc: CALL(name) for each function of libaeron.so that takes a fixed number of arguments; and
client_headers.inc, which includes the headers that declare them.

    client_calls.py DATA FOLDER
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
from facts import Facts  # noqa: E402


def main(arguments):
    data, folder = map(Path, arguments)
    functions = [
        function
        for function in Facts(data).functions
        if function["library"] == "libaeron.so" or "aeronc.h" in function["headers"]
        if not function.get("variadic")
    ]
    names = sorted(function["name"] for function in functions)
    headers = sorted({header for function in functions for header in function["headers"]})
    for file, lines in (
        ("client_calls.inc", [f"CALL({name})" for name in names]),
        ("client_headers.inc", [f"#include <aeron/{header}>" for header in headers]),
    ):
        (folder / file).write_text("\n".join([*lines, ""]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

#!/usr/bin/env python3
"""Writes client_calls.inc: CALL(name) for each function of libaeron.so that takes a fixed number of arguments.

    client_calls.py DATA FOLDER
"""

import sys
from pathlib import Path

sys.dont_write_bytecode = True
from facts import Facts  # noqa: E402


def main(arguments):
    data, folder = map(Path, arguments)
    names = sorted(
        function["name"]
        for function in Facts(data).functions
        if function["library"] == "libaeron.so" or "aeronc.h" in function["headers"]
        if not function.get("variadic")
    )
    lines = "".join(f"CALL({name})\n" for name in names)
    (folder / "client_calls.inc").write_text(lines, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

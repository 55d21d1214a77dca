"""Aeron's C ABI as data/ has it: functions, callbacks, structs, enums and macros, each with the headers it is in."""

import json
import re
from pathlib import Path

KINDS = ("functions", "callbacks", "enums", "constants")


class Facts:
    def __init__(self, folder):
        for kind in KINDS:
            setattr(self, kind, json.loads((Path(folder) / f"{kind}.json").read_text(encoding="utf-8")))
        layouts = json.loads((Path(folder) / "structs.json").read_text(encoding="utf-8"))
        self.structs = layouts["structs"]
        self.opaque = layouts["opaque"]

    def everything(self):
        return self.functions + self.callbacks + self.enums + self.constants + self.structs + self.opaque

    def headers(self):
        return sorted({header for entry in self.everything() for header in entry["headers"]})

    def of(self, kind, header):
        return [entry for entry in getattr(self, kind) if header in entry["headers"]]


def type_of(function, name="(*)"):
    """`int (*)(const char *, ...)`: of a pointer to the function, or of a callback; with a name, its declaration."""
    types = [parameter["type"] for parameter in function["params"]]
    if function.get("variadic"):
        types.append("...")
    return f"{function['returns']} {name}({', '.join(types) or 'void'})"


def is_statement(constant):
    """Whether the macro ends in a semicolon, as one of Aeron's does."""
    return "semicolon" in constant.get("note", "")


def identifier(header):
    """aeron_common.h -> aeron_common"""
    return re.sub(r"\W", "_", header.removesuffix(".h"))

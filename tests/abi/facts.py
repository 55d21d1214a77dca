"""Aeron's C ABI as data/ has it: functions, callbacks, structs, enums and macros, each with the headers it is in.

data/ itself is what the public headers declare. data/beyond/ is what programs reach for beside them; a function there
that is in no header is one that Aeron dropped.
"""

import json
import re
from pathlib import Path

KINDS = ("functions", "callbacks", "enums", "constants", "types", "objects")


def read(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


class Facts:
    def __init__(self, folder, with_beyond=True):
        folders = (Path(folder), Path(folder) / "beyond") if with_beyond else (Path(folder),)
        for kind in KINDS:
            setattr(self, kind, [entry for each in folders for entry in read(each / f"{kind}.json")])
        layouts = [read(each / "structs.json") for each in folders]
        self.structs = [entry for layout in layouts for entry in layout["structs"]]
        self.opaque = [entry for layout in layouts for entry in layout["opaque"]]

    def everything(self):
        return [entry for kind in (*KINDS, "structs", "opaque") for entry in getattr(self, kind)]

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

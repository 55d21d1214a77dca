#!/usr/bin/env python3
"""Writes the driver's functions of the C ABI as rows for the tests that call all of them.

    driver_calls.py DATA FOLDER

FOLDER gets driver_options.inc, a row for each pair of a setter and a getter, and driver_calls.inc, a row for each
function that takes a context or a driver.
"""

import json
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from facts import Facts  # noqa: E402

SETTER, GETTER = "aeron_driver_context_set_", "aeron_driver_context_get_"
# The one getter whose name is not its setter's.
GETTERS = {"resolver_bootstrap_neighbor_resolution_interval_ns": "resolver_bootstrap_resolution_interval_ns"}
NUMBERS = {"bool", "int", "int32_t", "int64_t", "uint8_t", "uint32_t", "uint64_t", "size_t"}
ENUMS = {"aeron_threading_mode_t": 4, "aeron_thread_naming_t": 2, "aeron_inferable_boolean_t": 3}


def literal(value):
    if isinstance(value, bool):
        return "1" if value else "0"
    if value is None:
        return "nullptr"
    return f"{value}" if isinstance(value, int) else json.dumps(value)


def option_rows(functions):
    setters = {name.removeprefix(SETTER): f for name, f in functions.items() if name.startswith(SETTER)}
    getters = {name.removeprefix(GETTER): f for name, f in functions.items() if name.startswith(GETTER)}
    for name, setter in setters.items():
        getter = getters.pop(GETTERS.get(name, name), None)
        values = setter["params"][1:]
        if getter is None or len(values) != 1 or len(getter["params"]) != 1:
            yield f"SPECIAL({name})"
            if getter:
                yield f"GETTER({GETTERS.get(name, name)})"
            continue
        kind = values[0]["type"]
        head = f"{name}, {setter['name']}, {getter['name']}, {kind}, {getter['returns']}"
        env = literal(setter.get("env", ""))
        default = getter["default"]
        if kind in NUMBERS or kind in ENUMS:
            yield f"NUMBER({head}, {ENUMS.get(kind, 0)}, {env}, {literal(default)})"
        elif kind == "const char *":
            yield f"TEXT({head}, {env}, {literal(default)})"
        else:
            yield f"POINTER({head}, {env}, {literal(default is None).lower()})"
    for name in getters:
        yield f"GETTER({name})"


def argument(parameter, null):
    """Something of that type: nothing where `null`, else a value that a setter could take."""
    kind = parameter["type"]
    if kind in NUMBERS or kind in ENUMS or kind == "uint16_t":
        return f"static_cast<{kind}>(1)"
    if null or kind not in ("uint16_t *", "const char *"):
        return "nullptr"
    return "port" if kind == "uint16_t *" else '"a text"'


def call_rows(functions):
    for name, function in functions.items():
        first = function["params"][0]["type"] if function["params"] else ""
        if first not in ("aeron_driver_context_t *", "aeron_driver_t *"):
            continue
        kind = "CONTEXT" if "context" in first else "DRIVER"
        what = "GET" if name.startswith(GETTER) else "CALL"
        rest = "".join(f", {argument(parameter, False)}" for parameter in function["params"][1:])
        yield f"{kind}_{what}({name}, {function['returns']}{rest})"


def main(data, folder):
    functions = {f["name"]: f for f in Facts(data).functions if f["library"] == "libaeron_driver.so"}
    for name, rows in (("driver_options", option_rows(functions)), ("driver_calls", call_rows(functions))):
        Path(folder, f"{name}.inc").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])

"""Aeron's C ABI as the binding of another language sees it: names, types and layouts of ../data, a library at run time.

No header and no compiler is between: what ctypes lays out and passes is what a generated binding lays out and passes.
"""

import ctypes
import json
import os
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from facts import Facts  # noqa: E402: lies in the folder above

DATA = Path(__file__).resolve().parent.parent / "data"

SIMPLE = {
    "bool": ctypes.c_bool, "int": ctypes.c_int, "long": ctypes.c_long, "size_t": ctypes.c_size_t,
    "int8_t": ctypes.c_int8, "uint8_t": ctypes.c_uint8, "int16_t": ctypes.c_int16, "uint16_t": ctypes.c_uint16,
    "int32_t": ctypes.c_int32, "uint32_t": ctypes.c_uint32, "int64_t": ctypes.c_int64, "uint64_t": ctypes.c_uint64,
    "void": None,
}  # fmt: skip

# Functions that Aeron dropped and bindings still call; the headers and so ../data do not have them.
DROPPED = [
    {"name": "aeron_image_set_position", "returns": "int", "library": "libaeron.so",
     "params": [{"type": "aeron_image_t *", "name": "image"}, {"type": "int64_t", "name": "position"}]},
    {"name": "aeron_driver_context_set_async_executor_threads", "returns": "int", "library": "libaeron_driver.so",
     "params": [{"type": "aeron_driver_context_t *", "name": "context"}, {"type": "uint32_t", "name": "value"}]},
    {"name": "aeron_driver_context_get_async_executor_threads", "returns": "uint32_t", "library": "libaeron_driver.so",
     "params": [{"type": "aeron_driver_context_t *", "name": "context"}]},
]  # fmt: skip


class Failure(Exception):
    """What does not hold."""


def run(main):
    """Runs a program with the words of its command line. A failure ends it at once: the conductor of a client may be calling a
    handler of a program that is being taken apart."""
    try:
        main(*sys.argv[1:])
    except Failure as failure:
        print(f"failed: {failure}", file=sys.stderr, flush=True)
        os._exit(1)


def expect(condition, what):
    if not condition:
        raise Failure(what)


def expect_equal(found, wanted, what):
    expect(found == wanted, f"{what}: {found!r}, expected {wanted!r}")


class Types:
    """C types by their spelling. Structs are laid out field by field, and then compared with what Aeron's compiler did."""

    def __init__(self, facts):
        self.enums = {entry.get("typedef", entry["name"]): entry["values"] for entry in facts.enums}
        self.callbacks = {}
        self.structs = {}
        signatures = {entry["name"]: entry for entry in facts.callbacks}
        for name, entry in signatures.items():
            if any(parameter["type"].strip() == "va_list" for parameter in entry["params"]):
                continue
            self.callbacks[name] = ctypes.CFUNCTYPE(
                self.result(entry["returns"]), *(self.raw(parameter["type"]) for parameter in entry["params"]))
        for layout in facts.structs:
            self.add_struct(layout)

    def add_struct(self, layout):
        fields = [(field["name"], self.field(field["type"])) for field in layout["fields"]]
        body = {"_fields_": fields}
        if "4" in layout["packing"]:
            body = {"_pack_": 4, "_fields_": fields}
        struct = type(layout["name"], (ctypes.Structure,), body)
        expect_equal(ctypes.sizeof(struct), layout["size"], f"size of {layout['name']}")
        expect_equal(ctypes.alignment(struct), layout["align"], f"alignment of {layout['name']}")
        for field in layout["fields"]:
            found = getattr(struct, field["name"])
            expect_equal((found.offset, found.size), (field["offset"], field["size"]),
                         f"place of {layout['name']}.{field['name']}")
        for name in layout["typedefs"]:
            self.structs[name] = struct

    def field(self, spelling):
        spelling = spelling.replace("volatile ", "")
        if spelling.endswith("]"):
            item, count = spelling[:-1].split("[")
            return self.field(item) * int(count)
        if spelling in self.structs:
            return self.structs[spelling]
        return ctypes.c_char_p if spelling == "const char *" else self.raw(spelling)

    def raw(self, spelling):
        """In handlers, and where nothing better is known: what points is an address, so that nothing is read that was not asked for."""
        spelling = spelling.strip()
        if spelling.endswith("*") or spelling in self.callbacks:
            return ctypes.c_void_p
        return ctypes.c_int if spelling in self.enums else SIMPLE[spelling]

    def parameter(self, spelling):
        """What a call takes: handlers and structs by their own types, other pointers by whatever has an address."""
        spelling = spelling.strip()
        target = spelling.removesuffix("*").strip()
        if spelling in self.callbacks:
            return self.callbacks[spelling]
        if spelling.endswith("*") and target in self.structs:
            return ctypes.POINTER(self.structs[target])
        return self.raw(spelling)

    def result(self, spelling):
        spelling = spelling.strip()
        if spelling == "const char *":
            return ctypes.c_char_p
        if spelling == "int64_t *":
            return ctypes.POINTER(ctypes.c_int64)
        return self.raw(spelling)


class Binding:
    """The functions of one library, found when first called, as Julia does, and a note of each that was."""

    def __init__(self, *paths):
        facts = Facts(DATA, with_beyond=False)
        self.types = Types(facts)
        self.constants = {entry["name"]: entry.get("value") for entry in facts.constants}
        self.called = set()
        self.failures = []
        self._functions = {function["name"]: function for function in facts.functions + DROPPED}
        # Like Julia's: by name in this library, and in those that it needs.
        self._libraries = {Path(path).name.split(".so")[0] + ".so": ctypes.CDLL(path) for path in paths}
        self._kept = []

    def __getattr__(self, name):
        if not name.startswith("aeron_"):
            raise AttributeError(name)
        signature = self._functions[name]
        library = self._libraries.get(signature["library"]) or next(iter(self._libraries.values()))
        function = library[name]
        function.argtypes = [self.types.parameter(parameter["type"]) for parameter in signature["params"]]
        function.restype = self.types.result(signature["returns"])

        def call(*arguments):
            self.called.add(name)
            result = function(*arguments)
            self.stop_if_a_handler_failed()
            return result

        setattr(self, name, call)
        return call

    def pointer(self, name, kind):
        """A function of the library as a handler: what calls it is the library."""
        self.called.add(name)
        library = self._libraries["libaeron.so"] if "libaeron.so" in self._libraries else next(iter(self._libraries.values()))
        return self.types.callbacks[kind]((name, library))

    def handler(self, kind, function):
        """A Python function as a handler; what it raises ends the test, at the next call into the library."""

        def guarded(*arguments):
            try:
                return function(*arguments)
            except BaseException:
                self.failures.append(traceback.format_exc())
                return 0

        made = self.types.callbacks[kind](guarded)
        self._kept.append(made)
        return made

    def none(self, kind):
        """No handler."""
        return self.types.callbacks[kind]()

    def new(self, struct, **fields):
        return self.types.structs[struct](**fields)

    def enum(self, name):
        return next(values[name] for values in self.types.enums.values() if name in values)

    def stop_if_a_handler_failed(self):
        if self.failures:
            raise Failure(f"a handler failed:\n{self.failures[0]}")

    def check(self, result, what):
        """For functions that answer -1 when they fail."""
        if result < 0:
            raise Failure(f"{what}: {result}, {self.error()}")
        return result

    def error(self):
        return f"{self.aeron_errcode()}: {self.aeron_errmsg().decode()}"

    def refused(self, result, what):
        """For calls that have to fail, and say why."""
        expect(result < 0, f"{what}: {result}, expected to fail")
        expect(len(self.aeron_errmsg()) > 10 and self.aeron_errcode() != 0, f"{what}: fails without words")


def called_by(binding, library):
    """The functions of `library` (client or driver) that the binding whose name begins so calls."""
    lists = json.loads((DATA / "called_by_bindings.json").read_text(encoding="utf-8"))
    return set(next(calls for name, calls in lists.items() if name.startswith(binding))[library])


def text(address, length=-1):
    return ctypes.string_at(address, length).decode()


def out():
    """Where a function puts a handle."""
    return ctypes.c_void_p()


def filled(length):
    """A piece of memory in which every write shows."""
    return ctypes.create_string_buffer(b"\xa5" * length, length)


def written(buffer):
    """How far it was written into."""
    return len(buffer.raw.rstrip(b"\xa5"))


def step(words):
    """Where a run was, should it hang."""
    print(words, file=sys.stderr, flush=True)

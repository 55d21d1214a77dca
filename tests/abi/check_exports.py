#!/usr/bin/env python3
"""Compares what a shared library exports with what data/ says that it does.

    check_exports.py LIBRARY DATA NAME [--also SYMBOL...]

NAME is what the library is called there: libaeron.so or libaeron_driver.so. Every function and object that is listed
for it must be exported. Beyond those it may export what both headers declare, whichever library of Aeron's has it, what
Aeron declares and has nowhere, and SYMBOLs; anything else, our own C++ among it, is a finding. The exit code is 1 when
there is any.
"""

import argparse
import subprocess
import sys
from pathlib import Path

sys.dont_write_bytecode = True
from facts import Facts  # noqa: E402

# Marks of sections that linkers put into every library.
LINKERS_OWN = {"_init", "_fini", "_edata", "_end", "__bss_start", "__end__", "_bss_end__", "__bss_end__"}


def exported_names(listing):
    """The names in what `nm --dynamic --defined-only --format=posix` printed, without versions: {name: letter}."""
    names = {}
    for line in listing.splitlines():
        words = line.split()
        if len(words) >= 2 and len(words[1]) == 1 and words[1] not in "Uw":
            names[words[0].split("@", 1)[0]] = words[1]
    return names


def findings(facts, library, exported, also=()):
    required = {entry["name"] for entry in facts.functions if entry["library"] == library}
    objects = {entry["name"] for entry in facts.objects if entry["library"] == library}
    if not required:
        known = sorted({entry["library"] for entry in facts.functions if entry["library"]})
        yield f"{library} is no library that is listed: there are {', '.join(known)}"
        return
    allowed = {entry["name"] for entry in facts.functions if entry["library"] is None or len(entry["headers"]) > 1}
    for name in sorted(required - exported.keys()):
        yield f"{library} does not export {name}"
    for name in sorted(required & exported.keys()):
        if exported[name] not in "TWi":
            yield f"{library} exports {name} as something else than a function ({exported[name]})"
    for name in sorted(objects - exported.keys()):
        yield f"{library} does not export the object {name}"
    for name in sorted(objects & exported.keys()):
        if exported[name] not in "BDR":
            yield f"{library} exports {name} as something else than an object ({exported[name]})"
    for name in sorted(exported.keys() - required - objects - allowed - set(also) - LINKERS_OWN):
        yield f"{library} exports {name}, which is not listed"


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("data", type=Path)
    parser.add_argument("name")
    parser.add_argument("--also", nargs="*", default=[])
    given = parser.parse_args(arguments)
    command = ["nm", "--dynamic", "--defined-only", "--format=posix", str(given.library)]
    exported = exported_names(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    found = list(findings(Facts(given.data), given.name, exported, given.also))
    for finding in found:
        print(finding)
    print(f"{given.name}: {len(exported)} symbols, {len(found) or 'no'} finding{'' if len(found) == 1 else 's'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

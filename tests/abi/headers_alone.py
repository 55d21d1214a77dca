#!/usr/bin/env python3
"""Compiles each header of the C ABI alone, and in the ways that programs include it, with every compiler there is.

    headers_alone.py INCLUDE [--cc COMPILER...] [--cxx COMPILER...]

Besides the named compilers it takes those of NAMES that are installed. Refusals are printed; the exit code is 1 when
there is any, or no compiler.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = {"c": ["gcc", "clang", "clang-16"], "c++": ["g++", "clang++", "clang++-16"]}
STANDARDS = {"c": ["c11", "c17"], "c++": ["c++11", "c++20"]}
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wsign-conversion", "-Wshadow", "-Werror"]
# A translation unit has to declare something, which a header of macros alone does not.
DECLARATION = "typedef int something;\n"
OPEN = '#ifdef __cplusplus\nextern "C" {\n#endif\n'
CLOSE = "#ifdef __cplusplus\n}\n#endif\n"


def ways(include):
    """(what is shown, include directories, text) for each way to include."""
    headers = sorted(path.relative_to(include / "aeron").as_posix() for path in (include / "aeron").rglob("*.h"))
    if "aeronc.h" not in headers:
        raise SystemExit(f"{include}/aeron has no aeronc.h")
    for header in headers:
        yield f"<aeron/{header}> alone, twice", ["."], f"#include <aeron/{header}>\n" * 2
        # As consumers have to do with Aeron's own.
        yield f'"{header}" from the folder aeron in an extern "C"', ["aeron"], f'{OPEN}#include "{header}"\n{CLOSE}'
    yield "everything", ["."], "".join(f"#include <aeron/{header}>\n" for header in headers)
    yield "everything, backwards", ["."], "".join(f"#include <aeron/{header}>\n" for header in reversed(headers))
    yield '"aeronmd.h" from the folder aeronmd', ["aeronmd"], '#include "aeronmd.h"\n'
    yield '"aeronmd.h" with both folders', ["aeronmd", "aeron"], '#include "aeronmd.h"\n#include "aeronc.h"\n'
    yield "<aeronmd/aeronmd.h>", ["."], "#include <aeronmd/aeronmd.h>\n#include <aeron/aeronmd.h>\n"
    other = "struct iov {\n    void* base;\n};\n#define AERON_IOVEC\n#include <aeron/aeronc.h>\n"
    yield "AERON_IOVEC", ["."], other + "typedef char same[sizeof(aeron_iovec_t) == sizeof(struct iov) ? 1 : -1];\n"


def compilers(language, named):
    """The compilers, each program once, whatever it is called."""
    found = {}
    for name in named + NAMES[language]:
        if program := shutil.which(name):
            found.setdefault(os.path.realpath(program), program)
    return list(found.values())


def accepts(compiler, language, standard, include, directories, text):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / ("alone.c" if language == "c" else "alone.cpp")
        source.write_text(text + DECLARATION, encoding="utf-8")
        where = [f"-I{include / directory}" for directory in directories]
        command = [compiler, f"-std={standard}", *WARNINGS, *where, "-fsyntax-only", str(source)]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("include", type=Path)
    parser.add_argument("--cc", nargs="*", default=[])
    parser.add_argument("--cxx", nargs="*", default=[])
    given = parser.parse_args(arguments)
    count, refusals = 0, 0
    for language, named in (("c", given.cc), ("c++", given.cxx)):
        usable = compilers(language, named)
        if not usable:
            raise SystemExit(f"no compiler for {language}: none of {', '.join(named + NAMES[language])}")
        for compiler in usable:
            nothing = accepts(compiler, language, STANDARDS[language][0], given.include, [], "#include <none.h>\n")
            if nothing.returncode == 0:
                raise SystemExit(f"{compiler} accepts a header that is not there")
            for standard in STANDARDS[language]:
                for what, directories, text in ways(given.include):
                    count += 1
                    result = accepts(compiler, language, standard, given.include, directories, text)
                    if result.returncode != 0:
                        refusals += 1
                        print(f"{compiler} -std={standard}: {what}\n{result.stderr}")
            print(f"{compiler}: {', '.join(STANDARDS[language])}")
    print(f"{count} compilations, {refusals or 'no'} refused")
    return 1 if refusals else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

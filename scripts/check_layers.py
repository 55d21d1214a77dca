#!/usr/bin/env python3
"""Checks what the compiler cannot: who may include whom, where the system is touched, and links in the documents.

    scripts/check_layers.py            everything
    scripts/check_layers.py layers     includes only
    scripts/check_layers.py docs       links and references only

The plan is src/CMakeLists.txt: `module(NAME USES...)` lets src/NAME include the floors in USES, and theirs. One line per
finding; the exit code is 1 when there is any. A system header that has to stay in a test says why on its own line:
`#include <unistd.h>  // layers: forks a client to kill it`.
"""

import re
import sys
from pathlib import Path

SOURCES = {".cpp", ".hpp", ".h", ".c"}
SYSTEM_FLOORS = {"os", "net"}
C_STANDARD = {
    "assert.h", "complex.h", "ctype.h", "errno.h", "fenv.h", "float.h", "inttypes.h", "iso646.h", "limits.h",
    "locale.h", "math.h", "setjmp.h", "stdalign.h", "stdarg.h", "stdatomic.h", "stdbool.h", "stddef.h", "stdint.h",
    "stdio.h", "stdlib.h", "stdnoreturn.h", "string.h", "tgmath.h", "threads.h", "time.h", "wchar.h", "wctype.h",
}  # fmt: skip
INTRINSICS = {"immintrin.h", "emmintrin.h", "x86intrin.h", "xmmintrin.h", "nmmintrin.h", "arm_acle.h", "arm_neon.h"}
SYSTEM_DIRECTORIES = {"sys", "netinet", "net", "arpa", "linux", "asm", "bits", "mach", "asm-generic"}
TEST_LIBRARIES = {"gtest", "gmock", "nlohmann", "benchmark"}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)(.*)$')
EXCUSE = re.compile(r"//\s*layers:\s*\S")
MODULE = re.compile(r"\bmodule\(\s*([^\s()]+)([^()]*)\)")
LINK = re.compile(r"(?<!!)\[[^\]\n]*\]\(([^()\s]+(?:\([^()\s]*\))?)(?:\s+\"[^\"]*\")?\)|!\[[^\]\n]*\]\(([^()\s]+)\)")
PAGE = re.compile(r"\bdocs/[A-Za-z0-9_./-]+\.md\b")
OUTSIDE = re.compile(r"\.\.[/]shared\b")


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


def files_under(*folders, suffixes=SOURCES):
    for folder in folders:
        if folder.is_dir():
            yield from sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in suffixes)


def includes(path):
    """(line number, quoted name or None, angled name or None, rest of the line) of each #include."""
    for number, line in enumerate(read(path).splitlines(), 1):
        if match := INCLUDE.match(line):
            yield number, match[1], match[2], match[3]


def parse_plan(text):
    """{floor: the floors its line names} from the `module(...)` lines."""
    without_comments = "\n".join(line.split("#", 1)[0] for line in text.splitlines())
    return {match[1]: match[2].split() for match in MODULE.finditer(without_comments)}


def reach(plan):
    """{floor: every floor it may include}, itself among them."""
    reached = {}

    def visit(floor):
        if floor not in reached:
            reached[floor] = {floor}
            for used in plan.get(floor, []):
                reached[floor] |= {used} | visit(used)
        return reached[floor]

    for floor in plan:
        visit(floor)
    return reached


def check_plan(plan):
    declared = set()
    for floor, used in plan.items():
        for name in used:
            if name not in plan:
                yield f"src/CMakeLists.txt: module({floor}) uses {name}, which is no module"
            elif name not in declared:
                yield f"src/CMakeLists.txt: module({floor}) uses {name}, which comes later: floors stand on lower ones"
        declared.add(floor)
    reached = reach(plan)
    for floor in plan:
        for name in sorted(reached[floor]):
            if side(floor) and side(name) and side(floor) != side(name):
                yield f"src/CMakeLists.txt: module({floor}) reaches {name}: client and driver share what lies below both"
            if {floor, name} == {"driver/sender", "driver/receiver"}:
                yield f"src/CMakeLists.txt: module({floor}) reaches {name}: sender and receiver are two threads"


def side(floor):
    top = floor.split("/")[0]
    return top if top in ("client", "driver") else None


def is_system(name):
    if "/" in name:
        return name.split("/")[0] in SYSTEM_DIRECTORIES
    return name.endswith(".h") and name not in C_STANDARD | INTRINSICS


def floor_of(folder, floors):
    """The floor named by `folder` (a path below src), or by the longest start of it."""
    parts = folder.split("/")
    for length in range(len(parts), 0, -1):
        if "/".join(parts[:length]) in floors:
            return "/".join(parts[:length])
    return None


def check_source(path, relative, plan, reached):
    """Findings in one file of src; `relative` is its path below src."""
    folder = relative.rpartition("/")[0]
    where = f"src/{relative}"
    test = path.stem.endswith("_test")
    own = folder if folder in plan else None
    if own is None:
        yield f"{where}: src/{folder} has no module(...) line in src/CMakeLists.txt, so nobody builds it"
        return
    tops = {floor.split("/")[0] for floor in plan}
    for number, quoted, angled, rest in includes(path):
        at = f"{where}:{number}"
        if quoted is not None:
            if quoted.startswith("gale/"):
                yield f"{at}: the front door is included as <{quoted}>"
            elif "/" not in quoted or quoted.startswith("."):
                yield f'{at}: "{quoted}": includes are written from src, as "{own}/{Path(quoted).name}"'
            elif quoted.split("/")[0] in tops:
                floor = floor_of(quoted.rpartition("/")[0], plan)
                if floor is None:
                    yield f'{at}: "{quoted}" is on no floor that src/CMakeLists.txt names'
                elif floor not in reached[own]:
                    yield f'{at}: {own} may not include "{quoted}": add {floor} to its module(...) line, or move the code'
            elif not test:
                yield f'{at}: "{quoted}" is on no floor that src/CMakeLists.txt names'
            continue
        library = angled.split("/")[0]
        if is_system(angled):
            top = own.split("/")[0]
            if top not in SYSTEM_FLOORS and not (test and EXCUSE.search(rest)):
                yield f"{at}: <{angled}>: the system is touched in os/ and net/ only"
        elif "/" not in angled or library == "gale":
            pass
        elif library == "fmt":
            if path.suffix != ".cpp":
                yield f"{at}: <{angled}>: fmt stays in .cpp files"
        elif library in TEST_LIBRARIES:
            if not test:
                yield f"{at}: <{angled}>: only tests may use it"
        elif library == "aeron":
            if own.split("/")[0] != "capi" and not test:
                yield f"{at}: <{angled}>: the C ABI is written in capi/ only"
        else:
            yield f"{at}: <{angled}>: the library depends on nothing but fmt"


def check_front_door(path, where):
    for number, quoted, angled, _ in includes(path):
        if quoted is not None:
            yield f'{where}:{number}: "{quoted}": headers here include <gale/...> and the C++ library only'
        elif not (angled.startswith("gale/") or ("/" not in angled and not angled.endswith(".h"))):
            yield f"{where}:{number}: <{angled}>: headers here include <gale/...> and the C++ library only"


def check_c_headers(path, where, root):
    for number, quoted, angled, _ in includes(path):
        name = quoted if quoted is not None else angled
        neighbour = name.startswith("aeron/") or (quoted is not None and is_c_header(path.parent / name, root))
        if not neighbour and name not in C_STANDARD and not (quoted is None and is_cxx(name)):
            yield f"{where}:{number}: {name}: headers here include their neighbours and the C library only"


def is_c_header(path, root):
    folders = (root / "include/aeron", root / "include/aeronmd")
    return path.is_file() and any(path.resolve().is_relative_to(folder) for folder in folders)


def is_cxx(name):
    return "/" not in name and not name.endswith(".h")


def check_layers(root):
    plan = parse_plan(read(root / "src/CMakeLists.txt"))
    yield from check_plan(plan)
    reached = reach(plan)
    for path in files_under(root / "src"):
        relative = path.relative_to(root / "src").as_posix()
        if "/" in relative:
            yield from check_source(path, relative, plan, reached)
        else:
            yield f"src/{relative}: a file lives on a floor, not beside them"
    for path in files_under(root / "include/gale"):
        yield from check_front_door(path, path.relative_to(root).as_posix())
    for path in files_under(root / "include/aeron", root / "include/aeronmd"):
        yield from check_c_headers(path, path.relative_to(root).as_posix(), root.resolve())


def may_reach_outside(relative, text):
    """Tests may read data that lies beside the repository, when they ask first whether it is there."""
    name = relative.rpartition("/")[2]
    is_test = relative.startswith("tests/") or name.endswith(("_test.cpp", "_test.c", "_test.py"))
    return is_test and ("exist" in text or "is_recorded(" in text)


def prose(text):
    """The document without its code, in which brackets mean something else."""
    text = re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`\n]*`", "", text)


def is_ours(path, root):
    parts = path.relative_to(root).parts
    return not any(part in ("build", ".git", ".cache", "__pycache__", "target") for part in parts)


def check_docs(root):
    pages = sorted(path for path in root.rglob("*.md") if is_ours(path, root))
    for path in pages:
        where = path.relative_to(root).as_posix()
        for match in LINK.finditer(prose(read(path))):
            target = (match[1] or match[2]).split("#", 1)[0]
            if target and not re.match(r"[a-z][a-z0-9+.-]*:", target) and not (path.parent / target).exists():
                yield f"{where}: the link to {target} leads nowhere"
    texts = SOURCES | {".py", ".sh", ".cmake", ".txt", ".md", ".json", ".service", ""}
    for path in sorted(path for path in root.rglob("*") if path.suffix in texts and path.is_file()):
        if not is_ours(path, root):
            continue
        where = path.relative_to(root).as_posix()
        text = read(path)
        if OUTSIDE.search(text) and not may_reach_outside(where, text):
            yield f"{where}: refers to a folder outside the repository; only a test that first asks whether it exists may"
        if path.suffix in SOURCES:
            for page in sorted(set(PAGE.findall(text))):
                if not (root / page).exists():
                    yield f"{where}: names {page}, which does not exist"


def main(arguments):
    what = {"layers": [check_layers], "docs": [check_docs], "all": [check_layers, check_docs]}
    root = Path(__file__).resolve().parent.parent
    mode = arguments[0] if arguments else "all"
    if len(arguments) > 2 or mode not in what:
        print("usage: check_layers.py [layers|docs|all [ROOT]]", file=sys.stderr)
        return 2
    if len(arguments) == 2:
        root = Path(arguments[1]).resolve()
    findings = [finding for check in what[mode] for finding in check(root)]
    for finding in findings:
        print(finding)
    print(f"{mode}: {len(findings) or 'no'} finding{'' if len(findings) == 1 else 's'}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

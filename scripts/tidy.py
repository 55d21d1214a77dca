#!/usr/bin/env python3
"""clang-tidy over the library and the program, as scripts/ci.sh tidy runs it.

    tidy.py FILES_BUILD FLOORS_BUILD [--jobs N]

Two configured build directories: in the first each file is compiled by itself, in the second each floor as one file
(CMAKE_UNITY_BUILD). What reads the syntax looks at whole floors, so that headers are read once a floor and not once a
file; the analyzer, which follows paths only in the file it was given, looks at each file of the library: in the program
it gets lost in the headers for command lines. What was clean with the same text, headers, checks and compiler is clean
still and not looked at again: the stamps are in FILES_BUILD.
"""

import argparse
import concurrent.futures
import hashlib
import json
import pathlib
import re
import subprocess
import sys

TIDY = "clang-tidy-16"
ROOT = pathlib.Path(__file__).resolve().parent.parent
LIBRARY = ("src/",)
LIBRARY_AND_PROGRAM = ("src/", "tools/")
# A floor as one file includes its sources: that is how it was made.
SYNTAX = ["--checks=-clang-analyzer-*,-bugprone-suspicious-include"]
# An eighth of the paths that the analyzer would follow by itself: it finds what it finds early, and half of the time went
# into the last ones.
PATHS = [f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=30000")]


def relative(path):
    try:
        return str(pathlib.Path(path).resolve().relative_to(ROOT))
    except ValueError:
        return str(path)


def sources(unit, places):
    """The project's files that this one consists of: itself, or what a floor includes."""
    if "/Unity/" in unit:
        included = re.findall(r'^#include "(.*\.cpp)"$', pathlib.Path(unit).read_text(), re.MULTILINE)
    else:
        included = [unit]  # one that is generated may not be there yet
    return [path for path in map(relative, included) if path.startswith(places)]


def analyzer_checks():
    """Those that .clang-tidy turns on, and no other."""
    listed = subprocess.run([TIDY, "--list-checks"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return "--checks=-*," + ",".join(re.findall(r"^\s+(clang-analyzer-\S+)$", listed, re.MULTILINE))


def common_digest():
    """Of everything that changes what is said about any file."""
    digest = hashlib.sha256()
    digest.update(subprocess.run([TIDY, "--version"], capture_output=True, check=True).stdout)
    settings = [ROOT / ".clang-tidy", ROOT / "cmake/module.cmake", ROOT / "CMakePresets.json", pathlib.Path(__file__)]
    headers = [path for place in ("include", "src", "tools") for path in (ROOT / place).rglob("*.h*")]
    for path in settings + sorted(headers):
        digest.update(str(relative(path)).encode() + path.read_bytes())
    return digest.hexdigest()


def looks(files_build, floors_build):
    """What to run: build directory, file, options and the texts it depends on."""
    analyzer = [analyzer_checks(), *PATHS]
    for build, options, places in ((floors_build, SYNTAX, LIBRARY_AND_PROGRAM), (files_build, analyzer, LIBRARY)):
        for command in json.loads((build / "compile_commands.json").read_text()):
            texts = sources(command["file"], places)
            if texts and not all(text.endswith("_test.cpp") for text in texts):
                yield build, command["file"], options, texts


def stamp_of(place, common, options, texts):
    digest = hashlib.sha256(common.encode() + " ".join(options + texts).encode())
    for text in texts:
        digest.update((ROOT / text).read_bytes())
    return place / f"{digest.hexdigest()}.clean"


def look(build, unit, options, stamp):
    done = subprocess.run([TIDY, "--quiet", "-p", str(build), *options, unit], capture_output=True, text=True)
    if done.returncode == 0:
        stamp.touch()
        return ""
    noise = re.compile(r"^\d+ (warning|error).* generated\.$|^Error while processing|^Suppressed \d+")
    said = [line for line in (done.stdout + done.stderr).splitlines() if not noise.search(line)]
    return "\n".join(said) or f"{TIDY} ended with {done.returncode} at {unit}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files_build", type=pathlib.Path)
    parser.add_argument("floors_build", type=pathlib.Path)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    common = common_digest()
    works = list(looks(arguments.files_build, arguments.floors_build))
    in_floors = {text for build, _, _, texts in works if build == arguments.floors_build for text in texts}
    lacking = {text for _, _, _, texts in works for text in texts if not text.endswith("_test.cpp")} - in_floors
    known = [(*work, stamp_of(arguments.files_build, common, work[2], work[3])) for work in works]
    due = [(build, unit, options, stamp) for build, unit, options, _, stamp in known if not stamp.exists()]
    print(f"{len(due)} of {len(known)} looks at floors and files to take", flush=True)
    if not known or lacking:
        print(f"the floors lack files, {sorted(lacking)}: remove both build directories")
        return 1
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for said in pool.map(lambda work: look(*work), due):
            if said:
                failed += 1
                print(said, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

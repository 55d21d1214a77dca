#!/usr/bin/env python3
"""Whether the tests that docs/compatibility.md names are there.

    named_tests.py PAGE BUILD

A test is named as ctest prints it, in backticks: `Suite.Name`, `Suite.Name/Parameters`, or with * for whatever may stand there.
Each such name has to fit a test of the build in BUILD, and each cell of the table under "Pairings" has to name one or say
`none`. One line per finding; the exit code is 1 when there is any.
"""

import fnmatch
import json
import re
import subprocess
import sys
from pathlib import Path

NAMED = re.compile(r"`((?:[\w*]+/)?[A-Z][\w*]*\.[A-Z*][\w*]*(?:/[\w*]+)?)`")
TABLE = "## Pairings"


def named(page):
    """The names of tests in the text of a page."""
    return sorted(set(NAMED.findall(page)))


def empty_cells(page):
    """(row's title, column's title) of each cell of the table of pairings that neither names a test nor says `none`."""
    rows = [line for line in page.partition(f"{TABLE}\n")[2].partition("\n## ")[0].splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    if len(cells) < 3:
        yield ("the table", "is missing")
        return
    for row in cells[2:]:
        for title, cell in list(zip(cells[0], row))[1:]:
            if cell != "none" and not NAMED.search(cell):
                yield (row[0], title)


def tests_of(build):
    """What ctest knows there, without what it adds behind a parametrised name."""
    told = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True, text=True)
    return [test["name"].split("  #", 1)[0].strip() for test in json.loads(told.stdout)["tests"]]


def findings(page, tests):
    for name in named(page):
        if not fnmatch.filter(tests, name):
            yield f"names the test {name}, which is not there"
    for row, column in empty_cells(page):
        yield f"pairings: {row}, {column}: names no test; write `none` without backticks where there is none"


def main(page, build):
    found = list(findings(Path(page).read_text(encoding="utf-8"), tests_of(build)))
    for finding in found:
        print(f"{page}: {finding}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

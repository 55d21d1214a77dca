#!/usr/bin/env python3
"""Measures two drivers and a bad line between them, and prints medians as a Markdown table.

    bench/lines.py [--netlab SCRIPT] [--rounds N] [--seconds N] [--options WORDS] [--sender COMMAND]
                   [--receiver COMMAND] [LOSS:DELAY...]

SCRIPT makes the line (two network namespaces and a seeded relay, as root) and runs `gale driver` and `gale_line` at its
ends; by default it is the one that lies beside the sources. LOSS is in percent and DELAY in milliseconds, both each way; by
default all rows of the goals. WORDS go to SCRIPT as they are, as in --options='-w udp -c term-length=32m'. The driver of
either end may be another: --receiver='aeron JAR' is Aeron's for Java.
"""

import argparse
import os
import re
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# loss and delay: least goodput in MB/s
GOALS = {(0, 0): 254, (0, 50): 113, (1, 0): 98, (1, 5): 45, (1, 50): 34, (5, 5): 41, (5, 50): 5}
START_MS = 20  # what a freeze may last beyond three round trips


def measure(options, loss, delay, seed):
    programs = options.build / "bin"
    command = ["bash", options.netlab, "-t", str(options.seconds), "-s", str(seed), *shlex.split(options.options),
               ROOT / "bench" / "driver_by_side.sh", options.build / "lib", str(loss), str(delay), programs / "gale_line"]
    ours = f"{programs / 'gale'} driver"
    drivers = {"GALE_SENDER": options.sender or ours, "GALE_RECEIVER": options.receiver or ours}
    said = subprocess.run(command, env=os.environ | drivers, stdout=subprocess.PIPE, text=True).stdout
    figures = re.search(r"gaps=(\d+) bad=(\d+) .* bw=([\d.]+) MB/s freeze=([\d.]+) ms", said)
    if not figures:
        sys.exit(f"lines: {loss} % and {delay} ms: {said.strip() or 'nothing was said'}")
    if figures[1] != "0" or figures[2] != "0":
        sys.exit(f"lines: {loss} % and {delay} ms: messages are missing or came twice: {said.strip()}")
    print(said.strip(), file=sys.stderr)
    return float(figures[3]), float(figures[4])


def row(text):
    try:
        loss, delay = (int(part) for part in text.split(":"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no LOSS:DELAY, such as 1:50") from None
    return loss, delay


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--netlab", type=Path, default=ROOT.parent / "shared" / "bench" / "netlab.sh", metavar="SCRIPT")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "release", help="has bin/gale (build/release)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--options", default="", metavar="WORDS")
    parser.add_argument("--sender", metavar="COMMAND", help="the driver that sends (gale driver)")
    parser.add_argument("--receiver", metavar="COMMAND", help="the driver that receives (gale driver)")
    parser.add_argument("rows", nargs="*", type=row, metavar="LOSS:DELAY")
    options = parser.parse_args()
    for needed in (options.netlab, options.build / "bin" / "gale", options.build / "bin" / "gale_line"):
        if not needed.exists():
            sys.exit(f"lines: there is no {needed}")
    print("| loss, delay each way | MB/s, median | least - most | goal | longest freeze, ms | goal |\n|---|---|---|---|---|---|")
    for loss, delay in options.rows or GOALS:
        rates, freezes = zip(*(measure(options, loss, delay, seed) for seed in range(1, options.rounds + 1)))
        print(f"| {loss} %, {delay} ms | {statistics.median(rates):.1f} | {min(rates):.1f} - {max(rates):.1f} "
              f"| {GOALS.get((loss, delay), '')} | {max(freezes):.0f} | {6 * delay + START_MS} |", flush=True)


if __name__ == "__main__":
    main()

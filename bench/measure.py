#!/usr/bin/env python3
"""Measures this build's `gale bench` beside the machine's limits, round by round, and prints medians as a Markdown table.

    bench/measure.py run FILE [ROW...]    one measurement of each row (default: all), appended to FILE
    bench/measure.py table FILE...        medians, least and most, of all that the files hold
    bench/measure.py smoke                both, each row once, nothing kept
    bench/measure.py rows                 names of the rows

Rounds spread over minutes say more than repeats at once: a virtual machine's neighbours come and go. Each row takes
--seconds and a little; call it in pieces where the machine is shared.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def throughput(*arguments):
    return lambda seconds: ["throughput", *arguments, "--seconds", str(seconds)]


# name: what the table calls it, the command, the value's place in its JSON, factor, unit, goal
ROWS = {
    "exclusive-offer": ("32 B, exclusive offer", throughput("--size", "32"),
                        "result.messages_per_second", 1e-6, "M msg/s", "60 M"),
    "shared-offer": ("32 B, shared offer", throughput("--size", "32", "--publication", "shared"),
                     "result.messages_per_second", 1e-6, "M msg/s", "40 M"),
    "exclusive-claim": ("32 B, exclusive claim", throughput("--size", "32", "--method", "claim"),
                        "result.messages_per_second", 1e-6, "M msg/s", "40 M"),
    "shared-claim": ("32 B, shared claim", throughput("--size", "32", "--publication", "shared", "--method", "claim"),
                     "result.messages_per_second", 1e-6, "M msg/s", ""),
    "1344": ("1344 B, exclusive offer", throughput("--size", "1344"),
             "result.bytes_per_second", 1e-9, "GB/s", "7.5"),
    "64k": ("64 KiB, exclusive offer", throughput("--size", "65536"),
            "result.bytes_per_second", 1e-9, "GB/s", "7"),
    "rtt": ("round trip, spinning, p50", lambda seconds: ["rtt", "--count", str(max(1000, int(150_000 * seconds)))],
            "result.round_trip.p50_ns", 1e-3, "us", "0.7"),
    "udp-32": ("UDP loopback, 32 B, exclusive offer", throughput("--udp", "--size", "32"),
               "result.messages_per_second", 1e-6, "M msg/s", "12 M"),
    "udp-1344": ("UDP loopback, 1344 B, exclusive offer", throughput("--udp", "--size", "1344"),
                 "result.bytes_per_second", 1e-9, "GB/s", "1.5"),
    "udp-64k": ("UDP loopback, 64 KiB, exclusive offer", throughput("--udp", "--size", "65536"),
                "result.bytes_per_second", 1e-9, "GB/s", "1.5"),
    "udp-rtt": ("UDP round trip, yielding, p50",
                lambda seconds: ["rtt", "--udp", "--idle", "yield", "--warmup", "1000",
                                 "--count", str(max(1000, int(15_000 * seconds)))],
                "result.round_trip.p50_ns", 1e-3, "us", "13"),
    "setup": ("adding a publication (64 KiB terms), p50",
              lambda seconds: ["setup", "--count", str(max(5, int(70 * seconds)))],
              "result.add.p50_ns", 1e-6, "ms", "1"),
    "idle": ("idle driver, default settings", lambda seconds: ["idle", "--seconds", str(seconds)],
             "result.percent_of_a_core", 1, "% of a core", "0.5"),
}


def steal_and_load():
    """Ticks stolen by the machine's host, and the load average: what tells a quiet round from a disturbed one."""
    try:
        return int(Path("/proc/stat").read_text().split()[8]), float(Path("/proc/loadavg").read_text().split()[0])
    except (OSError, IndexError, ValueError):
        return 0, 0.0


def run(options):
    gale = options.build / "bin" / "gale"
    if not gale.exists():
        sys.exit(f"measure: no program {gale}: build the preset release first")
    with options.file.open("a") as out:
        if options.limits:
            lines = subprocess.run([options.limits], check=True, capture_output=True, text=True).stdout.splitlines()
            out.write(json.dumps({"limits": lines}) + "\n")
        for name in options.rows or ROWS:
            if name not in ROWS:
                sys.exit(f"measure: no row {name}; rows: {' '.join(ROWS)}")
            _, command, place, factor, unit, _ = ROWS[name]
            stolen, load = steal_and_load()
            done = subprocess.run([gale, "bench", *command(options.seconds), "--json"], stdout=subprocess.PIPE, text=True,
                                  stderr=subprocess.DEVNULL if options.quiet else None)
            if done.returncode != 0:
                sys.exit(f"measure: {name} failed with exit code {done.returncode}")
            value = json.loads(done.stdout)
            for part in place.split("."):
                value = value[part]
            out.write(json.dumps({"row": name, "value": value * factor, "at": int(time.time()), "load": load,
                                  "stolen_ticks": steal_and_load()[0] - stolen}) + "\n")
            print(f"{name}: {value * factor:.2f} {unit}", file=sys.stderr)


def table(options):
    values, limits = {}, []
    for path in options.files:
        for line in path.read_text().splitlines():
            entry = json.loads(line)
            if "row" in entry:
                values.setdefault(entry["row"], []).append(entry["value"])
            else:
                limits.append(entry["limits"])
    for lines in limits:
        print("limits: " + "; ".join(lines))
    print("| work | median | least - most | runs | goal |\n|---|---|---|---|---|")
    for name, (title, _, _, _, unit, goal) in ROWS.items():
        if name in values:
            found = values[name]
            print(f"| {title} | {statistics.median(found):.2f} {unit} | {min(found):.2f} - {max(found):.2f} "
                  f"| {len(found)} | {goal} |")


def smoke(options):
    with tempfile.TemporaryDirectory() as folder:
        options.file, options.rows, options.limits = Path(folder) / "measured", [], None
        options.files = [options.file]
        run(options)
        table(options)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    measuring = argparse.ArgumentParser(add_help=False)
    measuring.add_argument("--build", type=Path, default=Path("build/release"), help="has bin/gale (build/release)")
    measuring.add_argument("--seconds", type=float, default=3, help="of each measurement (3)")
    measuring.add_argument("--quiet", action="store_true", help="nothing of gale's own progress")
    one = commands.add_parser("run", parents=[measuring], help="measure each row once")
    one.add_argument("file", type=Path)
    one.add_argument("rows", nargs="*", metavar="ROW")
    one.add_argument("--limits", help="a program whose lines are kept beside the figures")
    one.set_defaults(do=run)
    all_once = commands.add_parser("smoke", parents=[measuring], help="measure each row once and show the table")
    all_once.set_defaults(do=smoke)
    several = commands.add_parser("table", help="medians as Markdown")
    several.add_argument("files", type=Path, nargs="+", metavar="FILE")
    several.set_defaults(do=table)
    names = commands.add_parser("rows", help="names of the rows")
    names.set_defaults(do=lambda _: print("\n".join(ROWS)))
    options = parser.parse_args()
    options.do(options)


if __name__ == "__main__":
    main()

#!/usr/bin/env bash
# Measures this build beside the machine's limits, several times, and prints the medians as a Markdown table:
#   bench/measure.sh [BUILD_DIR] [REPEATS] [LIMITS]
# BUILD_DIR (build/release) has bin/gale; LIMITS is a program whose lines go on top (shared-memory and copy limits of the machine).
set -euo pipefail
build=${1:-build/release} repeats=${2:-5} limits=${3:-}
gale=$build/bin/gale
[[ -x $gale ]] || { echo "measure: no program $gale: build the preset release first" >&2; exit 2; }
command -v python3 >/dev/null || { echo "measure: python3 is needed to take medians" >&2; exit 2; }

echo "machine: $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2 | xargs), $(nproc) processors, Linux $(uname -r)"
[[ -n $limits ]] && "$limits" | head -n 2
run() { # NAME KEY FACTOR UNIT COMMAND...
    local name=$1 key=$2 factor=$3 unit=$4
    shift 4
    for _ in $(seq "$repeats"); do "$@" --json; done | python3 -c '
import json, statistics, sys
name, key, factor, unit = sys.argv[1], sys.argv[2].split("."), float(sys.argv[3]), sys.argv[4]
decoder, text, values = json.JSONDecoder(), sys.stdin.read(), []
while text.strip():
    value, end = decoder.raw_decode(text.lstrip())
    text = text.lstrip()[end:]
    for part in key: value = value[part]
    values.append(value * factor)
print(f"| {name} | {statistics.median(values):.2f} {unit} | {min(values):.2f} - {max(values):.2f} |")' "$name" "$key" "$factor" "$unit"
}
echo "| work | median | least - most |"
echo "|---|---|---|"
for publication in exclusive shared; do
    for method in offer claim; do
        run "throughput, 32 B, $publication $method" result.messages_per_second 1e-6 'M msg/s' \
            "$gale" bench throughput --size 32 --seconds 3 --publication "$publication" --method "$method"
    done
done
run 'throughput, 1344 B' result.bytes_per_second 1e-9 GB/s "$gale" bench throughput --size 1344 --seconds 3
run 'throughput, 64 KiB' result.bytes_per_second 1e-9 GB/s "$gale" bench throughput --size 65536 --seconds 3
run 'round trip, spinning, p50' result.round_trip.p50_ns 1e-3 us "$gale" bench rtt --count 500000
run 'adding a publication, p50' result.add.p50_ns 1e-6 ms "$gale" bench setup
run 'idle driver, default settings' result.percent_of_a_core 1 '% of a core' "$gale" bench idle --seconds 5

#!/usr/bin/env bash
# fetch_aeron_jar.sh DEST_DIR: puts the newest io.aeron:aeron-all into DEST_DIR/aeron-all.jar and prints its version.
# A jar that is there stays, and then neither Maven nor the network is needed; to get a newer one, delete it.
set -euo pipefail

attempts=3
seconds_per_attempt=180

[[ $# == 1 ]] || { echo "usage: $0 DEST_DIR" >&2; exit 2; }
mkdir -p "$1"
dest=$(cd "$1" && pwd)
jar=$dest/aeron-all.jar
version_file=$dest/aeron-all.version

if [[ -s $jar ]]; then
    if [[ -s $version_file ]]; then cat "$version_file"; else echo unknown; fi
    exit 0
fi
command -v mvn >/dev/null || { echo "$0: Maven is missing; install Debian's package maven" >&2; exit 1; }

work=$(mktemp -d "$dest/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" # away from any pom.xml

for ((attempt = 1; attempt <= attempts; attempt++)); do
    if timeout "$seconds_per_attempt" mvn --batch-mode --quiet --update-snapshots dependency:copy \
        -Dartifact=io.aeron:aeron-all:RELEASE -DoutputDirectory="$work" -Dtransitive=false >"$work/log" 2>&1; then
        fetched=("$work"/aeron-all-*.jar)
        if [[ -s ${fetched[0]} ]]; then
            version=${fetched[0]##*/aeron-all-}
            echo "${version%.jar}" >"$work/version"
            # The jar last: who sees it may rely on the version.
            mv "$work/version" "$version_file"
            mv "${fetched[0]}" "$jar"
            cat "$version_file"
            exit 0
        fi
    fi
    echo "$0: attempt $attempt of $attempts failed" >&2
    ((attempt == attempts)) || sleep $((5 * attempt))
done

echo "$0: Maven could not fetch io.aeron:aeron-all; what it said last:" >&2
tail -n 15 "$work/log" >&2
exit 1

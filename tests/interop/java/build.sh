#!/usr/bin/env bash
# build.sh OUT_DIR JAR: compiles the peer into OUT_DIR, unless nothing has changed since the last time.
set -euo pipefail

[[ $# == 2 ]] || { echo "usage: $0 OUT_DIR JAR" >&2; exit 2; }
out=$1
jar=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
stamp=$out/.compiled

[[ -f $jar ]] || { echo "$0: there is no $jar" >&2; exit 1; }
mkdir -p "$out"

# Tests run side by side and each of them may ask for the classes.
exec {lock}>"$out/.lock"
flock "$lock"

if [[ -f $stamp && -z $(find "$here/src" "$jar" "$here/build.sh" -newer "$stamp" -print -quit) ]]; then
    exit 0
fi
rm -rf "$out/gale" "$stamp"
# The time of the stamp is that of the start, so that what is saved while the compiler runs is compiled next time.
start=$(mktemp "$out/.start.XXXXXX")
trap 'rm -f "$start"' EXIT
# -proc:none: the jar carries upstream's own annotation processors.
find "$here/src" -name '*.java' -print0 |
    xargs -0 javac --release 17 -proc:none -Xlint:all,-classfile,-try -Werror -encoding UTF-8 -cp "$jar" -d "$out"
touch -r "$start" "$stamp"

#!/usr/bin/env bash
# selftest.sh [JAR_DIR]: proves the peer against upstream's own driver, so that a failing interop test means Gale.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/gale-java-selftest.XXXXXX")
shm=$(mktemp -d /dev/shm/gale-java-selftest.XXXXXX)
jar_dir=${1:-$work/jar}
patience=30 # seconds
ipc=aeron:ipc

declare -A pid # of the peers that run, by name
declare -A input

cleanup() {
    for name in "${!pid[@]}"; do kill "${pid[$name]}" 2>/dev/null || true; done
    wait
    rm -rf "$work" "$shm"
}
trap cleanup EXIT

fail() {
    echo "FAILED: $*" >&2
    for log in "$work"/*.out "$work"/*.err; do
        [[ -s $log ]] && { echo "--- ${log##*/}" >&2; tail -n 20 "$log" >&2; }
    done
    exit 1
}

# start NAME ROLE ARGUMENTS...: the events go to $work/NAME.out.
start() {
    local name=$1 fd
    shift
    rm -f "$work/$name".*
    mkfifo "$work/$name.in"
    : >"$work/$name.out"
    # Reading and writing, so that neither side waits for the other to open. The peer itself only gets the reading end:
    # it must not keep its own input open.
    exec {fd}<>"$work/$name.in"
    "$here/peer" "$1" --dir "$dir" "${@:2}" <"$work/$name.in" {fd}>&- >"$work/$name.out" 2>"$work/$name.err" &
    pid[$name]=$!
    input[$name]=$fd
}

tell() { echo "$2" >&"${input[$1]}"; }

# expect NAME PATTERN: waits for a whole line that matches.
expect() {
    local until=$((SECONDS + patience))
    until grep -Eqx -- "$2" "$work/$1.out"; do
        ((SECONDS < until)) || fail "$1 never said: $2"
        sleep 0.05
    done
}

never() { ! grep -Eq -- "$2" "$work/$1.out" || fail "$1 said: $2"; }

field() { grep -Eom1 "$2=-?[0-9]+" "$work/$1.out" | cut -d= -f2; }

# stop NAME [STATUS]: "quit" if it still runs, and its exit status.
stop() {
    local status=0 fd=${input[$1]}
    tell "$1" quit
    wait "${pid[$1]}" || status=$?
    exec {fd}>&-
    unset "pid[$1]" "input[$1]"
    ((status == ${2:-0})) || fail "$1 ended with $status"
    [[ ${2:-0} == 1 ]] || never "$1" '^(error|mismatch|warning)'
}

# once ROLE ARGUMENTS...: a role that ends by itself; its output is in $work/once.out.
once() { start once "$@"; wait "${pid[once]}" || fail "$* ended with $?"; stop once; }

transfer() { # NAME COUNT LENGTH SUBSCRIBE-OPTIONS PUBLISH-OPTIONS [CHANNEL]
    echo "  $1"
    local channel=${6:-$ipc}
    # shellcheck disable=SC2086 # options are split on purpose
    start sub subscribe --channel "$channel" --stream 10 --expect "$2" --length "$3" --seed 5 $4
    expect sub added
    # shellcheck disable=SC2086
    start pub publish --channel "$channel" --stream 10 --count "$2" --length "$3" --seed 5 $5
    expect pub 'added session=-?[0-9]+ registration=[0-9]+'
    expect pub "published count=$2 position=[0-9]+"
    local session position
    session=$(field pub session)
    position=$(grep -Eo 'position=[0-9]+' "$work/pub.out" | cut -d= -f2)
    expect sub "available session=$session position=0"
    expect sub "received session=$session count=$2 bytes=[0-9]+ errors=0"
    tell pub close
    expect pub closed
    expect sub "unavailable session=$session position=$position eos=true"
    tell sub count
    expect sub 'counted sessions=1'
    stop pub
    stop sub
}

two_publishers() {
    echo "  two sessions at once"
    start sub subscribe --channel $ipc --stream 11 --expect 500 --length mixed:9000 --sessions 2
    expect sub added
    for name in one two; do
        start $name publish --channel $ipc --stream 11 --count 500 --length mixed:9000 --exclusive
    done
    for name in one two; do
        expect $name 'published count=500 .*'
        expect sub "received session=$(field $name session) count=500 bytes=[0-9]+ errors=0"
    done
    stop one
    stop two
    stop sub
}

late_joiner() {
    echo "  late joiner"
    start early subscribe --channel $ipc --stream 12 --expect 3000 --length mixed:20000
    expect early added
    start pub publish --channel $ipc --stream 12 --count 3000 --length mixed:20000 --pause-us 500 --linger-ms 2000
    expect pub 'added .*'
    expect early 'available .*'
    start late subscribe --channel $ipc --stream 12 --expect 3000 --length mixed:20000 --late
    expect late 'available session=-?[0-9]+ position=[1-9][0-9]*'
    expect early 'received session=-?[0-9]+ count=3000 bytes=[0-9]+ errors=0'
    expect late 'received session=-?[0-9]+ count=[0-9]+ bytes=[0-9]+ errors=0 first=[1-9][0-9]*'
    expect pub closed
    stop pub
    stop early
    stop late
}

rejection() {
    echo "  rejected image"
    start rej reject --channel $ipc --stream 13 --reason 'not wanted'
    expect rej added
    start pub publish --channel $ipc --stream 13 --count 1000000 --length 64 --pause-us 1000
    expect rej 'rejected .*'
    expect pub 'publication-error code=13 text=.*not wanted'
    expect rej 'unavailable .*'
    cp "$work/rej.out" "$work/pub.out" "$keep"
    stop pub
    stop rej
}

counters() {
    echo "  counters"
    start own add-counter --type 1001 --label 'the label of mine' --value 42
    expect own 'counter id=[0-9]+'
    start static static-counter --type 1002 --registration 777 --label 'static one' --value 43
    expect static 'counter id=[0-9]+'
    tell own 'set 44'
    expect own value=44
    once counters
    cp "$work/once.out" "$keep/counters.$threading"
    expect once "counter id=$(field own id) type=1001 value=44 registration=[0-9]+ owner=[0-9]+ label=the label of mine"
    expect once "counter id=$(field static id) type=1002 value=43 registration=777 owner=-1 label=static one"
    once counters --keys
    expect once 'counter id=0 type=0 .* key=[0-9a-f]+ label=.*'
    tell own close
    expect own closed
    stop own
    stop static
    once counters
    never once 'label=the label of mine'
    expect once '.* label=static one'
}

tools() {
    echo "  tools and refusals"
    once aeron-stat
    expect once ' *0: +[0-9,]+ - Bytes sent.*'
    cp "$work/once.out" "$keep/aeron-stat"
    once add-fails --channel aeron:ipc?term-length=100 --stream 1 --kind pub
    cp "$work/once.out" "$keep/add-fails"
    expect once 'registration-error code=[0-9]+ text=.+'
    once add-fails --channel aeron:udp --stream 1 --kind sub
    expect once 'registration-error code=[0-9]+ text=.+'
    cat "$work/once.out" >>"$keep/add-fails"
    once error-stat
    expect once '[0-9]+ distinct errors observed.'
    cp "$work/once.out" "$keep/error-stat"
    start bad add-fails --channel aeron:ipc --stream 1 --kind pub
    expect bad 'error .*'
    stop bad 1
    start bad subscribe --channel aeron:ipc --stream 1 --expect 1 --unheard-of x
    expect bad 'error .*'
    stop bad 1
}

publisher_killed() {
    echo "  publisher is killed"
    start sub subscribe --channel $ipc --stream 15 --expect 100 --length 64
    expect sub added
    start pub publish --channel $ipc --stream 15 --count 100 --length 64
    expect pub 'published .*'
    expect sub 'received session=-?[0-9]+ count=100 bytes=6400 errors=0'
    kill -KILL "${pid[pub]}"
    expect sub 'unavailable session=-?[0-9]+ position=9600 eos=true'
    stop pub 137
    stop sub
}

driver_gone() {
    echo "  driver goes away"
    start sub subscribe --channel $ipc --stream 14 --expect 1
    expect sub added
    stop driver
    expect sub 'error .*'
    cp "$work/sub.out" "$keep/driver-gone"
    stop sub 1
}

keep=${GALE_SELFTEST_KEEP:-$work/keep} # samples of what the peers said
mkdir -p "$keep"
"$root/scripts/fetch_aeron_jar.sh" "$jar_dir"
export GALE_INTEROP_JAR=$jar_dir/aeron-all.jar
export GALE_INTEROP_CLASSES=$work/classes
"$here/build.sh" "$GALE_INTEROP_CLASSES" "$GALE_INTEROP_JAR"

for threading in shared dedicated; do
    echo "driver: $threading"
    dir=$shm/$threading
    start driver driver --threading $threading --prop aeron.ipc.term.buffer.length=16m \
        --prop aeron.client.liveness.timeout=3s
    expect driver ready
    transfer 'small messages' 20000 100 '' ''
    transfer 'mixed lengths, up to 1 MiB' 340 mixed '' ''
    transfer 'exclusive, controlled' 340 mixed --controlled --exclusive
    transfer 'claims' 5000 mixed:1376 '' --claim
    transfer 'exclusive claims' 5000 mixed:1376 --controlled '--exclusive --claim'
    transfer 'many small terms' 20000 mixed:8192 '' '' 'aeron:ipc?term-length=64k'
    two_publishers
    late_joiner
    rejection
    counters
    tools
    publisher_killed
    driver_gone
done
echo passed

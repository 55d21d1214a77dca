#!/usr/bin/env bash
# What CI runs and what you run: scripts/ci.sh [STEP...]; without arguments every step, in the order below.
#
#   format    clang-format agrees with every source file
#   layers    nobody includes what src/CMakeLists.txt does not allow; the checker's own tests
#   docs      links and pages that the code names exist
#   release   GCC, optimised: build, test, and what the programs need at run time
#   install   installs that build and builds a program against it
#   interop   our clients and driver with the upstream ones, in the release build
#   dev       clang, address and undefined-behaviour sanitizers: build everything, test
#   tsan      GCC, thread sanitizer: build, run what has threads
#   tidy      clang-tidy over src and tools, but not their tests
#
# The last line says `N passed, N failed`: the tests of all steps; a step without tests counts as one.
# GALE_BUILD_ROOT (default: build) is where it builds, GALE_JOBS (default: the processors) how many jobs run at once.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
builds=$(realpath -m "${GALE_BUILD_ROOT:-build}")
jobs=${GALE_JOBS:-$(nproc)}
logs=$builds/logs

steps=(format layers docs release install interop dev tsan tidy)
declare -A about=(
    [format]='clang-format agrees'
    [layers]='who may include whom'
    [docs]='links and pages that the code names'
    [release]='GCC, optimised: build, test, run-time needs'
    [install]='a program against the installed library'
    [interop]='with the upstream driver and clients'
    [dev]='clang, address and undefined-behaviour sanitizers: build, test'
    [tsan]='GCC, thread sanitizer: build, test what has threads'
    [tidy]='clang-tidy'
)

# --- helpers ----------------------------------------------------------------------------------------------------------

# The project's files that end in one of the given names, tracked or new; NUL between them.
files() {
    if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
        git ls-files -z --cached --others --exclude-standard -- "$@" |
            while IFS= read -r -d '' file; do if [[ -f $file ]]; then printf '%s\0' "$file"; fi; done
    else
        local names=() pattern
        for pattern in "$@"; do names+=(-o -name "$pattern"); done
        find . \( -path ./build -o -path ./.git \) -prune -o -type f \( "${names[@]:1}" \) -print0
    fi
}

# configure PRESET OPTIONS...: with everything that is tested turned on, whatever ./run chose before.
configure() { configure_in "$1" "$@"; }

# configure_in FOLDER PRESET OPTIONS...: the same, in another folder than the preset's own.
configure_in() {
    local folder=$1 preset=$2 fresh=()
    shift 2
    if ! grep -qsxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$builds/$folder/CMakeCache.txt"; then fresh=(--fresh); fi
    cmake "${fresh[@]}" --preset "$preset" -B "$builds/$folder" -DGALE_BUILD_TESTS=ON "$@"
}

build() {
    local preset=$1
    shift
    cmake --build "$builds/$preset" --parallel "$jobs" "$@"
}

# run_tests PRESET CTEST_OPTIONS...: runs them and notes how many passed, failed and were skipped. `at_once` of them run
# side by side.
at_once=$jobs
run_tests() {
    local preset=$1 status=0
    local report=$logs/$step.junit.xml
    shift
    rm -f "$report"
    ctest --test-dir "$builds/$preset" --parallel "$at_once" --output-on-failure --output-junit "$report" "$@" || status=$?
    python3 - "$report" >>"$counts" <<'PYTHON'
import sys
import xml.etree.ElementTree as xml

cases = xml.parse(sys.argv[1]).getroot().findall("testcase")
passed = sum(case.get("status") == "run" for case in cases)
# A test that could not be started is no skipped test.
skipped = sum(
    case.get("status") in ("notrun", "disabled") and not (case.find("skipped") is not None
        and "Unable to find" in (case.find("skipped").get("message") or ""))
    for case in cases
)
print(passed, len(cases) - passed - skipped, skipped)
PYTHON
    return "$status"
}

# The sanitizers of these compilers cannot place their shadow memory when addresses are spread over more than 28 bits.
calm_addresses() {
    local bits
    bits=$(cat /proc/sys/vm/mmap_rnd_bits 2>/dev/null || echo 28)
    if ((bits > 28)) && setarch "$(uname -m)" --addr-no-randomize true 2>/dev/null; then
        exec setarch "$(uname -m)" --addr-no-randomize "$@"
    fi
    exec "$@"
}

# needs_only FILE LIBRARY...: fails when FILE loads anything else.
needs_only() {
    local file=$1 needed wrong=0
    shift
    for needed in $(readelf --dynamic "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
        case " $* " in
        *" $needed "*) ;;
        *)
            echo "$file needs $needed: Gale needs only the C and C++ libraries at run time"
            wrong=1
            ;;
        esac
    done
    return "$wrong"
}

# block_of PAGE LANGUAGE: the first block of that language.
block_of() { awk -v begin='```'"$2" '$0 == begin { on = 1; next } /^```$/ { if (on) exit } on' "$1"; }

# --- steps ------------------------------------------------------------------------------------------------------------

step_format() {
    files '*.cpp' '*.hpp' '*.h' '*.c' | xargs -0 --no-run-if-empty clang-format-16 --dry-run --Werror
}

step_layers() {
    scripts/check_layers.py layers
    local report status=0
    report=$(python3 -m unittest discover -s tests/scripts 2>&1) || status=$?
    echo "$report"
    return "$status"
}

step_docs() { scripts/check_layers.py docs; }

step_release() {
    configure release -DGALE_BUILD_BENCH=ON
    build release
    local system=(libc.so.6 libm.so.6 libstdc++.so.6 libgcc_s.so.1 libpthread.so.0 librt.so.1 libdl.so.2
        ld-linux-x86-64.so.2 ld-linux-aarch64.so.1)
    local file
    # aeronmd finds its driver in the library beside it.
    for file in "$builds"/release/bin/gale "$builds"/release/bin/aeronmd{,_s} "$builds"/release/lib/*.so; do
        if [[ -f $file ]]; then needs_only "$file" "${system[@]}" libaeron.so libaeron_driver.so libgale.so.0; fi
    done
    run_tests release --no-tests=error --label-exclude '^interop$'
}

step_install() {
    if [[ ! -f $builds/release/build.ninja ]]; then configure release -DGALE_BUILD_BENCH=ON; fi
    build release
    local place=$builds/install
    rm -rf "$place"
    cmake --install "$builds/release" --prefix "$place/prefix"
    if find "$place/prefix" -type f | grep -E '/(gtest|gmock|fmt|nlohmann)/'; then
        echo "the installation contains other people's files"
        return 1
    fi
    # Nothing in the package may point back to where it was built.
    if grep -rl --include='*.cmake' -e "$root" "$place/prefix"; then
        echo "the files above name the source tree: the package works on this machine only"
        return 1
    fi
    cmake -G Ninja -S tests/install -B "$place/consumer" -DCMAKE_PREFIX_PATH="$place/prefix"
    cmake --build "$place/consumer"
    local shared
    shared=$(mktemp -d /dev/shm/gale-install.XXXXXX)
    # shellcheck disable=SC2064  # this directory, not whatever has its name by then
    trap "rm -rf '$shared'" EXIT
    "$place/consumer/consumer_client" "$shared/client"
    "$place/consumer/consumer_driver" "$shared/driver"
    local library
    for library in aeron aeron_static aeron_driver aeron_driver_static; do
        "$place/consumer/consumer_of_$library" "$shared/$library"
    done
    # The first program of the README, by its own CMakeLists.txt.
    mkdir "$place/first"
    block_of README.md cpp >"$place/first/first.cpp"
    block_of README.md cmake >"$place/first/CMakeLists.txt"
    cmake -G Ninja -S "$place/first" -B "$place/first/build" -DCMAKE_PREFIX_PATH="$place/prefix"
    cmake --build "$place/first/build"
    [[ $(AERON_DIR=$shared/first "$place/first/build/first") == $'message 1\nmessage 2\nmessage 3' ]]
    if [[ -f $place/prefix/bin/gale ]]; then "$place/prefix/bin/gale" --version; fi
    # It finds its libraries where they were installed.
    env -u LD_LIBRARY_PATH "$place/prefix/bin/aeronmd" -v
}

step_interop() {
    if [[ ! -f $builds/release/build.ninja ]]; then configure release -DGALE_BUILD_BENCH=ON; fi
    build release
    # Without upstream nothing is shown: that is a failure, unless whoever runs this says that it may be missing.
    local java=$builds/interop-java
    if scripts/fetch_aeron_jar.sh "$java/jar" && tests/interop/java/build.sh "$java/classes" "$java/jar/aeron-all.jar"; then
        export GALE_INTEROP_JAR=$java/jar/aeron-all.jar GALE_INTEROP_CLASSES=$java/classes
    elif [[ -z ${GALE_INTEROP_OPTIONAL:-} ]]; then
        echo "the upstream jar or its test programs could not be had (above): GALE_INTEROP_OPTIONAL=1 does without"
        return 1
    fi
    # Aeron's own client and driver in C need a newer Python than Debian 12 has: without them their tests skip themselves.
    local aeron_c=$builds/interop-aeron-c
    if scripts/fetch_aeron_c.sh "$aeron_c"; then
        export GALE_INTEROP_AERON_C=$aeron_c/bin/python
    else
        echo "WITHOUT Aeron's C client and driver (above): what needs them is skipped"
    fi
    at_once=$((2 * jobs))  # half the time they wait: for a virtual machine to start, for somebody to be missed
    run_tests release --no-tests=error --label-regex '^interop$'
}

step_dev() {
    configure clang -DGALE_BUILD_BENCH=ON
    build clang
    run_tests clang --no-tests=error --label-exclude '^(interop|bench)$'
}

step_tsan() {
    configure tsan
    # Only what runs is built. A program that was not has no labels, but a name.
    build tsan --target threaded_tests gale_program_test
    run_tests tsan --no-tests=error --label-exclude '^(interop|bench|sim|fuzz|no_tsan|system)$' \
        --exclude-regex '_NOT_BUILT$'
    # Of the programs those with an embedded driver: what threads of two processes do to each other cannot be seen.
    run_tests tsan --no-tests=error --tests-regex '^(GaleProgram\.DemoMeasures|GaleBench\.Throughput)'
}

step_tidy() {
    # Only for their compile commands: each file by itself, and each floor as one.
    configure tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCMAKE_UNITY_BUILD=OFF
    configure_in tidy-floors tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DCMAKE_UNITY_BUILD=ON \
        -DCMAKE_UNITY_BUILD_BATCH_SIZE=0 -DGALE_BUILD_TESTS=OFF
    scripts/tidy.py "$builds/tidy" "$builds/tidy-floors" --jobs "$jobs"
}

# --- running them -----------------------------------------------------------------------------------------------------

# One step in this process, its output as it comes: what the loop below calls, so that `set -e` holds in it.
if [[ ${1:-} == --inside ]]; then
    step=$2 counts=$3
    "step_$step"
    exit 0
fi

for step in "$@"; do
    if [[ -z ${about[$step]:-} ]]; then
        echo "ci: there is no step '$step'; there are: ${steps[*]}" >&2
        exit 2
    fi
done
if (($# > 0)); then steps=("$@"); fi
mkdir -p "$logs"

total_passed=0 total_failed=0 total_skipped=0 failed_steps=()
begin=$SECONDS
for step in "${steps[@]}"; do
    log=$logs/$step.log
    counts=$logs/$step.counts
    rm -f "$counts"
    printf '== %s: %s ... ' "$step" "${about[$step]}"
    start=$SECONDS
    runner=(env)
    case $step in dev | tsan) runner=(calm_addresses) ;; esac
    status=0
    ("${runner[@]}" "$root/scripts/ci.sh" --inside "$step" "$counts") >"$log" 2>&1 </dev/null || status=$?

    passed=0 failed=0 skipped=0
    if [[ -s $counts ]]; then
        while read -r p f s; do passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s)); done <"$counts"
        if ((status != 0 && failed == 0)); then failed=1; fi
        told=", $passed passed"
        if ((skipped > 0)); then told+=", $skipped skipped"; fi
    else
        if ((status == 0)); then passed=1; else failed=1; fi
        told=
    fi
    total_passed=$((total_passed + passed)) total_failed=$((total_failed + failed))
    total_skipped=$((total_skipped + skipped))
    if ((status == 0)); then
        printf 'ok (%s s%s)\n' "$((SECONDS - start))" "$told"
    else
        failed_steps+=("$step")
        printf 'FAILED (%s s%s, %s failed)\n' "$((SECONDS - start))" "$told" "$failed"
        lines=$(wc -l <"$log")
        if ((lines > 40)); then
            # awk reads to the end where `head` would break the pipe, and with it this script.
            head -n -40 "$log" | { grep -E -A 4 '(: Failure$|error:|FAILED:|Sanitizer|^--- )' || true; } |
                awk 'NR <= 60 { print "   " $0 }'
            echo "   ..."
        fi
        tail -n 40 "$log" | sed 's/^/   /'
        echo "   all of it: $log"
    fi
done

echo "all steps: $((SECONDS - begin)) s"
if ((${#failed_steps[@]} > 0)); then echo "failed: ${failed_steps[*]}"; fi
summary="$total_passed passed, $total_failed failed"
if ((total_skipped > 0)); then summary+=", $total_skipped skipped"; fi
echo "$summary"
((${#failed_steps[@]} == 0))

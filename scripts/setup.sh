#!/usr/bin/env bash
# Installs what Gale needs on a fresh Debian 12, and says what and why. When nothing is missing it says nothing and
# needs no network.
#
#   scripts/setup.sh run     what builds and runs the program `gale`
#   scripts/setup.sh test    the same, and what the tests and checks need
#
# GALE_SKIP_SETUP=1 skips it: for systems that are set up in another way.
set -euo pipefail

die() {
    printf 'setup: %s\n' "$@" >&2
    exit 1
}

declare -A why=(
    [g++]='the C++ compiler'
    [cmake]='describes the build'
    [ninja-build]='runs the build'
    [libfmt-dev]='builds texts, headers only'
    [libcli11-dev]="reads the program's command line, headers only"
    [nlohmann-json3-dev]='writes listings as JSON, headers only'
    [libgtest-dev]='unit tests'
    [libgmock-dev]='unit tests'
    [libbenchmark-dev]='benchmarks, run briefly so that they cannot rot'
    [clang-16]='the second compiler, and its sanitizers'
    [clang-tidy-16]='static checks'
    [clang-format-16]='format check'
    [libclang-rt-16-dev]='run-time libraries of the sanitizers'
    [openjdk-17-jdk-headless]='runs the upstream driver and clients in the interop tests'
    [maven]='fetches the upstream driver for the interop tests'
    [tshark]='dissects what our drivers say, in a test'
    [iproute2]='makes the hosts of a small network, in a test'
    [python3]='the scripts in scripts/'
    [git]='lists the files that the checks look at'
)
run_packages=(g++ cmake ninja-build libfmt-dev libcli11-dev nlohmann-json3-dev)
test_packages=("${run_packages[@]}" libgtest-dev libgmock-dev libbenchmark-dev clang-16 clang-tidy-16 clang-format-16
    libclang-rt-16-dev openjdk-17-jdk-headless maven tshark iproute2 python3 git)

case "${1:-}" in
run) wanted=("${run_packages[@]}") ;;
test) wanted=("${test_packages[@]}") ;;
*) die "say what for: scripts/setup.sh run, or scripts/setup.sh test" ;;
esac
if [[ -n ${GALE_SKIP_SETUP:-} ]]; then exit 0; fi

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die "this installs Debian packages, and this system has no apt-get and dpkg-query." \
        "Install the equivalents of: ${wanted[*]}" \
        "and set GALE_SKIP_SETUP=1 to go on without this step."
fi

installed=$(dpkg-query --show --showformat='${Package} ${db:Status-Status}\n' "${wanted[@]}" 2>/dev/null |
    sed -n 's/ installed$//p' || true)
missing=()
for package in "${wanted[@]}"; do
    grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
done
if ((${#missing[@]} == 0)); then exit 0; fi

echo "Gale needs ${#missing[@]} Debian package(s) that are not installed yet:"
for package in "${missing[@]}"; do printf '  %-25s %s\n' "$package" "${why[$package]}"; done

as_root=()
if ((EUID != 0)); then
    by_hand="As root, run: apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    command -v sudo >/dev/null || die "installing needs root, and there is no sudo." "$by_hand"
    if ! sudo -n true 2>/dev/null; then
        [[ -t 0 ]] || die "installing needs root, and sudo wants a password but there is no terminal to ask on." "$by_hand"
        sudo -v || die "installing needs root, and sudo refuses." "$by_hand"
    fi
    as_root=(sudo)
fi
echo "Installing them with apt-get${as_root:+, through sudo}."

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# apt_get ARGUMENTS...: quiet, three attempts; the output is in $log.
apt_get() {
    local attempt
    for attempt in 1 2 3; do
        if "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
            -o Acquire::Retries=3 "$@" </dev/null >"$log" 2>&1; then
            return 0
        fi
        if ((attempt < 3)); then
            echo "  apt-get $1 failed, attempt $attempt of 3; trying again in $((attempt * 5)) s"
            sleep $((attempt * 5))
        fi
    done
    return 1
}

# A failed update is not the end: the lists may be there already.
apt_get update || echo "  apt-get update failed; trying with the package lists at hand"
if ! apt_get install --yes --no-install-recommends "${missing[@]}"; then
    tail -n 20 "$log" >&2
    die "apt-get could not install: ${missing[*]}" \
        "Its last lines are above. These are package names of Debian 12; it also needs a network or a local mirror."
fi
echo "Installed."

#!/usr/bin/env bash
# fetch_aeron_c.sh DEST_DIR: puts Aeron's own C client and driver, as the package pyaeron brings them, into a Python environment
# in DEST_DIR, and prints their version. The interpreter is DEST_DIR/bin/python. What is there stays. It needs CPython 3.12 to
# 3.15, which Debian 12 does not have.
set -euo pipefail

package=pyaeron==0.1.0
attempts=2
seconds_per_attempt=60

[[ $# == 1 ]] || { echo "usage: $0 DEST_DIR" >&2; exit 2; }
dest=$(realpath -m "$1")

version() { "$dest/bin/python" -c 'import pyaeron; print(pyaeron.aeron_version)' 2>/dev/null; }
if version; then exit 0; fi

# The first that is one: a command of that name may be there and only say how to choose a version.
interpreter=
for candidate in python3 python3.{12..15} "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-5]*/bin/python3; do
    if "$candidate" -c 'import ensurepip, sys; sys.exit(not (3, 12) <= sys.version_info < (3, 16))' 2>/dev/null; then
        interpreter=$candidate
        break
    fi
done
if [[ -z $interpreter ]]; then
    echo "$0: $package needs CPython 3.12 to 3.15 with venv, and there is none" >&2
    exit 1
fi

rm -rf "$dest"
"$interpreter" -m venv "$dest"
for ((attempt = 1; attempt <= attempts; attempt++)); do
    if timeout "$seconds_per_attempt" "$dest/bin/python" -m pip install --quiet --disable-pip-version-check \
        --only-binary :all: --no-deps "$package" >"$dest/log" 2>&1; then
        version
        exit 0
    fi
    echo "$0: attempt $attempt of $attempts failed" >&2
    ((attempt == attempts)) || sleep $((5 * attempt))
done
echo "$0: pip could not install $package; what it said last:" >&2
tail -n 15 "$dest/log" >&2
exit 1

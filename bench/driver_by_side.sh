#!/usr/bin/env bash
# Runs one of two media drivers, by the side of the line on which it is: for lines.py.
#
#   GALE_SENDER='COMMAND' GALE_RECEIVER='COMMAND' AERON_DIR=.../a driver_by_side.sh
#
# The sender's directory is named `a`, the receiver's `b`. `aeron JAR` as a command is Aeron's driver for Java.
set -euo pipefail

case ${AERON_DIR##*/} in
a) command=$GALE_SENDER ;;
b) command=$GALE_RECEIVER ;;
*)
    echo "driver_by_side.sh: AERON_DIR ends in neither a nor b: $AERON_DIR" >&2
    exit 2
    ;;
esac
read -ra words <<<"$command"
if [[ ${words[0]} == aeron ]]; then
    exec java -XX:+UseSerialGC -XX:-UsePerfData -Xmx512m --add-opens java.base/jdk.internal.misc=ALL-UNNAMED \
        --add-opens java.base/sun.nio.ch=ALL-UNNAMED -Daeron.dir="$AERON_DIR" -Daeron.dir.delete.on.start=true \
        -Daeron.term.buffer.sparse.file=true -cp "${words[1]}" io.aeron.driver.MediaDriver
fi
exec "${words[@]}"

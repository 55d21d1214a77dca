#!/usr/bin/env python3
"""Aeron's own C client and C driver, as they are inside the package pyaeron: the roles `driver`, `publish` and `subscribe` of
../java/README.md with one session, the same content, options and events, but no claims: the package's have no reserved value.
Run by the interpreter that scripts/fetch_aeron_c.sh prepares. It listens to commands when it has nothing else to do: a
publisher when all is sent, a subscriber when its image is gone.
"""

import os
import sys
import threading

import pyaeron

LENGTHS = (0, 1, 7, 8, 9, 31, 32, 33, 64, 255, 1000, 1376, 1377, 2752, 4096, 65536, 1048576)
PAYLOAD_OF_ONE_FRAME = 1376  # by default; of longer messages the assembler keeps no reserved value


def tell(line):
    print(line, flush=True)


def is_told(command):
    """Waits for a line: whether it is this command."""
    return sys.stdin.readline().strip() == command


def read_arguments(words):
    """{name: values} of --name VALUE and --name."""
    options = {}
    for word in words:
        if word.startswith("--"):
            values = options.setdefault(word[2:], [])
        else:
            values.append(word)
    return options


class Content:
    def __init__(self, length, seed):
        self._fixed = None if length.startswith("mixed") else int(length)
        self._longest = int(length.partition(":")[2] or LENGTHS[-1])
        self._seed = seed
        self._plain = bytes((7 * at + (at >> 8)) & 0xFF for at in range(self._fixed or self._longest))

    def message(self, number):
        length = self._fixed if self._fixed is not None else min(LENGTHS[number % len(LENGTHS)], self._longest)
        moved = bytes((byte + 37 * number + self._seed) & 0xFF for byte in range(256))
        message = self._plain[:length].translate(moved)
        return number.to_bytes(8, "little") + message[8:] if length >= 8 else message


def drive(directory, options):
    for assignment in options.get("prop", ()):
        name, _, value = assignment.partition("=")
        os.environ[name.replace(".", "_").upper()] = value
    driver = pyaeron.MediaDriver(dir=directory, threading=options["threading"][0])
    tell("ready")
    is_told("quit")
    driver.close()


def publish(client, options, content):
    add = client.add_exclusive_publication if "exclusive" in options else client.add_publication
    publication = add(options["channel"][0], int(options["stream"][0]))
    # The package does not tell the registration.
    tell(f"added session={publication.session_id} registration=0")
    count = int(options["count"][0])
    for number in range(count):
        message = content.message(number)
        while not publication.offer(message, reserved_value=number):
            os.sched_yield()
    tell(f"published count={count} position={publication.position}")
    if is_told("close"):
        publication.close()
        tell("closed")
        is_told("quit")


def subscribe(client, options, content):
    is_gone = threading.Event()
    seen = {"messages": 0, "bytes": 0, "errors": 0, "session": 0}

    def on_available(_, image):
        tell(f"available session={image.session_id} position={image.position}")

    def on_unavailable(_, image):
        tell(f"unavailable session={image.session_id} position={image.position} eos={str(image.is_end_of_stream).lower()}")
        is_gone.set()

    def on_message(view, header):
        number, message = seen["messages"], view.tobytes()
        is_numbered = len(message) > PAYLOAD_OF_ONE_FRAME or header.reserved_value == number
        if message != content.message(number) or not is_numbered:
            seen["errors"] += 1
            tell(f"mismatch session={header.session_id} message={number} got={len(message)} text=not what was sent")
        seen["messages"] += 1
        seen["bytes"] += len(message)
        seen["session"] = header.session_id

    subscription = client.add_subscription(options["channel"][0], int(options["stream"][0]), available_image=on_available,
                                           unavailable_image=on_unavailable)  # fmt: skip
    tell("added")
    expected, is_told_of = int(options["expect"][0]), False
    while not is_gone.is_set():
        if subscription.poll(on_message) == 0:
            os.sched_yield()
        if seen["messages"] >= expected and not is_told_of:
            is_told_of = True
            tell("received session={session} count={messages} bytes={bytes} errors={errors}".format(**seen))
    is_told("quit")
    subscription.close()


def main(role, *words):
    options = read_arguments(words)
    directory = options["dir"][0]
    if role == "driver":
        drive(directory, options)
        return
    content = Content(options.get("length", ["mixed"])[0], int(options.get("seed", ["0"])[0]))
    with pyaeron.Aeron(dir=directory) as client:
        {"publish": publish, "subscribe": subscribe}[role](client, options, content)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as failure:
        tell("error " + " | ".join(str(failure).split("\n")))
        os._exit(1)  # at once: the conductor may be calling a handler of a program that is being taken apart

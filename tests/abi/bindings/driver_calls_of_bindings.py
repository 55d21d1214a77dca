#!/usr/bin/env python3
"""A driver inside a program that knows libaeron_driver.so by names alone, as DarrylGamroth's Aeron.jl embeds one.

    driver_calls_of_bindings.py DIRECTORY LIBAERON_DRIVER ENDPOINT ENDPOINT

Every option that the package sets and reads; then a driver with threads, one whose main loop is this program's, and one that
only works when this program says so, each with messages through it. The last line says how many functions were called.
../data/called_by_bindings.json lists them: one that was left out is a failure.
"""

import ctypes
import os

from binding import Binding, called_by, expect, expect_equal, out, run, step
from client_calls_of_bindings import Client, content, Inbox, offer_until_taken

STREAM = 3001
# docs/compatibility.md, "A driver by aeronmd.h": they take what is built in, and refuse the rest with words.
BUILT_IN_ONLY = {
    "name_resolver_init_args", "resolver_name", "resolver_interface", "resolver_bootstrap_neighbor",
}  # fmt: skip


def another(name, value):
    """A value that the option does not have yet."""
    if name.endswith("idle_strategy"):
        return b"yield" if value != b"yield" else b"spin"
    if name.endswith("idle_strategy_init_args"):
        return b"1ms"
    if value is None:
        return b"localhost"
    if isinstance(value, bytes):
        return value + b"-more"
    if isinstance(value, bool):
        return not value
    return value // 2 if value > 1 else 1 - max(value, 0)


def options(library, listed):
    """Every option that can be set and read."""
    context = out()
    library.check(library.aeron_driver_context_init(ctypes.byref(context)), "context")
    getter = lambda name: getattr(library, f"aeron_driver_context_get_{name}")
    setter = lambda name: getattr(library, f"aeron_driver_context_set_{name}")
    prefix = "aeron_driver_context_"
    names = {name.removeprefix(prefix)[4:] for name in listed if name.removeprefix(prefix)[:4] in ("get_", "set_")}
    singular = {name for name in names if {f"{prefix}get_{name}", f"{prefix}set_{name}"} <= listed}
    for name in sorted(singular - {"receiver_wildcard_port_range", "sender_wildcard_port_range"}):
        before = getter(name)(context)
        # What is there may always be set again; no text at all is no value to set.
        if before is not None:
            library.check(setter(name)(context, before), f"{name} as it is")
        wanted = another(name, before)
        if name in BUILT_IN_ONLY:
            library.refused(setter(name)(context, wanted), name)
            wanted = before
        else:
            library.check(setter(name)(context, wanted), f"{name}: {wanted!r}")
        expect_equal(getter(name)(context), wanted, name)
        library.refused(setter(name)(None, wanted if wanted is not None else b"x"), f"{name} of no context")
    for side in ("receiver", "sender"):
        library.check(setter(f"{side}_wildcard_port_range")(context, 20100, 20200), side)
        low, high = ctypes.c_uint16(), ctypes.c_uint16()
        library.check(getter(f"{side}_wildcard_port_range")(context, ctypes.byref(low), ctypes.byref(high)), side)
        expect_equal((low.value, high.value), (20100, 20200), f"ports of the {side}")
    expect(not getter("receiver_group_tag_is_present")(context), "a group tag that nobody gave")
    library.check(setter("receiver_group_tag")(context, True, 4711), "group tag")
    expect_equal((getter("receiver_group_tag_is_present")(context), getter("receiver_group_tag_value")(context)),
                 (True, 4711), "group tag")  # fmt: skip
    for name in ("dir_warn_if_exists", "print_configuration"):
        expect_equal(getter(name)(context), False, name)
    library.check(library.aeron_driver_context_close(context), "close")


def exchange(library, directory, endpoint, drive):
    """Messages through the driver, over shared memory and over the network."""
    for number, channel in enumerate(("aeron:ipc?term-length=64k", f"aeron:udp?term-length=64k|endpoint={endpoint}")):
        stepped = lambda context: library.check(
            library.aeron_context_set_use_conductor_agent_invoker(context, drive is not None), "invoker")
        client = Client(library, directory, invoker=drive is not None, adjust=stepped, drive=drive)
        subscription, publication = client.subscription(channel, STREAM + number), client.publication(channel, STREAM + number)
        inbox, assembler = Inbox(library), out()
        library.check(library.aeron_fragment_assembler_create(ctypes.byref(assembler), inbox.take, None), "assembler")
        whole = library.pointer("aeron_fragment_assembler_handler", "aeron_fragment_handler_t")
        sent = [content(one, 1 + one * 331 % 5000) for one in range(100)]
        nobody = library.none("aeron_reserved_value_supplier_t")

        def poll():
            return library.check(library.aeron_subscription_poll(subscription, whole, assembler, 10), "poll")

        for message in sent:
            offer_until_taken(client, lambda: (poll(), library.aeron_publication_offer(
                publication, message, len(message), nobody, None))[1])  # fmt: skip
        client.until(lambda: (poll(), len(inbox.messages) == len(sent))[1])
        expect(inbox.messages == sent, f"{channel}: what came is not what was sent")
        library.check(library.aeron_fragment_assembler_delete(assembler), "assembler")
        client.close()


def embedded(library, directory, endpoint, mode, manual):
    step(f"embedded, {mode}, {'by hand' if manual else 'by itself'}")
    context, driver = out(), out()
    library.check(library.aeron_driver_context_init(ctypes.byref(context)), "context")
    settings = {"dir": directory.encode(), "dir_delete_on_start": True, "dir_delete_on_shutdown": True,
                "threading_mode": library.enum(f"AERON_THREADING_MODE_{mode}"), "counters_buffer_length": 1 << 20,
                "term_buffer_length": 1 << 16, "ipc_term_buffer_length": 1 << 16, "low_file_store_warning_threshold": 0,
                "conductor_idle_strategy": b"yield", "shared_idle_strategy": b"yield",
                "sharednetwork_idle_strategy": b"sleeping", "timer_interval_ns": 100_000_000}  # fmt: skip
    for name, value in settings.items():
        library.check(getattr(library, f"aeron_driver_context_set_{name}")(context, value), name)
    library.check(library.aeron_driver_init(ctypes.byref(driver), context), "driver")
    library.check(library.aeron_driver_start(driver, manual), "start")

    def drive():
        work = library.check(library.aeron_driver_main_do_work(driver), "work")
        library.aeron_driver_main_idle_strategy(driver, work)

    if manual:
        drive()
    else:
        library.refused(library.aeron_driver_main_do_work(driver), "the work of another thread")
    exchange(library, directory, endpoint, drive if manual else None)
    library.check(library.aeron_driver_close(driver), "close the driver")
    library.check(library.aeron_driver_context_close(context), "close the context")
    expect(not os.path.exists(directory), "the directory was to go")


def main(directory, library_path, *endpoints):
    expect_equal(len(endpoints), 2, "endpoints")
    # One handle for all: what the driver's library does not have is looked up in the client's, which it needs.
    library = Binding(library_path)
    wanted = called_by("DarrylGamroth", "driver")
    options(library, wanted)
    embedded(library, directory, endpoints[0], "DEDICATED", manual=False)
    embedded(library, directory, endpoints[1], "SHARED", manual=False)
    embedded(library, directory, endpoints[0], "SHARED_NETWORK", manual=True)
    embedded(library, directory, endpoints[1], "INVOKER", manual=True)
    library.stop_if_a_handler_failed()
    expect_equal(sorted(wanted - library.called), [], "calls of DarrylGamroth's package that were not made")
    print(f"{len(wanted)} functions called")


if __name__ == "__main__":
    run(main)

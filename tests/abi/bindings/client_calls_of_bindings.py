#!/usr/bin/env python3
"""What Aeron.jl does, without Julia: every call of both packages of that name into libaeron.so, against a running driver.

    client_calls_of_bindings.py DIRECTORY LIBAERON ENDPOINT...

DIRECTORY is the driver's, each ENDPOINT (eleven) an address of this machine with a port that nobody uses: a client's socket
stays for a moment when its subscription is closed. The last line says how many functions were called. ../data/called_by_bindings.json lists them: one that was left out is a failure.
"""

import ctypes
import os

from binding import Binding, called_by, expect, expect_equal, Failure, filled, out, run, step, text, written

FIRST_STREAM = 2001
LONG = 5000  # bytes of a message that needs several frames
BACK_PRESSURED, ADMIN_ACTION, NOT_CONNECTED, CLOSED, ERROR = -2, -3, -1, -4, -6
ACTIVE = 1  # a channel's status
ALLOCATED = 1  # a counter's state
TRY_AGAIN = "(-10)"  # how a refusal begins that is over in a moment, as when a port is being closed


def content(number, length):
    """Message `number`: no two bytes in a row alike, no two messages alike."""
    return bytes((number * 7 + at * 31 + (at >> 8)) & 0xFF for at in range(length))


def until(condition, meanwhile=os.sched_yield):
    while not (result := condition()):
        meanwhile()
    return result


class Client:
    """One client, its conductor a thread or stepped by whoever waits, who may have to drive the driver as well."""

    def __init__(self, library, directory, invoker=False, adjust=lambda context: None, drive=None):
        self.library = library
        self.invoker = invoker
        self.drive = drive
        self.context, self.client = out(), out()
        library.check(library.aeron_context_init(ctypes.byref(self.context)), "context")
        library.check(library.aeron_context_set_dir(self.context, directory.encode()), "directory")
        adjust(self.context)
        library.check(library.aeron_init(ctypes.byref(self.client), self.context), "client")
        library.check(library.aeron_start(self.client), "start")

    def idle(self):
        if self.drive:
            self.drive()
        if self.invoker:
            expect(self.library.aeron_main_do_work(self.client) >= 0, "the conductor's work")
        os.sched_yield()

    def until(self, condition):
        return until(condition, self.idle)

    def asked(self, start, poll):
        """Starts something and polls it to its end, again where the driver says so. Raises what it refuses."""
        while True:
            self.library.check(start(), "ask the driver")
            if self.until(poll) > 0:
                return
            why = self.library.aeron_errmsg().decode()
            if not why.startswith(TRY_AGAIN):
                raise Failure(why)

    def add(self, kind, *arguments):
        """The handle of what was added."""
        adding, made = out(), out()
        start = getattr(self.library, f"aeron_async_add_{kind}")
        poll = getattr(self.library, f"aeron_async_add_{kind}_poll")
        self.asked(lambda: start(ctypes.byref(adding), self.client, *arguments), lambda: poll(ctypes.byref(made), adding))
        return made

    def publication(self, channel, stream):
        return self.add("publication", channel.encode(), stream)

    def exclusive(self, channel, stream):
        return self.add("exclusive_publication", channel.encode(), stream)

    def subscription(self, channel, stream, available=None, unavailable=None):
        none_a = self.library.none("aeron_on_available_image_t")
        none_u = self.library.none("aeron_on_unavailable_image_t")
        return self.add("subscription", channel.encode(), stream, available or none_a, None, unavailable or none_u, None)

    def destination(self, poll, add, *arguments):
        """Adds or removes one, to its end."""
        doing = out()
        self.asked(lambda: add(ctypes.byref(doing), self.client, *arguments), lambda: poll(doing))

    def close(self):
        self.library.check(self.library.aeron_close(self.client), "close the client")
        self.library.check(self.library.aeron_context_close(self.context), "close the context")


class Inbox:
    """Messages as bytes, and what the headers of their last frames say."""

    def __init__(self, library, plain=False):
        self.library = library
        self.messages = []
        self.values = []
        self.positions = []
        self.answer = 4
        self._plain = plain
        self.take = library.handler("aeron_fragment_handler_t", self._take)
        self.decide = library.handler("aeron_controlled_fragment_handler_t", self._decide)

    def _take(self, _, buffer, length, header):
        library = self.library
        # As both packages do: a piece of memory of the size that they know, not a byte more.
        memory = filled(64)
        values = ctypes.cast(memory, ctypes.POINTER(library.types.structs["aeron_header_values_t"]))
        library.check(library.aeron_header_values(header, values), "values of a header")
        expect(written(memory) <= 44, f"values of a header: {written(memory)} bytes written")
        taken = type(values.contents).from_buffer_copy(memory)
        self.values.append(taken)
        self.messages.append(ctypes.string_at(buffer, length))
        if not self._plain:
            self.positions.append(library.aeron_header_position(header))
            shift = library.aeron_header_position_bits_to_shift(header)
            expect_equal(shift, taken.position_bits_to_shift, "shift of positions")
            behind = library.aeron_header_next_term_offset(header)
            expect_equal((self.positions[-1] - behind) % (1 << shift), 0, "offset behind a message")

    def _decide(self, *arguments):
        if self.answer != self.library.enum("AERON_ACTION_ABORT"):
            self._take(*arguments)
        return self.answer


def offer_until_taken(client, offer):
    """Sends one message, and answers the position behind it."""

    def attempt():
        result = offer()
        if result in (CLOSED, ERROR):
            raise Failure(f"offer: {result}, {client.library.error()}")
        return result if result > 0 else 0

    return client.until(attempt)


def as_new_earth_lab(library, directory, endpoint):
    """Publishes, subscribes, no more; messages of one frame, header values in 44 bytes that are written down in numbers."""
    step("New-Earth-Lab")
    stream = FIRST_STREAM
    for channel in ("aeron:ipc", f"aeron:udp?endpoint={endpoint}"):
        client = Client(library, directory)
        inbox = Inbox(library, plain=True)
        subscription = client.subscription(channel, stream)
        publication = client.publication(channel, stream)
        nobody = library.none("aeron_reserved_value_supplier_t")
        sent = [content(number, 1 + number * 13 % 1300) for number in range(500)]
        for message in sent:
            offer_until_taken(client, lambda: library.aeron_publication_offer(publication, message, len(message), nobody, None))
            library.aeron_subscription_poll(subscription, inbox.take, None, 10)
        client.until(lambda: (library.aeron_subscription_poll(subscription, inbox.take, None, 10),
                              len(inbox.messages) == len(sent))[1])  # fmt: skip
        expect(inbox.messages == sent, f"{channel}: the messages that came are not those that were sent")
        for message, values in zip(sent, inbox.values):
            expect_equal(values.frame.frame_length, len(message) + 32, "length of a frame")
            expect_equal((values.frame.stream_id, values.frame.type, values.frame.flags), (stream, 1, 0xC0), "a header")
        try:
            client.publication("aeron:nowhere", stream)
            raise Failure("a channel that does not exist was accepted")
        except Failure as refusal:
            expect("nowhere" in str(refusal), f"the refusal does not name the channel: {refusal}")
        notify = library.none("aeron_notification_t")
        library.check(library.aeron_publication_close(publication, notify, None), "close a publication")
        library.check(library.aeron_subscription_close(subscription, notify, None), "close a subscription")
        client.close()
        stream += 1


class Package:
    """DarrylGamroth's: the whole client."""

    def __init__(self, library, directory, endpoints, invoker):
        self.library, self.directory, self.endpoints, self.invoker = library, directory, endpoints, invoker
        self.heard = {name: [] for name in ("publication", "exclusive", "subscription", "counter", "gone", "closed")}
        self.complaints = []
        self.stream = FIRST_STREAM + (500 if invoker else 100)
        self.nobody = library.none("aeron_reserved_value_supplier_t")
        self.quiet = library.none("aeron_notification_t")
        self.client = Client(library, directory, invoker, self.adjust)
        self.until = self.client.until

    def next_stream(self):
        self.stream += 1
        return self.stream

    def adjust(self, context):
        """Every setter that it has, and every getter after it."""
        library = self.library
        numbers = {"driver_timeout_ms": 9000, "keepalive_interval_ns": 400_000_000,
                   "resource_linger_duration_ns": 2_000_000_000, "idle_sleep_duration_ns": 1_000_000,
                   "pre_touch_mapped_memory": False, "use_conductor_agent_invoker": self.invoker}  # fmt: skip
        for name, value in numbers.items():
            library.check(getattr(library, f"aeron_context_set_{name}")(context, value), name)
            expect_equal(getattr(library, f"aeron_context_get_{name}")(context), value, name)
        library.refused(library.aeron_context_set_keepalive_interval_ns(None, 1), "no context")
        expect_equal(library.aeron_context_get_dir(context), self.directory.encode(), "directory")
        expect_equal(library.aeron_context_get_client_name(context), b"", "name of the client")

        def hears(name, kind, to_note):
            setter = getattr(library, f"aeron_context_set_{name}")
            library.check(setter(context, library.handler(kind, to_note), None), name)

        hears("error_handler", "aeron_error_handler_t",
              lambda _, code, message: self.complaints.append((code, text(message))))
        hears("on_new_publication", "aeron_on_new_publication_t",
              lambda _, channel, stream, session, id: self.heard["publication"].append((text(channel), stream, session)))
        hears("on_new_exclusive_publication", "aeron_on_new_publication_t",
              lambda _, channel, stream, session, id: self.heard["exclusive"].append((text(channel), stream, session)))
        hears("on_new_subscription", "aeron_on_new_subscription_t",
              lambda _, channel, stream, id: self.heard["subscription"].append((text(channel), stream)))
        hears("on_available_counter", "aeron_on_available_counter_t",
              lambda _, reader, registration, id: self.heard["counter"].append((registration, id)))
        hears("on_unavailable_counter", "aeron_on_unavailable_counter_t",
              lambda _, reader, registration, id: self.heard["gone"].append((registration, id)))
        hears("on_close_client", "aeron_on_close_client_t", lambda _: self.heard["closed"].append(True))

    def image_of(self, subscription, session):
        """The image of that session, waited for; it has to be released."""
        library = self.library
        image = self.until(lambda: library.aeron_subscription_image_by_session_id(subscription, session))
        expect_equal(library.aeron_subscription_image_count(subscription), 1, "images")
        return image

    def poll_until(self, inbox, count, poll):
        self.until(lambda: (self.library.check(poll(), "poll"), len(inbox.messages) >= count)[1])
        expect_equal(len(inbox.messages), count, "messages")

    def streams(self, kind, channel):
        """One publication of a kind, its messages in every way to send them and to take them."""
        step(f"{kind} {channel}")
        library, client, stream = self.library, self.client, self.next_stream()
        prefix = f"aeron_{kind}"
        call = lambda name: getattr(library, f"{prefix}_{name}")
        came, went = [], []
        subscription = client.subscription(
            channel, stream, library.handler("aeron_on_available_image_t", lambda *arguments: came.append(arguments[2])),
            library.handler("aeron_on_unavailable_image_t", lambda *arguments: went.append(arguments[2])))
        made = getattr(client, "exclusive" if kind.startswith("exclusive") else "publication")
        publication = made(channel, stream)
        self.until(lambda: call("is_connected")(publication) and library.aeron_subscription_is_connected(subscription))

        constants = library.new("aeron_publication_constants_t")
        library.check(call("constants")(publication, constants), "constants")
        expect_equal((constants.channel, constants.stream_id), (channel.encode(), stream), "constants")
        session = constants.session_id
        of_subscription = library.new("aeron_subscription_constants_t")
        library.check(library.aeron_subscription_constants(subscription, of_subscription), "constants")
        expect_equal((of_subscription.channel, of_subscription.stream_id), (channel.encode(), stream), "constants")
        told = self.heard["exclusive" if kind.startswith("exclusive") else "publication"]
        self.until(lambda: (channel, stream, session) in told and (channel, stream) in self.heard["subscription"])
        if "udp" in channel:
            self.until(lambda: call("channel_status")(publication) == ACTIVE)
            self.until(lambda: library.aeron_subscription_channel_status(subscription) == ACTIVE)
        else:
            call("channel_status")(publication)
            library.aeron_subscription_channel_status(subscription)

        image = self.image_of(subscription, session)
        expect_equal(library.aeron_subscription_image_at_index(subscription, 0), image, "the first image")
        self.until(lambda: image in came)
        of_image = library.new("aeron_image_constants_t")
        library.check(library.aeron_image_constants(image, of_image), "constants")
        expect_equal((of_image.subscription, of_image.session_id, of_image.join_position, of_image.term_buffer_length),
                     (subscription.value, session, 0, constants.term_buffer_length), "constants of the image")
        expect_equal(len(of_image.source_identity) > 0, True, "the image's source")
        expect(not library.aeron_image_is_closed(image), "the image is closed")
        expect_equal(library.aeron_image_position(image), 0, "position")
        if "udp" in channel:
            self.until(lambda: library.aeron_image_active_transport_count(image) == 1)
        else:
            library.aeron_image_active_transport_count(image)

        inbox = Inbox(library)
        whole, controlled = out(), out()
        library.check(library.aeron_fragment_assembler_create(ctypes.byref(whole), inbox.take, None), "assembler")
        library.check(library.aeron_controlled_fragment_assembler_create(ctypes.byref(controlled), inbox.decide, None),
                      "assembler")  # fmt: skip
        by_assembler = library.pointer("aeron_fragment_assembler_handler", "aeron_fragment_handler_t")
        by_controlled = library.pointer("aeron_controlled_fragment_assembler_handler", "aeron_controlled_fragment_handler_t")
        poll = lambda: library.aeron_subscription_poll(subscription, by_assembler, whole, 10)

        # Offers, of one frame and of several, with a reserved value and without.
        reserved = library.handler("aeron_reserved_value_supplier_t", lambda _, buffer, length: 4711 + length)
        sent, ends = [], []
        for number, length in enumerate((1, 64, 0, LONG, constants.max_payload_length, 17)):
            message = content(number, length)
            ends.append(offer_until_taken(client, lambda: call("offer")(publication, message, length, reserved, None)))
            sent.append(message)
        self.poll_until(inbox, len(sent), poll)
        expect(inbox.messages == sent, "offers: what came is not what was sent")
        expect_equal(inbox.positions, ends, "positions behind the messages")
        expect_equal(inbox.values[1].frame.reserved_value, 4711 + 64 + 32, "the reserved value")
        expect_equal(inbox.values[1].frame.session_id, session, "session of a message")
        expect_equal(call("position")(publication), ends[-1], "position of the publication")
        self.until(lambda: library.aeron_image_position(image) == ends[-1])
        self.until(lambda: call("position_limit")(publication) > ends[-1])

        # Gathered from several places.
        parts = [content(50 + number, length) for number, length in enumerate((3, 0, LONG, 100))]
        buffers = [(ctypes.c_uint8 * max(1, len(part))).from_buffer_copy(part or b"-") for part in parts]
        vectors = (library.types.structs["aeron_iovec_t"] * len(parts))()
        for vector, buffer, part in zip(vectors, buffers, parts):
            vector.iov_base, vector.iov_len = ctypes.addressof(buffer), len(part)
        offer_until_taken(client, lambda: call("offerv")(publication, vectors, len(parts), self.nobody, None))
        self.poll_until(inbox, len(sent) + 1, poll)
        expect(inbox.messages[-1] == b"".join(parts), "offerv: what came is not what was sent")

        # Claims; one that is given up is never seen.
        claim = library.new("aeron_buffer_claim_t")
        for number in range(6):
            message = content(100 + number, 40 + number)
            offer_until_taken(client, lambda: call("try_claim")(publication, len(message), claim))
            expect_equal(claim.length, len(message), "length of a claim")
            ctypes.memmove(claim.data, message, len(message))
            if number % 3 == 2:
                library.check(library.aeron_buffer_claim_abort(claim), "abort")
            else:
                library.check(library.aeron_buffer_claim_commit(claim), "commit")
                sent.append(message)
        before = len(inbox.messages)
        self.poll_until(inbox, before + 4, poll)
        expect(inbox.messages[before:] == sent[-4:], "claims: what came is not what was sent")
        library.refused(call("try_claim")(publication, constants.max_payload_length + 1, claim), "a claim that is too long")
        too_long = ctypes.create_string_buffer(constants.max_message_length + 1)
        library.refused(call("offer")(publication, too_long, len(too_long), self.nobody, None), "a message that is too long")

        # Taken with a say in it: not yet, now, and one after the other.
        message = content(200, LONG)
        offer_until_taken(client, lambda: call("offer")(publication, message, LONG, self.nobody, None))
        at = library.aeron_image_position(image)
        before = len(inbox.messages)
        poll_controlled = lambda: library.aeron_subscription_controlled_poll(subscription, by_controlled, controlled, 10)
        inbox.answer = library.enum("AERON_ACTION_ABORT")
        self.until(lambda: poll_controlled() == 0 and call("position")(publication) > at)
        expect_equal(len(inbox.messages), before, "messages while the handler says no")
        for action in ("AERON_ACTION_COMMIT", "AERON_ACTION_BREAK", "AERON_ACTION_CONTINUE"):
            inbox.answer = library.enum(action)
            self.poll_until(inbox, before + 1, poll_controlled)
            expect(inbox.messages[-1] == message, f"{action}: what came is not what was sent")
            before = len(inbox.messages)
            offer_until_taken(client, lambda: call("offer")(publication, message, LONG, self.nobody, None))
        self.poll_until(inbox, before + 1, poll_controlled)

        # As a block, frames and all.
        message = content(201, 300)
        end = offer_until_taken(client, lambda: call("offer")(publication, message, 300, self.nobody, None))
        blocks = []
        on_block = library.handler("aeron_block_handler_t", lambda _, buffer, length, of, term: blocks.append(
            (ctypes.string_at(buffer, length), of, term)))
        self.until(lambda: library.aeron_subscription_block_poll(subscription, on_block, None, 1 << 20))
        expect_equal(len(blocks), 1, "blocks")
        block, of, term = blocks[0]
        expect_equal((block[32:332], of), (message, session), "the block")
        expect_equal(library.aeron_image_position(image), end, "position behind the block")

        if kind.startswith("exclusive"):
            # The same frame once more, where the stream is now.
            header = library.types.structs["aeron_header_values_frame_t"].from_buffer_copy(block)
            header.term_offset = end % constants.term_buffer_length
            again = bytes(header) + block[32:]
            end = offer_until_taken(client, lambda: call("offer_block")(publication, again, len(again)))
            self.poll_until(inbox, len(inbox.messages) + 1, poll)
            expect(inbox.messages[-1] == message, "offer_block: what came is not what was sent")

        # A position may be set, forwards, to the end of a frame that has come.
        jump = offer_until_taken(client, lambda: call("offer")(publication, message, 300, self.nobody, None))
        self.until(lambda: library.aeron_image_set_position(image, jump) == 0)
        expect_equal(library.aeron_image_position(image), jump, "position")
        library.refused(library.aeron_image_set_position(image, jump - 32), "set a position backwards")

        # The end of the stream.
        expect(not call("is_closed")(publication) and not library.aeron_subscription_is_closed(subscription), "closed")
        expect(not library.aeron_image_is_end_of_stream(image), "the stream has ended")
        closed = []
        on_closed = library.handler("aeron_notification_t", lambda _: closed.append(True))
        revoked = self.end(kind, publication, on_closed)
        self.until(lambda: closed)
        self.until(lambda: image in went or poll() > 0)
        self.until(lambda: library.aeron_image_is_closed(image))
        expect(library.aeron_image_is_end_of_stream(image), "the stream has not ended")
        expect_equal(library.aeron_image_is_publication_revoked(image), revoked, "revoked")
        if not revoked:
            expect_equal(library.aeron_image_end_of_stream_position(image), jump, "end of the stream")
        else:
            library.aeron_image_end_of_stream_position(image)
        for _ in range(2):
            library.aeron_subscription_image_release(subscription, image)
        library.check(library.aeron_subscription_close(subscription, on_closed, None), "close")
        self.until(lambda: len(closed) == 2)
        library.check(library.aeron_fragment_assembler_delete(whole), "assembler")
        library.check(library.aeron_controlled_fragment_assembler_delete(controlled), "assembler")

    def end(self, kind, publication, on_closed):
        """Closes it, or revokes it, in turn. Whether what is behind was taken back."""
        library = self.library
        close = getattr(library, f"aeron_{kind}_close")
        way = 0
        if kind.startswith("exclusive"):
            self.ways = getattr(self, "ways", 0) + 1
            way = self.ways % 3
        if way == 1:
            library.check(library.aeron_exclusive_publication_revoke(publication, on_closed, None), "revoke")
        else:
            if way == 2:
                library.aeron_exclusive_publication_revoke_on_close(publication)
            library.check(close(publication, on_closed, None), "close")
        return way != 0

    def destinations(self, kind):
        """A publication by hand, to two subscriptions; then one by hand that hears both."""
        step(f"destinations of {kind}")
        library, client, stream = self.library, self.client, self.next_stream()
        call = lambda name: getattr(library, f"aeron_{kind}_{name}")
        made = client.exclusive if kind.startswith("exclusive") else client.publication
        publication = made("aeron:udp?control-mode=manual", stream)
        one, two = (f"aeron:udp?endpoint={endpoint}" for endpoint in self.endpoints[1:3])
        ears = [client.subscription(channel, stream) for channel in (one, two)]
        destination = lambda name, *arguments: client.destination(call("async_destination_poll"), call(f"async_{name}"),
                                                                  publication, *arguments)  # fmt: skip
        destination("add_destination", one.encode())
        doing = out()
        library.check(call("async_add_destination")(ctypes.byref(doing), client.client, publication, two.encode()), "add")
        # Not a call of the package: it has no other way to the id, and removes by ids all the same.
        id_of_two = library.aeron_async_destination_get_registration_id(doing)
        library.check(self.until(lambda: call("async_destination_poll")(doing)), "add")
        self.until(lambda: call("is_connected")(publication) and
                   all(library.aeron_subscription_is_connected(ear) for ear in ears))
        inboxes = [Inbox(library) for _ in ears]
        sent = content(1, 100)
        offer_until_taken(client, lambda: call("offer")(publication, sent, len(sent), self.nobody, None))
        for ear, inbox in zip(ears, inboxes):
            self.poll_until(inbox, 1, lambda: library.aeron_subscription_poll(ear, inbox.take, None, 10))
            expect(inbox.messages == [sent], "destinations: what came is not what was sent")
        destination("remove_destination", one.encode())
        destination("remove_destination_by_id", id_of_two)
        library.check(call("close")(publication, self.quiet, None), "close")
        for ear in ears:
            library.check(library.aeron_subscription_close(ear, self.quiet, None), "close")

    def two_ways(self):
        """One publication by hand over two ways, to a subscription by hand that hears both."""
        step("destinations of a subscription")
        library, client, stream = self.library, self.client, self.next_stream()
        ear = client.subscription("aeron:udp?control-mode=manual", stream)
        publication = client.publication("aeron:udp?control-mode=manual", stream)
        channels = [f"aeron:udp?endpoint={endpoint}".encode() for endpoint in self.endpoints[3:]]
        poll = library.aeron_subscription_async_destination_poll
        for channel in channels:
            client.destination(poll, library.aeron_subscription_async_add_destination, ear, channel)
            client.destination(library.aeron_publication_async_destination_poll,
                               library.aeron_publication_async_add_destination, publication, channel)  # fmt: skip
        image = self.until(lambda: library.aeron_subscription_image_at_index(ear, 0))
        self.until(lambda: library.aeron_image_active_transport_count(image) == 2)
        expect_equal(library.aeron_subscription_image_count(ear), 1, "images")
        inbox, sent = Inbox(library), [content(number, 200) for number in range(50)]
        for message in sent:
            offer_until_taken(client, lambda: library.aeron_publication_offer(publication, message, 200, self.nobody, None))
        self.poll_until(inbox, len(sent), lambda: library.aeron_subscription_poll(ear, inbox.take, None, 10))
        expect(inbox.messages == sent, "over two ways: what came is not what was sent")
        library.aeron_subscription_image_release(ear, image)
        for channel in reversed(channels):
            client.destination(poll, library.aeron_subscription_async_remove_destination, ear, channel)
        library.check(library.aeron_publication_close(publication, self.quiet, None), "close")
        library.check(library.aeron_subscription_close(ear, self.quiet, None), "close")

    def counters(self):
        step("counters")
        library, client = self.library, self.client
        type_id, key, label = 2000 + self.stream, b"a key of 21 bytes ...", b"counted by a binding"
        counter = client.add("counter", type_id, key, len(key), label, len(label))
        address = library.aeron_counter_addr(counter)
        address.contents.value = 0x1234_5678_9ABC

        # How much of the memory of a binding is written, which only knows how long the struct was in its release.
        memory = filled(64)
        pointer = ctypes.cast(memory, ctypes.POINTER(library.types.structs["aeron_counter_constants_t"]))
        library.check(library.aeron_counter_constants(counter, pointer), "constants")
        expect(16 < written(memory) <= 24, f"constants of a counter: {written(memory)} bytes written")
        constants = type(pointer.contents).from_buffer_copy(memory)
        id, registration = constants.counter_id, constants.registration_id

        reader = library.aeron_counters_reader(client.client)
        expect_equal(library.aeron_counters_reader_addr(reader, id).contents.value, 0x1234_5678_9ABC, "value")
        expect(library.aeron_counters_reader_max_counter_id(reader) > id, "the highest id")
        buffer = ctypes.create_string_buffer(380)
        length = library.check(library.aeron_counters_reader_counter_label(reader, id, buffer, len(buffer)), "label")
        expect_equal(buffer.raw[:length], label, "label")

        def number(name, kind):
            found = kind()
            library.check(getattr(library, f"aeron_counters_reader_{name}")(reader, id, ctypes.byref(found)), name)
            return found.value

        expect_equal(number("counter_registration_id", ctypes.c_int64), registration, "registration")
        expect_equal(number("counter_owner_id", ctypes.c_int64), library.aeron_client_id(client.client), "owner")
        number("counter_reference_id", ctypes.c_int64)
        expect_equal(number("counter_state", ctypes.c_int32), ALLOCATED, "state")
        expect_equal(number("counter_type_id", ctypes.c_int32), type_id, "type")
        expect(number("free_for_reuse_deadline_ms", ctypes.c_int64) > 1 << 60, "a deadline of a counter that is in use")
        find = library.aeron_counters_reader_find_by_type_id_and_registration_id
        expect_equal(find(reader, type_id, registration), id, "found by registration")
        expect_equal(find(reader, type_id, registration + 1_000_000), -1, "found, though it is not there")

        seen = []
        visit = library.handler(
            "aeron_counters_reader_foreach_counter_func_t",
            lambda value, id, type, key, key_length, label, label_length, _: seen.append(
                (id, type, value, ctypes.string_at(key, key_length), text(label, label_length))))  # fmt: skip
        library.aeron_counters_reader_foreach_counter(reader, visit, None)
        mine = [one for one in seen if one[0] == id]
        expect_equal([one[1:3] + one[4:] for one in mine], [(type_id, 0x1234_5678_9ABC, label.decode())], "my counter")
        expect(mine[0][3].startswith(key), "the key of my counter")
        expect(len(seen) > 20, "the driver's own counters are missing")
        self.until(lambda: (registration, id) in self.heard["counter"])

        expect(not library.aeron_counter_is_closed(counter), "closed")
        closed = []
        library.check(library.aeron_counter_close(counter, library.handler("aeron_notification_t", lambda _: closed.append(1)), None),
                      "close")  # fmt: skip
        self.until(lambda: closed and (registration, id) in self.heard["gone"])

    def control_file(self):
        step("control file")
        library, cnc = self.library, out()
        library.check(library.aeron_cnc_init(ctypes.byref(cnc), self.directory.encode(), 5000), "control file")
        memory = filled(64)
        pointer = ctypes.cast(memory, ctypes.POINTER(library.types.structs["aeron_cnc_constants_t"]))
        library.check(library.aeron_cnc_constants(cnc, pointer), "constants")
        expect(written(memory) <= 52, f"constants of the control file: {written(memory)} bytes written")
        constants = type(pointer.contents).from_buffer_copy(memory)
        expect_equal(constants.cnc_version, 0 << 16 | 2 << 8 | 0, "version")
        expect(os.path.isdir(f"/proc/{constants.pid}"), "the driver's process")
        expect(constants.to_driver_buffer_length > 1024 and constants.file_page_size % 4096 == 0, "lengths")
        expect_equal(library.aeron_cnc_filename(cnc), f"{self.directory}/cnc.dat".encode(), "name of the file")
        heartbeat = library.aeron_cnc_to_driver_heartbeat(cnc)
        expect(heartbeat > 1_500_000_000_000, f"heartbeat: {heartbeat}")
        self.until(lambda: library.aeron_cnc_to_driver_heartbeat(cnc) > heartbeat)
        reader = library.aeron_cnc_counters_reader(cnc)
        counted = []
        library.aeron_counters_reader_foreach_counter(
            reader, library.handler("aeron_counters_reader_foreach_counter_func_t", lambda *one: counted.append(one[1])), None)
        expect(len(counted) > 20, "counters")
        # What the driver complained of, when it was asked for a channel that does not exist.
        errors = []
        on_error = library.handler(
            "aeron_error_log_reader_func_t",
            lambda count, first, last, error, length, _: errors.append((count, first <= last, text(error, length))))
        self.until(lambda: (errors.clear(), library.aeron_cnc_error_log_read(cnc, on_error, None, 0))[1])
        expect(all(count > 0 and ordered for count, ordered, _ in errors), "times and counts of errors")
        expect(any("nowhere" in words for _, _, words in errors), f"the error is not there: {errors}")
        losses = []
        on_loss = library.handler("aeron_loss_reporter_read_entry_func_t", lambda *entry: losses.append(entry))
        expect_equal(library.aeron_cnc_loss_reporter_read(cnc, on_loss, None), len(losses), "losses")
        library.aeron_cnc_close(cnc)
        library.refused(library.aeron_cnc_init(ctypes.byref(cnc), f"{self.directory}/nowhere".encode(), 1), "no control file")

    def errors(self):
        step("errors")
        library, client = self.library, self.client
        for kind in ("publication", "exclusive", "subscription"):
            try:
                getattr(client, kind)("aeron:nowhere", 1)
            except Failure as refusal:
                expect("nowhere" in str(refusal), f"the refusal does not name the channel: {refusal}")
                expect(library.aeron_errcode() < 0, "a driver's code")
                continue
            raise Failure(f"{kind}: a channel that does not exist was accepted")
        library.refused(library.aeron_async_add_publication(ctypes.byref(out()), None, b"aeron:ipc", 1), "no client")
        library.refused(library.aeron_publication_offer(None, b"a", 1, self.nobody, None), "no publication")
        lonely = client.publication("aeron:ipc", self.next_stream())
        expect_equal(library.aeron_publication_offer(lonely, b"a", 1, self.nobody, None), NOT_CONNECTED, "nobody listens")
        library.check(library.aeron_publication_close(lonely, self.quiet, None), "close")

    def run(self):
        library = self.library
        for kind in ("publication", "exclusive_publication"):
            for channel in ("aeron:ipc?term-length=256k", f"aeron:udp?term-length=256k|endpoint={self.endpoints[0]}"):
                self.streams(kind, channel)
            self.destinations(kind)
        self.streams("exclusive_publication", "aeron:ipc?alias=the-third-way-to-end")
        self.two_ways()
        self.counters()
        self.errors()
        self.control_file()
        ids = [library.aeron_next_correlation_id(self.client.client) for _ in range(3)]
        expect(ids[0] < ids[1] < ids[2], "correlation ids")
        expect(not library.aeron_is_closed(self.client.client), "closed")
        self.client.close()
        expect_equal(self.heard["closed"], [True], "times that the end was told")
        expect_equal(self.complaints, [], "complaints")
        library.stop_if_a_handler_failed()


def versions(library):
    numbers = tuple(getattr(library, f"aeron_version_{part}")() for part in ("major", "minor", "patch"))
    expect_equal(numbers[:2], (1, 53), "version")
    expect("version=1.53" in library.aeron_version_full().decode(), "version in words")
    expect(len(library.aeron_version_gitsha()) > 0, "version of the source")
    path = ctypes.create_string_buffer(400)
    length = library.aeron_default_path(path, len(path))
    expect(path.value.startswith(b"/dev/shm/aeron-") and length == len(path.value), "default directory")


def main(directory, library_path, *endpoints):
    expect_equal(len(endpoints), 11, "endpoints")
    small = Binding(library_path)
    as_new_earth_lab(small, directory, endpoints[0])
    expect_equal(sorted(small.called), sorted(called_by("New-Earth-Lab", "client")), "calls of New-Earth-Lab's package")

    library = Binding(library_path)
    versions(library)
    Package(library, directory, endpoints[1:6], invoker=False).run()
    Package(library, directory, endpoints[6:], invoker=True).run()
    wanted = called_by("DarrylGamroth", "client")
    expect_equal(sorted(wanted - library.called), [], "calls of DarrylGamroth's package that were not made")
    print(f"{len(small.called)} and {len(wanted)} functions called")


if __name__ == "__main__":
    run(main)

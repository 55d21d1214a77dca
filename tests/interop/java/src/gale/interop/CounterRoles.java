package gale.interop;

import io.aeron.Aeron;
import io.aeron.Counter;
import java.util.HexFormat;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.status.CountersReader;

/** {@code counters}, {@code add-counter}, {@code static-counter} and {@code next-session}. */
final class CounterRoles {
    private CounterRoles() {
    }

    static void list(final Arguments arguments, final Console console) {
        final boolean keys = arguments.flag("keys");
        arguments.rejectUnused();
        try (Aeron aeron = Clients.connect(arguments, console)) {
            final CountersReader reader = aeron.countersReader();
            reader.forEach((id, type, key, label) -> console.tell(
                "counter id=%d type=%d value=%d registration=%d owner=%d%s label=%s",
                id,
                type,
                reader.getCounterValue(id),
                reader.getCounterRegistrationId(id),
                reader.getCounterOwnerId(id),
                keys ? " key=" + hex(key) : "",
                label));
        }
    }

    static void add(final Arguments arguments, final Console console) {
        final int type = arguments.integer("type");
        final String label = arguments.text("label");
        final long value = arguments.number("value", 0);
        arguments.rejectUnused();
        try (Aeron aeron = Clients.connect(arguments, console); Counter counter = aeron.addCounter(type, label)) {
            hold(counter, value, console);
        }
    }

    static void addStatic(final Arguments arguments, final Console console) {
        final int type = arguments.integer("type");
        final String label = arguments.text("label");
        final long registration = arguments.number("registration");
        final boolean sets = !arguments.all("value").isEmpty();
        final long value = arguments.number("value", 0);
        arguments.rejectUnused();
        try (Aeron aeron = Clients.connect(arguments, console);
            Counter counter = aeron.addStaticCounter(type, label, registration)) {
            // Found again, a static counter keeps what it had.
            hold(counter, sets ? value : counter.get(), console);
        }
    }

    static void nextSession(final Arguments arguments, final Console console) {
        final int stream = arguments.integer("stream");
        arguments.rejectUnused();
        try (Aeron aeron = Clients.connect(arguments, console)) {
            console.tell("session id=%d", aeron.nextSessionId(stream));
        }
    }

    /** Understands "set V" and "close" until the end. */
    private static void hold(final Counter counter, final long value, final Console console) {
        counter.setRelease(value);
        console.tell("counter id=%d", counter.id());
        while (!console.finished()) {
            final String command = console.command();
            if (command == null) {
                Console.pause();
            } else if (command.startsWith("set ")) {
                counter.setRelease(Long.parseLong(command.substring(4)));
                console.tell("value=%d", counter.get());
            } else if (command.equals("close")) {
                counter.close();
                console.tell("closed");
            }
        }
    }

    private static String hex(final DirectBuffer key) {
        final byte[] bytes = new byte[key.capacity()];
        key.getBytes(0, bytes);
        return HexFormat.of().formatHex(bytes);
    }
}

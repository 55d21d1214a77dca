package gale.interop;

import io.aeron.Aeron;
import io.aeron.exceptions.AeronException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;

/** How every role connects and waits: events are told soon, and others get the processor while nothing happens. */
final class Clients {
    private static final long CONDUCTOR_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(2);

    private Clients() {
    }

    static Aeron.Context context(final Arguments arguments, final Console console) {
        return new Aeron.Context()
            .aeronDirectoryName(arguments.text("dir"))
            .idleSleepDurationNs(CONDUCTOR_SLEEP_NS)
            .errorHandler(failure -> onError(failure, console));
    }

    static Aeron connect(final Arguments arguments, final Console console) {
        return Aeron.connect(context(arguments, console));
    }

    static IdleStrategy idle() {
        return new BackoffIdleStrategy(10, 10, 1_000, 1_000_000);
    }

    /** {@code add-destination CHANNEL} and {@code remove-destination CHANNEL}; false when it is neither. */
    static boolean changeDestinations(
        final String command, final Console console, final Consumer<String> add, final Consumer<String> remove) {
        final String[] words = command.split(" ");
        if (words.length != 2) {
            return false;
        }
        switch (words[0]) {
            case "add-destination" -> add.accept(words[1]);
            case "remove-destination" -> remove.accept(words[1]);
            default -> {
                return false;
            }
        }
        console.tell("done %s", command);
        return true;
    }

    private static void onError(final Throwable failure, final Console console) {
        if (failure instanceof AeronException known && known.category() == AeronException.Category.WARN) {
            console.tell("warning %s", failure);
        } else {
            console.error(failure);
        }
    }
}

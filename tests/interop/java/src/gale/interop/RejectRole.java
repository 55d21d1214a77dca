package gale.interop;

import io.aeron.Aeron;
import io.aeron.Image;
import io.aeron.Subscription;

/** {@code reject}: rejects the first image it gets and polls the others, if any. */
final class RejectRole {
    private RejectRole() {
    }

    static void run(final Arguments arguments, final Console console) {
        final String channel = arguments.text("channel");
        final int stream = arguments.integer("stream");
        final String reason = arguments.text("reason", "rejected by the test");
        arguments.rejectUnused();
        try (Aeron aeron = Clients.connect(arguments, console);
            Subscription subscription = aeron.addSubscription(
                channel,
                stream,
                image -> SubscribeRole.tellAvailable(console, image),
                image -> SubscribeRole.tellUnavailable(console, image))) {
            console.tell("added");
            boolean rejected = false;
            while (!console.finished()) {
                if (!rejected && subscription.imageCount() > 0) {
                    final Image image = subscription.imageAtIndex(0);
                    // Told first: what follows from it is told by another thread.
                    console.tell("rejected session=%d position=%d", image.sessionId(), image.position());
                    image.reject(reason);
                    rejected = true;
                }
                subscription.poll((buffer, offset, length, header) -> { }, 16);
                Console.pause();
            }
        }
    }
}

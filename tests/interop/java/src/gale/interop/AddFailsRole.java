package gale.interop;

import io.aeron.Aeron;
import io.aeron.exceptions.RegistrationException;

/** {@code add-fails}: adds something the driver has to refuse. */
final class AddFailsRole {
    private AddFailsRole() {
    }

    static void run(final Arguments arguments, final Console console) {
        final String channel = arguments.text("channel");
        final int stream = arguments.integer("stream");
        final String kind = arguments.text("kind");
        arguments.rejectUnused();
        try (Aeron aeron = Clients.connect(arguments, console)) {
            switch (kind) {
                case "pub" -> aeron.addPublication(channel, stream);
                case "exclusive" -> aeron.addExclusivePublication(channel, stream);
                case "sub" -> aeron.addSubscription(channel, stream);
                default -> throw new IllegalArgumentException("--kind is pub, exclusive or sub");
            }
            throw new IllegalStateException("the driver accepted " + channel);
        } catch (final RegistrationException refusal) {
            console.tell("registration-error code=%d text=%s", refusal.errorCodeValue(), refusal.getMessage());
        }
    }
}

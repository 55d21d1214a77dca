package gale.interop;

import io.aeron.Aeron;
import io.aeron.ControlledFragmentAssembler;
import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.ControlledFragmentHandler;
import io.aeron.logbuffer.ControlledFragmentHandler.Action;
import io.aeron.logbuffer.FragmentHandler;
import io.aeron.logbuffer.Header;
import java.util.LinkedHashMap;
import java.util.Map;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.IdleStrategy;

/** {@code subscribe}: polls until "quit" and checks every message of every image. */
final class SubscribeRole {
    private static final int FRAGMENT_LIMIT = 64;

    private final Console console;
    private final Content content;
    private final long expected;
    private final long sessions;
    private final boolean late;
    private final boolean controlled;
    // By the image's correlation id, since a session id may come back. Only the polling thread is in here.
    private final Map<Long, SessionCheck> checks = new LinkedHashMap<>();
    private long abortedPosition = -1;
    private boolean complete;
    private boolean paused;

    private SubscribeRole(final Arguments arguments, final Console console) {
        this.console = console;
        content = Content.of(arguments);
        expected = arguments.number("expect");
        sessions = arguments.number("sessions", 1);
        late = arguments.flag("late");
        controlled = arguments.flag("controlled");
    }

    static void run(final Arguments arguments, final Console console) {
        final SubscribeRole role = new SubscribeRole(arguments, console);
        final String channel = arguments.text("channel");
        final int stream = arguments.integer("stream");
        arguments.rejectUnused();
        try (Aeron aeron = Clients.connect(arguments, console);
            Subscription subscription = aeron.addSubscription(
                channel, stream, image -> tellAvailable(console, image), image -> tellUnavailable(console, image))) {
            console.tell("added");
            role.poll(subscription);
        }
    }

    static void tellAvailable(final Console console, final Image image) {
        console.tell("available session=%d position=%d", image.sessionId(), image.joinPosition());
    }

    static void tellUnavailable(final Console console, final Image image) {
        console.tell(
            "unavailable session=%d position=%d eos=%b", image.sessionId(), image.position(), image.isEndOfStream());
    }

    private void poll(final Subscription subscription) {
        final FragmentHandler handler = new FragmentAssembler(this::onMessage);
        final ControlledFragmentHandler controlledHandler = new ControlledFragmentAssembler(this::onControlledMessage);
        final IdleStrategy idle = Clients.idle();
        while (!console.finished()) {
            final int fragments = paused ? 0 : controlled ?
                subscription.controlledPoll(controlledHandler, FRAGMENT_LIMIT) :
                subscription.poll(handler, FRAGMENT_LIMIT);
            if (!complete && checks.values().stream().filter(this::isComplete).count() >= sessions) {
                complete = true;
                tellReceived();
            }
            final String command = console.command();
            if (command != null) {
                obey(command, subscription);
            }
            idle.idle(fragments);
        }
    }

    private void obey(final String command, final Subscription subscription) {
        switch (command) {
            case "count" -> {
                tellReceived();
                console.tell("counted sessions=%d", checks.size());
            }
            case "pause", "resume" -> {
                paused = "pause".equals(command);
                console.tell("done %s", command);
            }
            default -> {
                if (!Clients.changeDestinations(
                    command, console, subscription::addDestination, subscription::removeDestination)) {
                    throw new IllegalArgumentException("this is no command of a subscriber: " + command);
                }
            }
        }
    }

    /** A late joiner cannot know how many it missed, so it is complete with the last one. */
    private boolean isComplete(final SessionCheck check) {
        return late ? check.next() >= expected : check.count() >= expected;
    }

    private void tellReceived() {
        checks.values().forEach(check -> console.tell("%s", check));
    }

    private void onMessage(final DirectBuffer buffer, final int offset, final int length, final Header header) {
        final Image image = (Image)header.context();
        checks.computeIfAbsent(image.correlationId(), id -> new SessionCheck(image, content, late, console))
            .onMessage(buffer, offset, length, header);
    }

    /** Uses all four actions by turns, so that a message comes twice to the handler but is counted once. */
    private Action onControlledMessage(
        final DirectBuffer buffer, final int offset, final int length, final Header header) {
        final long turn = header.position() / 32 % 7;
        if (turn == 3 && abortedPosition != header.position()) {
            abortedPosition = header.position();
            return Action.ABORT;
        }
        onMessage(buffer, offset, length, header);
        return turn == 4 ? Action.BREAK : turn == 5 ? Action.COMMIT : Action.CONTINUE;
    }
}

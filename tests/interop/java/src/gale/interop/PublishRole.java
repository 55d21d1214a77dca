package gale.interop;

import io.aeron.Aeron;
import io.aeron.Publication;
import io.aeron.logbuffer.BufferClaim;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.ExpandableArrayBuffer;
import org.agrona.concurrent.IdleStrategy;

/** {@code publish}: sends numbered messages, each carrying its number as reserved value, too. */
final class PublishRole {
    private static final long NEVER = -1;

    private final Console console;
    private final Publication publication;
    private final Content content;
    private final boolean claim;
    private final boolean holdsClaim;
    private final long timeoutNs;
    private final IdleStrategy idle = Clients.idle();
    private final ExpandableArrayBuffer message;
    private final BufferClaim range = new BufferClaim();
    private long sequence;
    private long published;
    private boolean closing;

    private PublishRole(final Arguments arguments, final Console console, final Publication publication) {
        this.console = console;
        this.publication = publication;
        content = Content.of(arguments);
        claim = arguments.flag("claim");
        holdsClaim = arguments.flag("hold-claim");
        timeoutNs = TimeUnit.MILLISECONDS.toNanos(arguments.number("timeout-ms", 30_000));
        message = new ExpandableArrayBuffer(content.maxLength() + 1);
    }

    static void run(final Arguments arguments, final Console console) {
        final Aeron.Context context = Clients.context(arguments, console).publicationErrorFrameHandler(
            frame -> console.tell("publication-error code=%d text=%s", frame.errorCode(), frame.errorMessage()));
        try (Aeron aeron = Aeron.connect(context)) {
            final String channel = arguments.text("channel");
            final int stream = arguments.integer("stream");
            final Publication publication = arguments.flag("exclusive") ?
                aeron.addExclusivePublication(channel, stream) : aeron.addPublication(channel, stream);
            console.tell("added session=%d registration=%d", publication.sessionId(), publication.registrationId());

            final PublishRole role = new PublishRole(arguments, console, publication);
            final long count = arguments.number("count");
            final long pauseNs = TimeUnit.MICROSECONDS.toNanos(arguments.number("pause-us", 0));
            final long lingerNs = TimeUnit.MILLISECONDS.toNanos(arguments.number("linger-ms", NEVER));
            arguments.rejectUnused();

            role.checkLengths();
            role.awaitConnected();
            if (role.holdsClaim) {
                role.hold();
            }
            role.publish(count, pauseNs);
            role.awaitClose(lingerNs);
            console.awaitFinish();
        }
    }

    private void checkLengths() {
        final int limit = claim ? publication.maxPayloadLength() : publication.maxMessageLength();
        if (content.maxLength() > limit) {
            throw new IllegalArgumentException(
                "messages of " + content.maxLength() + " bytes, but the limit is " + limit);
        }
    }

    private void awaitConnected() {
        final long deadline = System.nanoTime() + timeoutNs;
        while (!publication.isConnected() && !console.finished()) {
            serve();
            checkDeadline(deadline, "connected");
            idle.idle();
        }
    }

    /** A claim that nobody ends: readers stop in front of it until the driver takes it away. */
    private void hold() {
        final long deadline = System.nanoTime() + timeoutNs;
        while (!console.finished()) {
            final long position = publication.tryClaim(64, new BufferClaim());
            if (position >= 0) {
                console.tell("holding position=%d", position);
                return;
            }
            checkDeadline(deadline, "claimed: " + Publication.errorString(position));
            idle.idle();
        }
    }

    private void publish(final long count, final long pauseNs) {
        while (sequence < count && !console.finished()) {
            serve();
            content.write(sequence, message, 0);
            if (!send()) {
                break;
            }
            published++;
            sequence++;
            if (pauseNs > 0) {
                LockSupport.parkNanos(pauseNs);
            }
        }
        console.tell("published count=%d position=%d", published, publication.position());
    }

    /** Tries until the message is in the log; false when the test ended it. */
    private boolean send() {
        final long deadline = System.nanoTime() + timeoutNs;
        boolean disconnected = false;
        while (!console.finished()) {
            final long result = attempt();
            if (result >= 0) {
                idle.reset();
                return true;
            }
            if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
                throw new IllegalStateException("message " + sequence + ": " + Publication.errorString(result));
            }
            if (result == Publication.NOT_CONNECTED && !disconnected) {
                console.tell("disconnected at=%d", sequence);
                disconnected = true;
            }
            serve();
            checkDeadline(deadline, "published: " + Publication.errorString(result));
            idle.idle();
        }
        return false;
    }

    private long attempt() {
        final int length = content.length(sequence);
        if (!claim) {
            return publication.offer(message, 0, length, (term, offset, frameLength) -> sequence);
        }
        final long position = publication.tryClaim(length, range);
        if (position >= 0) {
            range.buffer().putBytes(range.offset(), message, 0, length);
            range.reservedValue(sequence).commit();
        }
        return position;
    }

    private void awaitClose(final long lingerNs) {
        final long start = System.nanoTime();
        while (!console.finished()) {
            serve();
            if (closing || (lingerNs >= 0 && System.nanoTime() - start >= lingerNs)) {
                publication.close();
                console.tell("closed");
                return;
            }
            Console.pause();
        }
    }

    /** Obeys what has come: destinations at once, the end when its time has come. */
    private void serve() {
        final String command = console.command();
        if (command == null) {
            return;
        }
        if ("close".equals(command)) {
            closing = true;
        } else if (!Clients.changeDestinations(
            command, console, publication::addDestination, publication::removeDestination)) {
            throw new IllegalArgumentException("this is no command of a publisher: " + command);
        }
    }

    private void checkDeadline(final long deadline, final String what) {
        if (System.nanoTime() - deadline > 0) {
            throw new IllegalStateException("message " + sequence + " in time not " + what);
        }
    }
}

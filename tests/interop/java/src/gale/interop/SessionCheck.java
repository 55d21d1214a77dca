package gale.interop;

import io.aeron.Image;
import io.aeron.logbuffer.Header;
import org.agrona.DirectBuffer;

/** What one image has delivered: messages in order, each with the bytes and the reserved value of its number. */
final class SessionCheck {
    private static final int FRAME_HEADER_LENGTH = 32;
    private static final int TOLD_ERRORS = 5;

    private final Content content;
    private final Console console;
    private final int session;
    private final int maxPayload;
    private final boolean late;
    private long first = -1;
    private long next;
    private long count;
    private long bytes;
    private long errors;
    private long position;

    SessionCheck(final Image image, final Content content, final boolean late, final Console console) {
        this.content = content;
        this.console = console;
        this.late = late;
        session = image.sessionId();
        maxPayload = image.mtuLength() - FRAME_HEADER_LENGTH;
        position = image.joinPosition();
    }

    long count() {
        return count;
    }

    /** The number of the message to come. */
    long next() {
        return next;
    }

    void onMessage(final DirectBuffer buffer, final int offset, final int length, final Header header) {
        final boolean fragmented = length > maxPayload;
        if (first < 0) {
            first = late ? content.sequence(buffer, offset, length, header.reservedValue()) : 0;
            next = first;
        }
        count++;
        bytes += length;
        final long sequence = content.sequence(buffer, offset, length, next);
        check(sequence == next, "number", sequence, next);
        final String difference = content.difference(sequence, buffer, offset, length);
        check(difference == null, difference, length, content.length(sequence));
        check(fragmented || header.reservedValue() == sequence, "reserved value", header.reservedValue(), sequence);
        check(header.sessionId() == session, "session", header.sessionId(), session);
        check(header.position() - position > length, "position", header.position(), position);
        position = header.position();
        next = sequence + 1;
    }

    private void check(final boolean holds, final String what, final long is, final long wanted) {
        if (!holds && ++errors <= TOLD_ERRORS) {
            console.tell(
                "mismatch session=%d message=%d got=%d wanted=%d text=%s", session, count - 1, is, wanted, what);
        }
    }

    @Override
    public String toString() {
        final String joined = late ? " first=" + first : "";
        return "received session=" + session + " count=" + count + " bytes=" + bytes + " errors=" + errors + joined;
    }
}

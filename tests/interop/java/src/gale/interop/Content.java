package gale.interop;

import java.nio.ByteOrder;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/** What message i of a seed holds and how long it is: known to both ends, so that the receiver can check each byte. */
final class Content {
    private static final int SEQUENCE_LENGTH = 8;

    // A prime number of entries, so that the same length does not always meet the same place of a term.
    private static final int[] MIXED = {
        0, 1, 7, 8, 9, 31, 32, 33, 64, 255, 1000, 1376, 1377, 2752, 4096, 65536, 1 << 20,
    };

    private final int seed;
    private final int[] lengths;

    private Content(final int seed, final int[] lengths) {
        this.seed = seed;
        this.lengths = lengths;
    }

    /** Of {@code --length L}, {@code mixed} or {@code mixed:MAX}, which cuts the longer ones, and {@code --seed S}. */
    static Content of(final Arguments arguments) {
        final int seed = (int)arguments.number("seed", 0);
        final String length = arguments.text("length", "mixed");
        if (!length.startsWith("mixed")) {
            return new Content(seed, new int[] {Integer.parseInt(length)});
        }
        final int limit = length.startsWith("mixed:") ? Integer.parseInt(length.substring(6)) : Integer.MAX_VALUE;
        final int[] lengths = MIXED.clone();
        for (int i = 0; i < lengths.length; i++) {
            lengths[i] = Math.min(lengths[i], limit);
        }
        return new Content(seed, lengths);
    }

    int maxLength() {
        int longest = 0;
        for (final int length : lengths) {
            longest = Math.max(longest, length);
        }
        return longest;
    }

    int length(final long sequence) {
        return lengths[(int)(sequence % lengths.length)];
    }

    void write(final long sequence, final MutableDirectBuffer buffer, final int offset) {
        final int length = length(sequence);
        final int header = headerLength(length);
        if (header > 0) {
            buffer.putLong(offset, sequence, ByteOrder.LITTLE_ENDIAN);
        }
        for (int j = header; j < length; j++) {
            buffer.putByte(offset + j, octet(sequence, j));
        }
    }

    /** The sequence number a message of this length carries, or the other one when it is too short to carry any. */
    long sequence(final DirectBuffer buffer, final int offset, final int length, final long otherwise) {
        return headerLength(length) > 0 ? buffer.getLong(offset, ByteOrder.LITTLE_ENDIAN) : otherwise;
    }

    /** Null when the bytes are those of the message, else what differs. */
    String difference(final long sequence, final DirectBuffer buffer, final int offset, final int length) {
        if (length != length(sequence)) {
            return "length " + length + " instead of " + length(sequence);
        }
        for (int j = headerLength(length); j < length; j++) {
            if (buffer.getByte(offset + j) != octet(sequence, j)) {
                return "byte " + j + " of " + length + " is " + (buffer.getByte(offset + j) & 0xFF) + " instead of " +
                    (octet(sequence, j) & 0xFF);
            }
        }
        return null;
    }

    private static int headerLength(final int length) {
        return length >= SEQUENCE_LENGTH ? SEQUENCE_LENGTH : 0;
    }

    private byte octet(final long sequence, final int j) {
        return (byte)(37 * sequence + 7L * j + (j >> 8) + seed);
    }
}

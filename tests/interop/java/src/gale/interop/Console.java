package gale.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** The two pipes to the test: commands come in, events go out, a line each. Any thread may tell an event. */
final class Console {
    private static final String QUIT = "quit";
    private static final long POLL_PAUSE_NS = 1_000_000;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final ConcurrentLinkedQueue<String> commands = new ConcurrentLinkedQueue<>();
    private volatile boolean failed;
    private volatile boolean quitting;

    Console() {
        final Thread reader = new Thread(this::read, "stdin");
        reader.setDaemon(true);
        reader.start();
    }

    /** Writes one event and flushes it. */
    synchronized void tell(final String format, final Object... values) {
        out.println(oneLine(String.format(format, values)));
    }

    /** Tells what went wrong and fails the process; only the first cause is told, the rest follows from it. */
    synchronized void error(final Throwable cause) {
        if (!failed) {
            tell("error %s", cause);
            failed = true;
        }
    }

    boolean failed() {
        return failed;
    }

    /** True after "quit", the end of the input or an error. */
    boolean finished() {
        return quitting || failed;
    }

    /** The next command, or null when none has come. */
    String command() {
        return commands.poll();
    }

    /** Lets the role end, as if the test had written "quit". */
    void quit() {
        quitting = true;
    }

    void awaitFinish() {
        while (!finished()) {
            pause();
        }
    }

    static void pause() {
        LockSupport.parkNanos(POLL_PAUSE_NS);
    }

    static String oneLine(final String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " | ");
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null && !line.strip().equals(QUIT); line = in.readLine()) {
                commands.add(line.strip());
            }
        } catch (final IOException gone) {
            // The test is gone; that is the end of the input.
        }
        quit();
    }
}

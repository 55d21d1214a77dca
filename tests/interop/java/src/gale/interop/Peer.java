package gale.interop;

import java.util.Map;
import java.util.TreeSet;

/** One process of upstream Aeron, driven by its command line and standard input, telling events on standard output. */
public final class Peer {
    private interface Role {
        void run(Arguments arguments, Console console) throws Exception;
    }

    private static final Map<String, Role> ROLES = Map.ofEntries(
        Map.entry("driver", DriverRole::run),
        Map.entry("publish", PublishRole::run),
        Map.entry("subscribe", SubscribeRole::run),
        Map.entry("reject", RejectRole::run),
        Map.entry("counters", CounterRoles::list),
        Map.entry("add-counter", CounterRoles::add),
        Map.entry("static-counter", CounterRoles::addStatic),
        Map.entry("next-session", CounterRoles::nextSession),
        Map.entry("add-fails", AddFailsRole::run),
        Map.entry("aeron-stat", StatRoles::aeronStat),
        Map.entry("error-stat", StatRoles::errorStat));

    private Peer() {
    }

    public static void main(final String[] args) {
        final Console console = new Console();
        try {
            final Role role = args.length == 0 ? null : ROLES.get(args[0]);
            if (role == null) {
                throw new IllegalArgumentException("the first argument is one of " + new TreeSet<>(ROLES.keySet()));
            }
            final Arguments arguments = new Arguments(args);
            // Upstream reads its properties in static initialisers, so they are set before any of its classes is
            // touched.
            arguments.all("prop").forEach(Peer::setProperty);
            System.setProperty("aeron.dir", arguments.text("dir"));
            role.run(arguments, console);
            arguments.rejectUnused();
        } catch (final Throwable failure) {
            console.error(failure);
        }
        // Not a return: a thread of upstream that hangs must not keep a process alive that has said its last word.
        System.exit(console.failed() ? 1 : 0);
    }

    private static void setProperty(final String assignment) {
        final int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("--prop wants name=value, got " + assignment);
        }
        System.setProperty(assignment.substring(0, equals), assignment.substring(equals + 1));
    }
}

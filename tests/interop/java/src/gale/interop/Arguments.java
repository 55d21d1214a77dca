package gale.interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The options after the name of the role: {@code --name value}, or {@code --name} alone for a flag. */
final class Arguments {
    private static final Set<String> FLAGS = Set.of("exclusive", "claim", "hold-claim", "controlled", "late", "keys");

    private static final Set<String> OPTIONS = Set.of(
        "dir", "prop", "threading", "channel", "stream", "count", "length", "seed", "linger-ms", "pause-us",
        "timeout-ms", "expect", "sessions", "reason", "kind", "type", "label", "value", "registration");

    private final Map<String, List<String>> values = new HashMap<>();
    private final Set<String> used = new HashSet<>(Set.of("prop", "dir"));

    Arguments(final String[] args) {
        for (int i = 1; i < args.length; i++) {
            final String name = args[i].startsWith("--") ? args[i].substring(2) : "";
            final List<String> given = values.computeIfAbsent(name, unused -> new ArrayList<>());
            if (FLAGS.contains(name)) {
                continue;
            }
            if (!OPTIONS.contains(name) || i + 1 == args.length) {
                throw new IllegalArgumentException("unknown option or missing value: " + args[i]);
            }
            given.add(args[++i]);
        }
    }

    boolean flag(final String name) {
        used.add(name);
        return values.containsKey(name);
    }

    List<String> all(final String name) {
        used.add(name);
        return values.getOrDefault(name, List.of());
    }

    String text(final String name) {
        final List<String> given = all(name);
        if (given.size() != 1) {
            throw new IllegalArgumentException("--" + name + " is wanted exactly once");
        }
        return given.get(0);
    }

    String text(final String name, final String otherwise) {
        return all(name).isEmpty() ? otherwise : text(name);
    }

    long number(final String name) {
        return Long.parseLong(text(name));
    }

    long number(final String name, final long otherwise) {
        return Long.parseLong(text(name, Long.toString(otherwise)));
    }

    int integer(final String name) {
        return Math.toIntExact(number(name));
    }

    /** An option that the role never asked for is a mistake in the test. */
    void rejectUnused() {
        for (final String name : values.keySet()) {
            if (!used.contains(name)) {
                throw new IllegalArgumentException("--" + name + " means nothing to this role");
            }
        }
    }
}

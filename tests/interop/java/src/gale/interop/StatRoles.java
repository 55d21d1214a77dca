package gale.interop;

import io.aeron.samples.AeronStat;
import io.aeron.samples.ErrorStat;

/** {@code aeron-stat} and {@code error-stat}: upstream's own tools, once; they find the directory in a property. */
final class StatRoles {
    private StatRoles() {
    }

    static void aeronStat(final Arguments arguments, final Console console) throws Exception {
        arguments.rejectUnused();
        AeronStat.main(new String[] {"watch=false"});
    }

    static void errorStat(final Arguments arguments, final Console console) throws Exception {
        arguments.rejectUnused();
        ErrorStat.main(new String[0]);
    }
}

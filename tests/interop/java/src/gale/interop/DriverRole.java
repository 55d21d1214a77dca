package gale.interop;

import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.util.Locale;

/** {@code driver}: upstream's media driver until "quit". */
final class DriverRole {
    private DriverRole() {
    }

    static void run(final Arguments arguments, final Console console) {
        final MediaDriver.Context context = new MediaDriver.Context()
            .aeronDirectoryName(arguments.text("dir"))
            .dirDeleteOnStart(true)
            .threadingMode(ThreadingMode.valueOf(arguments.text("threading", "shared").toUpperCase(Locale.ROOT)))
            .terminationHook(() -> {
                console.tell("terminated");
                console.quit();
            });
        arguments.rejectUnused();
        try (MediaDriver driver = MediaDriver.launch(context)) {
            console.tell("ready");
            console.awaitFinish();
        }
    }
}

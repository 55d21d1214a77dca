#include "everyday/idle.hpp"
#include "os/signals.hpp"

#include <gale/everyday.hpp>
#include <gale/media_driver.hpp>

#include <chrono>
#include <utility>

namespace gale {

void media_driver(DriverOptions options, const std::stop_token& stop) {
    os::StopSignals signals;
    const std::stop_callback on_stop{stop, [&] { signals.request(); }};
    options.on_terminate = [&signals, asked = std::move(options.on_terminate)] {
        if (asked) asked();
        signals.request();
    };
    const bool stepped = options.threading_mode == ThreadingMode::invoker;
    MediaDriver driver = MediaDriver::launch(std::move(options));
    for (everyday::Idle idle; driver.is_running() && !signals.requested();) {
        if (!stepped) {
            static_cast<void>(signals.wait_for(std::chrono::seconds{1}));  // for a driver that stops by itself, too
        } else if (driver.do_work() > 0) {
            idle.reset();
        } else {
            idle.rest();
        }
    }
}

}  // namespace gale

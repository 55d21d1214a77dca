#include "base/text.hpp"
#include "os/process.hpp"

#include <gale/client.hpp>

#include <limits>

namespace gale {
namespace {

[[noreturn]] void refuse(const char* name, const std::string& value, const char* wanted) {
    throw Error{ErrorCode::invalid_argument, std::string{name} + "=" + value + " is not " + wanted};
}

void read_duration(const char* name, Nanos& into) {
    const auto text = os::environment(name);
    if (!text) return;
    const auto duration = parse_duration(*text);
    if (!duration || *duration <= Nanos::zero())
        refuse(name, *text, "a duration, as 500ms or 10s (a bare number counts nanoseconds)");
    into = *duration;
}

void read_driver_timeout(Nanos& into) {
    constexpr auto name = "AERON_DRIVER_TIMEOUT";
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / 1'000'000;
    const auto text = os::environment(name);
    if (!text) return;
    const auto millis = parse_int64(*text);
    if (!millis || *millis <= 0 || *millis > most) refuse(name, *text, "a number of milliseconds, without a unit");
    into = Millis{*millis};
}

// Aeron's C client also takes 1 and on, 0 and off.
void read_switch(const char* name, bool& into) {
    const auto text = os::environment(name);
    if (!text) return;
    if (*text == "true" || *text == "1" || *text == "on") {
        into = true;
    } else if (*text == "false" || *text == "0" || *text == "off") {
        into = false;
    } else {
        refuse(name, *text, "true or false");
    }
}

}  // namespace

ClientOptions ClientOptions::from_environment() {
    ClientOptions options;
    options.directory = os::environment("AERON_DIR").value_or("");
    read_driver_timeout(options.driver_timeout);
    if (auto name = os::environment("AERON_CLIENT_NAME")) {
        if (name->size() > 100) refuse("AERON_CLIENT_NAME", *name, "a name of at most 100 characters");
        options.name = *name;
    }
    read_duration("AERON_CLIENT_IDLE_SLEEP_DURATION", options.idle_sleep);
    read_duration("AERON_CLIENT_RESOURCE_LINGER_DURATION", options.resource_linger);
    read_switch("AERON_CLIENT_PRE_TOUCH_MAPPED_MEMORY", options.pre_touch_mapped_memory);
    return options;
}

}  // namespace gale

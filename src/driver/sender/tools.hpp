/// What everything on the sender's thread works with: counters, a way to tell the conductor, and memory to work in.
#pragma once

#include "base/time.hpp"
#include "driver/sender/batch.hpp"
#include "driver/sender/counters.hpp"
#include "driver/sender/outbox.hpp"

#include <gale/function_ref.hpp>

namespace gale::driver::sender {

struct Tools {
    SystemCounters counters;
    Outbox outbox;
    FunctionRef<Nanos()> realtime;  ///< since 1970; asked only when frames carry the time of sending
    Batch batch{};
    bool pushed_back = false;  ///< the network took less than it was given, since somebody last looked
};

}  // namespace gale::driver::sender

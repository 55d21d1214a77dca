/// The counters of what the driver refuses others, so that nobody has to guess why a stream is not heard.
/// docs/formats/counters.md, refusals.
#pragma once

#include "base/time.hpp"
#include "control/counter_types.hpp"
#include "driver/conductor/voice.hpp"
#include "shm/counters.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace gale::driver {

class Refusals {
public:
    /// Allocates all of them. Throws Error when there is no room.
    Refusals(shm::CountersManager& counters, Tick tick);

    /// For whoever refuses: added to, never set.
    [[nodiscard]] shm::Cell<std::int64_t>& cell(control::Refusal refusal) const noexcept {
        return counters_.value(ids_[static_cast<std::size_t>(refusal)]);
    }
    void add(control::Refusal refusal) noexcept { cell(refusal).fetch_add(1); }
    /// Each that grew since the last time goes into the error log, with the option that is the limit. Now and then.
    void report(Voice& voice, Millis wall_now);

private:
    shm::CountersManager& counters_;
    std::array<CounterId, control::refusal_count> ids_{};
    std::array<std::int64_t, control::refusal_count> told_{};
};

}  // namespace gale::driver

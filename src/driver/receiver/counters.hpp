/// The counters that the receiver moves; the conductor allocates them and hands over their words.
#pragma once

#include "shm/cell.hpp"

#include <cstdint>

namespace gale::driver::receiver {

/// Of the whole driver. Some are moved by other threads as well, so all are added to, never set.
struct Counters {
    using Counter = shm::Cell<std::int64_t>;
    Counter& bytes_received;
    Counter& heartbeats_received;
    Counter& status_messages_sent;
    Counter& naks_sent;
    Counter& error_frames_sent;
    Counter& under_runs;
    Counter& over_runs;
    Counter& invalid_packets;
    Counter& short_sends;
    Counter& errors;  ///< of transports
    Counter& ttl_asymmetries;
    Counter& loss_gap_fills;
    Counter& images_revoked;
    Counter& sessions_refused;  ///< setups beyond a limit on sessions, on their rate or on the term length
    Counter& replies_withheld;  ///< elicitations and echoes beyond their rate
};

inline void add(shm::Cell<std::int64_t>& counter, std::int64_t amount = 1) noexcept { counter.fetch_add(amount); }

}  // namespace gale::driver::receiver

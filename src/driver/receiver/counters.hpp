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
    // As in control::Refusal.
    Counter& sessions_refused;
    Counter& long_terms_refused;
    Counter& replies_withheld;
};

inline void add(shm::Cell<std::int64_t>& counter, std::int64_t amount = 1) noexcept { counter.fetch_add(amount); }

}  // namespace gale::driver::receiver

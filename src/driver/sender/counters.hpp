/// The counters that the sender moves: references to words of the counters file.
#pragma once

#include "shm/cell.hpp"

#include <cstdint>

namespace gale::driver::sender {

using Counter = shm::Cell<std::int64_t>;

/// For a counter that no other thread moves.
inline void add_own(Counter& counter, std::int64_t amount = 1) noexcept {
    counter.store_release(counter.load_relaxed() + amount);
}
/// For one that others move as well.
inline void add_shared(Counter& counter, std::int64_t amount = 1) noexcept { counter.fetch_add(amount); }

/// System counters of this path, each named as in control::SystemCounter. The sender's own, but where it says so.
struct SystemCounters {
    Counter& bytes_sent;
    Counter& naks_received;
    Counter& status_messages_received;
    Counter& status_messages_rejected;
    Counter& heartbeats_sent;
    Counter& retransmits_sent;
    Counter& retransmitted_bytes;
    Counter& retransmit_overflow;
    Counter& flow_control_limits;
    Counter& error_frames_received;
    Counter& short_sends;            ///< shared
    Counter& invalid_packets;        ///< shared
    Counter& conductor_proxy_fails;  ///< shared
    // As in control::Refusal.
    Counter& replies_withheld;  ///< shared
    Counter& news_withheld;
    Counter& retransmissions_withheld;
    Counter& destinations_refused;
};

/// Of one publication; the sender's own from the moment it is handed over.
struct PublicationCounters {
    Counter& publisher_limit;
    Counter& sender_position;
    Counter& sender_limit;
    Counter& back_pressure;
    Counter& naks_received;
    Counter* flow_control_receivers = nullptr;  ///< of min and tagged flow control
};

}  // namespace gale::driver::sender

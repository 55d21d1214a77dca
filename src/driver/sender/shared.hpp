/// The words of one network publication that conductor and sender share. Each has one writer.
#pragma once

#include "logbuffer/geometry.hpp"

#include <gale/types.hpp>

#include <atomic>
#include <cstdint>
#include <limits>
#include <optional>

namespace gale::driver::sender {

struct PublicationShared {
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::min();

    /// The conductor, before the publication is handed over and ever after: the publishers' limit stays at or below it.
    /// See `furthest_limit`.
    alignas(64) std::atomic<std::int64_t> writable_to{0};

    /// The sender, all that follow. Every byte before it was accepted by the network, or followed a spy. The counter
    /// `snd-pos` says the same, but clients can write that.
    alignas(64) std::atomic<std::int64_t> sender_position{0};
    std::atomic<bool> has_receivers{false};                 ///< one at least sent a status message lately
    std::atomic<bool> is_connected{false};                  ///< as the log's metadata says
    std::atomic<bool> received_unicast_eos{false};          ///< the one receiver has gone; stays true
    std::atomic<std::int64_t> last_status_message{never};   ///< Tick::now, ns, of the last one that counted
    std::atomic<std::int64_t> last_window{never};           ///< bytes it granted
    std::atomic<std::int64_t> setups_sent{0};               ///< why a publication is not connected: was anything asked,
    std::atomic<std::int64_t> status_messages_rejected{0};  ///< and were answers out of range?
};

/// How far the publishers' limit may go when everything before `cleaned_to` is zero again, and everything before
/// `allocated_to` has storage. Who publishes alone passes the limit by at most `longest_claim`. Of many, who give none,
/// any number may pass it at once, and they stop only at the end of its term: so they get storage in whole terms. The
/// sender then looks at the first frame of the term behind, so that must be zero as well: a limit in a term asks for
/// one cleaned frame in the term that shares its successor's place.
[[nodiscard]] constexpr Position furthest_limit(Position cleaned_to, Position allocated_to, std::int32_t term_length,
                                                std::optional<std::int64_t> longest_claim) noexcept {
    const std::int64_t one_frame_less = cleaned_to.value - 32;
    const std::int64_t clean = (one_frame_less & -std::int64_t{term_length}) + 3 * std::int64_t{term_length};
    if (allocated_to.value == std::numeric_limits<std::int64_t>::max()) return Position{clean};
    const std::int64_t stored =
        longest_claim ? allocated_to.value - *longest_claim : allocated_to.value & -std::int64_t{term_length};
    return Position{clean < stored ? clean : stored};
}
static_assert(furthest_limit(Position{0}, Position{1 << 30}, 65536, 8192) == Position{2 * 65536});
static_assert(furthest_limit(Position{32}, Position{1 << 30}, 65536, 8192) == Position{3 * 65536});
static_assert(furthest_limit(Position{32}, Position{65536}, 65536, 8192) == Position{65536 - 8192});
static_assert(furthest_limit(Position{32}, Position{65535}, 65536, std::nullopt) == Position{0});
static_assert(furthest_limit(Position{32}, Position{2 * 65536 - 1}, 65536, std::nullopt) == Position{65536});

}  // namespace gale::driver::sender

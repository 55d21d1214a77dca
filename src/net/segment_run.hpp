/// Which datagrams may go to the kernel as one piece that it, or the device, cuts again.
#pragma once

#include "net/transport.hpp"

#include <algorithm>
#include <cstddef>
#include <span>

namespace gale::net {

/// What one piece may be. A device cuts no segment longer than its own limit, which only trying tells.
struct SegmentLimits {
    std::size_t count = 1;             ///< segments a piece; 1: every datagram by itself
    std::size_t largest_segment = 0;   ///< bytes
    std::size_t total = 65507;         ///< bytes a piece: what an IPv4 datagram can carry
    std::size_t pieces_of_memory = 1;  ///< adjacent datagrams count as one
};

struct SegmentRun {
    std::size_t datagrams = 0;
    std::size_t pieces_of_memory = 0;
};

[[nodiscard]] inline bool follows(const Datagram& before, const Datagram& next) noexcept {
    return before.bytes.data() + before.bytes.size() == next.bytes.data();
}

/// The longest run at the front of `batch`, which is not empty: all of one length, but the last may be shorter.
[[nodiscard]] inline SegmentRun first_run(std::span<const Datagram> batch, const SegmentLimits& limits) noexcept {
    SegmentRun run{.datagrams = 1, .pieces_of_memory = 1};
    const auto segment = batch[0].bytes.size();
    if (segment == 0 || segment > limits.largest_segment) return run;
    const auto most = std::min({batch.size(), limits.count, limits.total / segment + 1});
    auto total = segment;
    while (run.datagrams < most) {
        const auto& next = batch[run.datagrams];
        const auto length = next.bytes.size();
        const auto pieces = run.pieces_of_memory + (follows(batch[run.datagrams - 1], next) ? 0U : 1U);
        if (length == 0 || length > segment || total + length > limits.total || pieces > limits.pieces_of_memory) break;
        ++run.datagrams;
        run.pieces_of_memory = pieces;
        total += length;
        if (length < segment) break;
    }
    return run;
}

}  // namespace gale::net

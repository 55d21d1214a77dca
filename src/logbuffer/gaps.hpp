/// Finding what is missing in a log that is being rebuilt. docs/formats/log-buffer.md, rebuilding.
#pragma once

#include "logbuffer/frame.hpp"
#include "logbuffer/log.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <cstdint>

namespace gale::logbuffer {

/// Bytes of one term that have not arrived; both ends are multiples of 32.
struct Gap {
    Position begin;
    Position end;
    [[nodiscard]] std::int64_t length() const noexcept { return end - begin; }
    bool operator==(const Gap&) const = default;
};

/// Calls `handler(gap)` for each gap in [from, to), in order, as long as it answers true. A gap never crosses the end
/// of a term: it is two then. `from` is where a frame begins, and `to - from` is at most three terms. Returns up to
/// where it has looked: `to` or, with frames that reach further, their end; else the end of the last gap that was
/// handed over.
///
/// Only whoever writes the log may ask: frames that come meanwhile could be seen in part.
template <class Handler> Position scan_gaps(const Log& log, Position from, Position to, Handler&& handler) noexcept {
    const std::int32_t term_length = log.term_length();
    Position at = from;
    while (at < to) {
        const std::byte* const term = log.term(log.geometry().partition(at));
        std::int32_t offset = log.geometry().offset(at);
        const Position term_begin = at - offset;
        const auto limit = static_cast<std::int32_t>(std::min<std::int64_t>(to - term_begin, term_length));
        while (offset < limit) {
            const std::int32_t length = frame_length_acquire(term + offset);
            if (length > 0) {
                // A length that reaches beyond the term was never checked: it is somebody's payload. Nothing here can
                // be told from it; take it for the end of the term.
                offset = wire::footprint(std::min(length, term_length - offset)) + offset;
                continue;
            }
            const std::int32_t begin = offset;
            while (offset < limit && frame_length_acquire(term + offset) == 0) offset += wire::frame_alignment;
            offset = std::max(offset, begin + wire::frame_alignment);  // a negative length is no frame of ours
            const Gap gap{term_begin + begin, term_begin + std::min(offset, limit)};
            if (!handler(gap)) return gap.end;
        }
        at = term_begin + offset;
    }
    return at;
}

}  // namespace gale::logbuffer

/// The list of what is missing of one image, in order of position.
#pragma once

#include "base/ensure.hpp"
#include "base/time.hpp"

#include <gale/types.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gale::driver::receiver {

/// Bytes of one term that are missing, and when to ask for them.
struct OpenGap {
    Position begin;
    Position end;
    Nanos due;                 ///< when to ask, or to ask again
    Nanos asked{};             ///< when it was asked for last
    std::int32_t times = 0;    ///< how often it was asked for
    bool is_measured = false;  ///< its repair began, and told the round trip
    std::int32_t echoes = 0;   ///< so often the last question is put again, without waiting for the answer
};

/// At most `capacity`, made once. Gaps do not overlap, and touch only where a term ends.
class OpenGaps {
public:
    explicit OpenGaps(std::size_t capacity) : capacity_{capacity} { gaps_.reserve(capacity); }

    [[nodiscard]] bool empty() const noexcept { return gaps_.empty(); }
    [[nodiscard]] bool full() const noexcept { return gaps_.size() >= capacity_; }
    [[nodiscard]] std::size_t size() const noexcept { return gaps_.size(); }
    [[nodiscard]] const OpenGap& front() const noexcept { return gaps_.front(); }
    [[nodiscard]] OpenGap& back() noexcept { return gaps_.back(); }
    [[nodiscard]] auto begin() noexcept { return gaps_.begin(); }
    [[nodiscard]] auto end() noexcept { return gaps_.end(); }

    /// Behind all others; there is room.
    void add(const OpenGap& gap) noexcept {
        ensure(!full(), "there is room for a gap");
        gaps_.push_back(gap);
    }
    /// Returns the gap behind it.
    std::vector<OpenGap>::iterator drop(std::vector<OpenGap>::iterator gap) noexcept { return gaps_.erase(gap); }

    /// What was missing in [begin, end) is there now. `repaired(gap)` is called for each gap before it changes. False
    /// when a gap would have to become two and there is no room: it and all behind it were dropped from the list then.
    template <class Repaired> bool close(Position begin, Position end, Repaired&& repaired) noexcept {
        auto gap = std::partition_point(gaps_.begin(), gaps_.end(),
                                        [begin](const OpenGap& open) { return open.end <= begin; });
        while (gap != gaps_.end() && gap->begin < end) {
            const OpenGap before = *gap;
            repaired(*gap);
            const bool front_left = gap->begin < begin;
            const bool back_left = gap->end > end;
            if (front_left && back_left) return split(gap, before, begin, end);
            if (front_left)
                (gap++)->end = begin;
            else if (back_left)
                (gap++)->begin = end;
            else
                gap = gaps_.erase(gap);
        }
        return true;
    }

private:
    /// What lies behind keeps its time: it may still be on its way.
    bool split(std::vector<OpenGap>::iterator gap, OpenGap back, Position begin, Position end) noexcept {
        if (full()) {
            gaps_.erase(gap, gaps_.end());
            return false;
        }
        back.begin = end;
        back.is_measured = gap->is_measured;
        gap->end = begin;
        gaps_.insert(gap + 1, back);
        return true;
    }

    std::size_t capacity_;
    std::vector<OpenGap> gaps_;
};

}  // namespace gale::driver::receiver

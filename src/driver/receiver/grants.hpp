/// How far status messages let a publication go, for finding out that it did not hear of the last ones.
#pragma once

#include <gale/types.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace gale::driver::receiver {

/// The last grants, each beyond the one before. Several in a row may be lost, so one to remember is not enough.
class Grants {
public:
    /// Before the first: the publication stands at `start`.
    explicit Grants(Position start) noexcept { grants_.fill(start); }
    /// True when it lets the publication go further than any before.
    bool add(Position to) noexcept {
        if (to <= grants_[newest_]) return false;
        newest_ = (newest_ + 1) % grants_.size();
        grants_[newest_] = to;
        return true;
    }
    /// Whether a publication that stands still at `position` stands where a grant before the last one ends: it would
    /// not begin a frame that crosses that, and frames have up to `mtu` bytes.
    [[nodiscard]] bool ends_before_last(Position position, std::int32_t mtu) const noexcept {
        return std::ranges::any_of(grants_, [&](Position grant) {
            return grant >= position && grant <= position + mtu && grant != grants_[newest_];
        });
    }

private:
    std::array<Position, 16> grants_{};
    std::size_t newest_ = 0;
};

}  // namespace gale::driver::receiver

/// How long a receiver waits before it asks for what is missing. docs/formats/receiving.md, NAK.
#pragma once

#include "base/random.hpp"
#include "base/time.hpp"

#include <cmath>
#include <cstdint>

namespace gale::driver::receiver {

/// For groups: a random time in [0, `longest`), most likely late, so that of about `group_size` receivers that lost the
/// same bytes mostly one asks, and the others see the repair before their time has come.
class GroupBackoff {
public:
    GroupBackoff(Nanos longest, std::int32_t group_size) noexcept
        : longest_ns_{static_cast<double>(longest.count())}, lambda_{std::log(std::max(group_size, 1)) + 1},
          scale_{std::exp(lambda_) - 1} {}
    [[nodiscard]] Nanos draw(Random& random) const noexcept {
        const double uniform = static_cast<double>(random.next() >> 11U) * 0x1p-53;
        return Nanos{static_cast<std::int64_t>(longest_ns_ / lambda_ * std::log1p(uniform * scale_))};
    }

private:
    double longest_ns_;
    double lambda_;
    double scale_;
};

}  // namespace gale::driver::receiver

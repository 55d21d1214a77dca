/// What strangers may cost a receiver. All is bounded; whoever is refused is counted, and may ask again later.
#pragma once

#include "base/time.hpp"
#include "wire/limits.hpp"

#include <algorithm>
#include <cstdint>

namespace gale::driver::receiver {

struct Limits {
    std::int32_t sessions_per_stream = INT32_MAX;
    std::int32_t sessions_per_endpoint = 1024;
    std::int32_t strangers_per_endpoint = 1024;  ///< sessions remembered that have no image
    std::int32_t setups_per_second = 500;        ///< images asked for by one endpoint
    std::int32_t replies_per_second = 1000;      ///< by one endpoint: elicitations of unknown sessions, echoes
    std::int32_t max_term_length = wire::max_term_length;
    Nanos stranger_timeout = std::chrono::seconds{10};  ///< how long a session that nobody wants is remembered
};

/// So many a second, and that many at once after a rest.
class Budget {
public:
    explicit Budget(std::int32_t per_second) noexcept : per_second_{per_second}, left_{per_second} {}
    [[nodiscard]] bool take(Nanos now) noexcept {
        if (left_ == 0) refill(now);
        if (left_ == 0) return false;
        if (left_ == per_second_) since_ = now;
        --left_;
        return true;
    }

private:
    void refill(Nanos now) noexcept {
        const std::int64_t span = std::min<std::int64_t>((now - since_).count(), second);
        const std::int64_t earned = span * per_second_ / second;
        if (earned <= 0) return;
        left_ = static_cast<std::int32_t>(earned);
        since_ = now;
    }
    static constexpr std::int64_t second = 1'000'000'000;
    std::int32_t per_second_;
    std::int32_t left_;
    Nanos since_{};
};

}  // namespace gale::driver::receiver

/// What the fragments of the pages take for granted: a publisher, a subscriber, and something to do with messages.
#pragma once

#include <gale/gale.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace gale::testing {

using namespace std::chrono_literals;

class SteppedClock final : public Clock {
public:
    [[nodiscard]] Tick tick() noexcept override { return {.now = now_, .wall = {}}; }
    void advance(Nanos by) noexcept { now_ += by; }

private:
    Nanos now_{};
};

inline void use(std::span<const std::byte>) {}
inline void show(std::string_view) {}

/// The fragments name its members and see this namespace.
struct Setting {
    Publisher& publication;
    Subscriber& subscription;
    std::span<const std::byte> bytes;
    std::span<const std::byte> payload;
    std::stop_token token;
    std::string dir;
    SteppedClock clock;
};

}  // namespace gale::testing

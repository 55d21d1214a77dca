/// What a thread does when its duty cycle found nothing: spin, yield, or rest until it is woken or the time is up.
#pragma once

#include "agent/rest.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace gale::agent {

/// How a back-off rests when nothing has happened for long. docs/adr/0002-idle-driver.md has the measurements.
///
/// A timer costs what the machine makes it cost: 3 us of processor time on bare metal, 30 us in a nested virtual
/// machine. Resting 1 ms at a time, as back-off does in Aeron, is then 0.3 % or 3 % of a core. So the default back-off
/// goes on growing its parks beyond 1 ms, up to `longest`, which it learns: what its wake-ups really cost, divided by
/// `share`. Clients that wake the driver never notice. One that does not (Aeron's own) waits for the end of a park, and
/// that is never more than a quarter of the silence before it: what follows a command closely is answered within a
/// millisecond on every machine, the first word after a silence within `longest`.
struct Thrift {
    static constexpr double share = 0.0025;  ///< of a core, for an idle thread's wake-ups
    static constexpr int patience = 4;       ///< a park is at most 1/patience of the silence
    static constexpr Nanos longest_limit = std::chrono::milliseconds{16};
    static constexpr int sample = 8;  ///< parks between two looks at the cost
};

struct Backoff {
    std::int64_t spins = 3;
    std::int64_t yields = 20;
    Nanos min_park = std::chrono::microseconds{1};
    Nanos max_park = std::chrono::milliseconds{1};
};

/// `<spins>-<yields>-<minPark>-<maxPark>`. Throws Error{invalid_argument}, which names `option`.
[[nodiscard]] Backoff parse_backoff(std::string_view text, std::string_view option);

enum class IdleKind : std::uint8_t { backoff, spin, yield, noop, sleeping };

/// A value with the memory of one thread's idleness; each thread has its own.
class IdleStrategy {
public:
    /// The default back-off, which is thrifty when its thread can be woken.
    IdleStrategy() noexcept = default;
    /// Exactly these steps, however long the silence.
    [[nodiscard]] static IdleStrategy backoff(Backoff steps) noexcept;
    [[nodiscard]] static IdleStrategy sleeping(Nanos duration) noexcept;
    [[nodiscard]] static IdleStrategy plain(IdleKind kind) noexcept;

    /// From an option's words: `backoff`, `spin`, `yield`, `noop`, `sleeping`, `sleep-ns`, `sleep-ms`, Aeron's long
    /// names
    /// (`aeron_idle_strategy_backoff`) and Java's class names, with or without package. `arguments` are those of
    /// docs/options.md, idle strategies; empty: the default. Throws Error{invalid_argument}: which option, what it was
    /// given, what it takes.
    [[nodiscard]] static IdleStrategy parse(std::string_view name, std::string_view arguments,
                                            std::string_view option = "idle strategy");

    /// After each duty cycle. `work` > 0: no rest, and patience starts anew.
    void idle(int work, Rest& rest) noexcept;

    [[nodiscard]] IdleKind kind() const noexcept { return kind_; }
    /// `backoff`, `spin`, `yield`, `noop` or `sleeping`.
    [[nodiscard]] std::string_view name() const noexcept;
    /// In the grammar of `parse`; empty for the default and where there are none.
    [[nodiscard]] std::string arguments() const;

private:
    void back_off(Rest& rest) noexcept;
    void park_thriftily(Rest& rest) noexcept;
    void start_anew() noexcept;

    IdleKind kind_ = IdleKind::backoff;
    Backoff steps_{};
    bool thrifty_ = true;
    Nanos sleep_{};

    std::int64_t idle_calls_ = 0;  // since there was work, parks not counted
    Nanos park_ = steps_.min_park;
    Nanos silence_{};  // parked since there was work
    Nanos longest_ = steps_.max_park;
    int sampled_parks_ = 0;
    Nanos sample_start_{};  // processor time
};

}  // namespace gale::agent

/// How a thread with nothing to do spends its time, and how it is called back to work.
///
/// The protocol that loses no wake-up. A producer first makes the work visible, then wakes the word's sleepers. The
/// sleeper tells the kernel what the word read when there was nothing to do; the kernel compares and lies down in one
/// step. So what matters is which value "nothing to do" stands for:
///
/// - A counter (`Doorbell::counter`) grows after the work was made visible. Its value is taken before the duty cycle
/// that
///   looks for work: work that came too late for the cycle has changed the counter since, and the sleeper stays up.
/// - A ring's tail (`Doorbell::tail`) grows before the record in it is committed. Taken before the cycle, it could
/// already
///   count a record that the cycle still found unfinished, and the wake that follows the commit could hit a thread that
///   has not lain down yet. Therefore the expected value is the consumer's own position, read after the cycle: equal
///   means empty. When they differ, somebody is between claim and commit or died there: the thread then rests
///   `unsettled_rest` at most.
#pragma once

#include "os/wake.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace gale::agent {

/// A word in memory that changes when there is work, and on which whoever changed it wakes us. See the protocol above.
class Doorbell {
public:
    /// `word` grows after the work can be seen.
    [[nodiscard]] static Doorbell counter(os::WakeWord word) { return Doorbell{word, {}}; }
    /// `word` is a ring's tail; `head` gives the low half of the consumer's position and runs on the resting thread.
    [[nodiscard]] static Doorbell tail(os::WakeWord word, std::function<std::uint32_t()> head) {
        return Doorbell{word, std::move(head)};
    }

private:
    friend class ThreadRest;
    Doorbell(os::WakeWord word, std::function<std::uint32_t()> head) : word_{word}, head_{std::move(head)} {}
    os::WakeWord word_;
    std::function<std::uint32_t()> head_;
};

/// What an idle strategy can do with a thread. A test records it, a thread does it.
class Rest {
public:
    virtual ~Rest() = default;
    virtual void spin() noexcept = 0;
    virtual void yield() noexcept = 0;
    /// Gives the processor away for `duration`, less when there is work or the thread is to stop.
    virtual void park(Nanos duration) noexcept = 0;
    /// Whether others can end a park; without it a long park is a long delay for everybody.
    [[nodiscard]] virtual bool can_be_woken() const noexcept = 0;
    /// Processor time that this thread has used so far.
    [[nodiscard]] virtual Nanos processor_time() const noexcept = 0;
    /// Before each duty cycle: work that comes from now on keeps the thread from lying down.
    virtual void begin_cycle() noexcept {}
    /// From any thread: ends a park. A thread that is only about to park may miss it: repeat until heard.
    virtual void wake() noexcept {}
};

/// The real thing, for the thread that owns it. Only `wake` may be called by others.
class ThreadRest final : public Rest {
public:
    /// The longest park while something is claimed and not committed; a lost wake-up costs no more than that.
    static constexpr Nanos unsettled_rest = std::chrono::milliseconds{1};

    /// Without a doorbell only `wake` ends a park early.
    explicit ThreadRest(std::optional<Doorbell> doorbell) : doorbell_{std::move(doorbell)} {}
    ThreadRest(const ThreadRest&) = delete;
    ThreadRest& operator=(const ThreadRest&) = delete;

    void begin_cycle() noexcept override;
    /// Without a doorbell never missed.
    void wake() noexcept override;

    void spin() noexcept override;
    void yield() noexcept override;
    void park(Nanos duration) noexcept override;
    [[nodiscard]] bool can_be_woken() const noexcept override { return doorbell_.has_value(); }
    [[nodiscard]] Nanos processor_time() const noexcept override;

private:
    std::optional<Doorbell> doorbell_;
    std::uint32_t own_ = 0;   // by atomic operations only: counts calls of wake
    std::uint32_t seen_ = 0;  // the resting thread's
};

}  // namespace gale::agent

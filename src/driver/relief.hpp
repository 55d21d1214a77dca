/// Sender and receiver with a thread each, one of which rests while there is little to do.
#pragma once

#include <gale/clock.hpp>
#include <gale/types.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

namespace gale::driver {

/// Where processors are fewer than threads, each thread more that looks for work takes time from the one that has some.
/// So in light traffic the sender's thread does the receiver's work, too, and the receiver's thread sleeps; it has its
/// work back as soon as either is much, or the sender's thread would rest for a millisecond.
/// docs/adr/0005-fewer-threads-than-agents.md.
///
/// The work changes hands by a word: `own`, set to `offered` by the sender's thread, to `relieved` by the receiver's,
/// which does not work from then on, and back to `own` by the sender's. Each touches the receiver only when the word
/// says that it may.
class Relief {
public:
    using Work = std::function<int(Tick)>;
    static constexpr int much_sent = 32 * 1024;  ///< of one cycle of sending, which returns bytes
    static constexpr int much_received = 16;     ///< of one cycle of receiving, which returns datagrams
    static constexpr Nanos first_patience =
        std::chrono::milliseconds{1};  ///< of light traffic, before the work is taken
    static constexpr Nanos last_patience = std::chrono::milliseconds{64};  ///< where it had to be given back soon

    /// Cycles of the two agents, called on whichever thread has the work.
    Relief(Work send, Work receive) : send_{std::move(send)}, receive_{std::move(receive)} {}
    Relief(const Relief&) = delete;
    Relief& operator=(const Relief&) = delete;

    // The sender's thread.
    int send(Tick tick);
    /// Before it rests for long: then it hears nothing.
    void give_back() noexcept;
    /// Before it naps: whether the receiver's work is here. It is not offered meanwhile.
    [[nodiscard]] bool has_all() noexcept;

    // The receiver's thread.
    int receive(Tick tick);
    [[nodiscard]] bool is_relieved() const noexcept { return state() == State::relieved; }
    /// Until the work is given back, somebody wakes it, or `longest` is over.
    void rest(Nanos longest) const noexcept;

    /// From any thread: ends a rest. Who only lies down just now may miss it: repeat until heard.
    void wake() const noexcept;

private:
    enum class State : std::uint32_t { own, offered, relieved };
    [[nodiscard]] State state() const noexcept;
    bool change(State from, State to) noexcept;
    int receive_here(Tick tick);
    void become_patient() noexcept;

    Work send_;
    Work receive_;
    alignas(64) std::uint32_t word_ = 0;  // by atomic operations only: a State
    Nanos received_at_{};                 // of whoever has the work
    bool was_relieved_ = false;           // the receiver's thread
    alignas(64) bool rested_ = true;      // the sender's thread, all that follow
    Nanos now_{};
    Nanos light_since_{};  // no long rest and not much to do
    Nanos taken_at_{};
    Nanos patience_ = first_patience;
};

}  // namespace gale::driver

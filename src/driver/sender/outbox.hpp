/// Events that wait until the conductor's mailbox has room for them.
#pragma once

#include "driver/sender/counters.hpp"
#include "driver/sender/messages.hpp"

#include <cstddef>
#include <deque>

namespace gale::driver::sender {

class Outbox {
public:
    /// How many notices wait at most: others cause them, so there may be any number.
    static constexpr std::size_t max_notices = 64;

    Outbox(Events& events, Counter& conductor_proxy_fails);
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// What was borrowed goes back, whatever happens; as often as there are objects.
    void give_back(Event&& event) noexcept;
    /// Dropped when the conductor has not looked for long.
    void notify(Event&& event) noexcept;
    /// Every duty cycle.
    void flush() noexcept {
        if (!waiting_.empty()) push_waiting();
    }

private:
    [[nodiscard]] bool push(Event& event) noexcept;
    void push_waiting() noexcept;

    Events& events_;
    Counter& fails_;
    std::deque<Event> waiting_;
};

}  // namespace gale::driver::sender

/// Events that wait until the conductor's mailbox has room for them.
#pragma once

#include "driver/sender/counters.hpp"
#include "driver/sender/messages.hpp"

#include <deque>

namespace gale::driver::sender {

class Outbox {
public:
    Outbox(Events& events, Counter& conductor_proxy_fails);
    ~Outbox();
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;

    /// What was borrowed goes back, and what was asked is answered, whatever happens; as often as there are objects and
    /// questions.
    void give_back(Event&& event) noexcept;
    /// False when the conductor has not looked for long: whoever it matters to says it again later. Others cause these,
    /// so there may be any number, and none is kept.
    [[nodiscard]] bool notify(Event&& event) noexcept { return push(event); }
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

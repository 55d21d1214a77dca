#include "driver/relief.hpp"

#include "os/wake.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace gale::driver {

Relief::State Relief::state() const noexcept {
    // acquire pairs with `change`: whoever has the work now sees what the other did with it
    return static_cast<State>(os::WakeWord{&word_}.value());
}

bool Relief::change(State from, State to) noexcept {
    auto expected = static_cast<std::uint32_t>(from);
    return std::atomic_ref<std::uint32_t>(word_).compare_exchange_strong(expected, static_cast<std::uint32_t>(to),
                                                                         std::memory_order_acq_rel);
}

int Relief::send(Tick tick) {
    const int sent = send_(tick);
    now_ = tick.now;
    const bool is_much = sent >= much_sent;
    const State before = state();
    if (before == State::relieved) {
        const int received = receive_here(tick);
        if (is_much || received >= much_received) give_back();
        return sent + received;
    }
    if (is_much || rested_) {
        give_back();
        rested_ = false;
        light_since_ = tick.now;
    } else if (before == State::own && tick.now - light_since_ >= patience_) {
        taken_at_ = tick.now;
        change(State::own, State::offered);
    }
    return sent;
}

// Work that was taken and given back in turns costs more than it saves.
void Relief::become_patient() noexcept {
    patience_ = now_ - taken_at_ >= last_patience ? first_patience : std::min(patience_ * 2, last_patience);
}

void Relief::give_back() noexcept {
    rested_ = true;
    if (state() == State::own || change(State::offered, State::own)) return;
    become_patient();
    change(State::relieved, State::own);
    wake();
}

bool Relief::has_all() noexcept {
    return state() == State::relieved || (state() == State::offered && !change(State::offered, State::own));
}

// Who took the time and then had to wait for a processor may come after who took it later.
int Relief::receive_here(Tick tick) {
    tick.now = received_at_ = std::max(received_at_, tick.now);
    return receive_(tick);
}

int Relief::receive(Tick tick) {
    const State before = state();
    if (before == State::own) {
        // That it has its work back is something: its idle strategy begins anew.
        const int returned = std::exchange(was_relieved_, false) ? 1 : 0;
        return receive_here(tick) + returned;
    }
    if (before == State::offered && change(State::offered, State::relieved)) was_relieved_ = true;
    return 0;
}

void Relief::rest(Nanos longest) const noexcept {
    os::WakeWord{&word_}.wait(static_cast<std::uint32_t>(State::relieved), longest);
}

void Relief::wake() const noexcept { os::WakeWord{&word_}.wake(); }

}  // namespace gale::driver

#include "driver/sender/outbox.hpp"

#include "driver/sender/endpoint.hpp"
#include "driver/sender/publication.hpp"

#include <utility>

namespace gale::driver::sender {

Outbox::Outbox(Events& events, Counter& conductor_proxy_fails) : events_{events}, fails_{conductor_proxy_fails} {}
Outbox::~Outbox() = default;

bool Outbox::push(Event& event) noexcept {
    if (waiting_.empty() && events_.try_push(std::move(event))) return true;
    add_shared(fails_);
    return false;
}

void Outbox::give_back(Event&& event) noexcept {
    if (!push(event)) waiting_.push_back(std::move(event));
}

void Outbox::push_waiting() noexcept {
    while (!waiting_.empty() && events_.try_push(std::move(waiting_.front()))) waiting_.pop_front();
}

}  // namespace gale::driver::sender

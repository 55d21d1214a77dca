#include "driver/sender/sender.hpp"

#include "base/ensure.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace gale::driver::sender {
namespace {

/// Takes the object out of its vector.
template <class T> std::unique_ptr<T> take(std::vector<std::unique_ptr<T>>& from, const T* object) noexcept {
    const auto found = std::ranges::find(from, object, &std::unique_ptr<T>::get);
    ensure(found != from.end(), "what the sender is told of was given to it");
    std::unique_ptr<T> taken = std::move(*found);
    from.erase(found);
    return taken;
}

}  // namespace

Sender::Sender(const SenderSpec& spec, Commands& commands, Events& events, net::Poller& poller,
               const SystemCounters& counters)
    : spec_{spec}, commands_{commands}, poller_{poller},
      tools_{counters, {events, counters.conductor_proxy_fails}, spec.realtime} {}
Sender::~Sender() {
    for (const auto& endpoint : endpoints_) poller_.remove(endpoint->heard());
}

int Sender::do_work(Tick tick) noexcept {
    now_ = tick.now;
    tools_.outbox.flush();
    int work = commands_.drain(
        [this](Command&& command) {
            std::visit([this](auto&& one) { handle(std::forward<decltype(one)>(one)); }, std::move(command));
        },
        command_limit);
    tools_.pushed_back = false;
    const std::int64_t sent = send_publications(now_);
    if (sent == 0 || tools_.pushed_back || ++cycles_ >= spec_.poll_ratio || now_ >= next_poll_)
        work += poll_control(now_);
    if (now_ >= next_upkeep_) upkeep(now_);
    constexpr std::int64_t most = std::numeric_limits<int>::max() / 2;
    return work + static_cast<int>(std::min(sent, most));
}

std::int64_t Sender::send_publications(Nanos now) noexcept {
    const std::size_t count = publications_.size();
    if (count == 0) return 0;
    std::int64_t sent = 0;
    if (++first_ >= count) first_ = 0;  // each cycle another one begins
    for (std::size_t i = first_; i < count; ++i) sent += publications_[i]->send(now, tools_);
    for (std::size_t i = 0; i < first_; ++i) sent += publications_[i]->send(now, tools_);
    return sent;
}

int Sender::poll_control(Nanos now) noexcept {
    cycles_ = 0;
    next_poll_ = now + spec_.poll_interval;
    int heard = 0;
    poller_.ready([&](net::Transport& transport) {
        for (const auto& endpoint : endpoints_)
            if (&endpoint->heard() == &transport) heard += endpoint->poll(control_limit, now, tools_);
    });
    return heard;
}

void Sender::upkeep(Nanos now) noexcept {
    next_upkeep_ = now + upkeep_interval;
    for (const auto& endpoint : endpoints_) endpoint->expire_destinations(now);
    if (spec_.stale_check_interval == Nanos{} || now < next_stale_check_) return;
    next_stale_check_ = now + spec_.stale_check_interval;
    for (const auto& endpoint : endpoints_) endpoint->find_stale(now, tools_);
}

// --- commands

void Sender::handle(AddEndpoint&& command) {
    poller_.add(command.endpoint->heard());
    endpoints_.push_back(std::move(command.endpoint));
}

void Sender::handle(const RemoveEndpoint& command) {
    std::unique_ptr<Endpoint> endpoint = take(endpoints_, command.endpoint);
    ensure(!endpoint->has_publications(), "an endpoint goes after its publications");
    poller_.remove(endpoint->heard());
    tools_.outbox.give_back(EndpointReleased{std::move(endpoint)});
}

void Sender::handle(AddPublication&& command) {
    command.endpoint->add(*command.publication);
    publications_.push_back(std::move(command.publication));
}

void Sender::handle(const RemovePublication& command) {
    std::unique_ptr<Publication> publication = take(publications_, command.publication);
    publication->endpoint()->remove(*publication);
    tools_.outbox.give_back(PublicationReleased{std::move(publication)});
}

void Sender::handle(const StopPublication& command) { command.publication->stop(command.end); }

void Sender::handle(const AddDestination& command) {
    command.endpoint->add_destination(command.registration_id, command.address, now_);
}

void Sender::handle(const RemoveDestination& command) {
    command.endpoint->remove_destination(command.registration_id, command.address);
}

void Sender::handle(const AddSpy& command) { command.publication->add_spy(command.counter, *command.position); }

void Sender::handle(const RemoveSpy& command) { command.publication->remove_spy(command.counter); }

void Sender::handle(const MoveEndpoint& command) {
    command.endpoint->move(command.destination, command.address, now_, tools_);
}

}  // namespace gale::driver::sender

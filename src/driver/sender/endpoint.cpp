#include "driver/sender/endpoint.hpp"

#include "driver/sender/publication.hpp"

#include <algorithm>

namespace gale::driver::sender {
namespace {

constexpr Nanos failure_interval = std::chrono::seconds{1};

}  // namespace

Endpoint::Endpoint(const EndpointSpec& spec, std::unique_ptr<net::Transport> data,
                   std::unique_ptr<net::Transport> control)
    : spec_{spec}, data_{std::move(data)}, control_{std::move(control)},
      news_{TokenBucket::smooth(spec.news_per_second)} {
    if (spec.kind == EndpointKind::manual)
        destinations_.emplace(Destinations::Spec{.kind = Destinations::Kind::manual});
    else if (spec.kind == EndpointKind::dynamic)
        destinations_.emplace(Destinations::Spec{.kind = Destinations::Kind::dynamic,
                                                 .capacity = spec.max_destinations,
                                                 .setups_per_second = spec.setups_per_second});
}
Endpoint::~Endpoint() = default;

void Endpoint::add(Publication& publication) {
    streams_.push_back({publication.spec().stream_id, publication.spec().session_id, &publication});
    publication.attach(*this);
}

void Endpoint::remove(Publication& publication) noexcept {
    std::erase_if(streams_, [&](const Stream& stream) { return stream.publication == &publication; });
}

Publication* Endpoint::find(StreamId stream, SessionId session) const noexcept {
    for (const Stream& candidate : streams_)
        if (candidate.session_id == session && candidate.stream_id == stream) return candidate.publication;
    return nullptr;
}

void Endpoint::add_destination(std::int64_t registration_id, std::optional<net::SocketAddress> address, Nanos now) {
    if (spec_.kind != EndpointKind::manual) return;
    destinations_->add(registration_id, address, now);
    show_destinations();
}

void Endpoint::remove_destination(std::optional<std::int64_t> registration_id,
                                  const std::optional<net::SocketAddress>& address) noexcept {
    if (spec_.kind != EndpointKind::manual) return;
    destinations_->remove(registration_id, address);
    show_destinations();
}

void Endpoint::move(std::optional<std::int64_t> destination, const net::SocketAddress& address, Nanos now,
                    Tools& tools) noexcept {
    if (destination && destinations_) destinations_->move(*destination, address);
    if (destination) return;
    heard_ = now;
    EndpointMoved moved{.endpoint = this, .address = address};
    if (spec_.remote) {
        spec_.remote = address;
    } else if (spec_.has_name) {
        moved.done = data_->reconnect(address);
        if (!moved.done) moved.error = data_->take_error();
    }
    tools.outbox.give_back(moved);  // an answer: as many as there were questions
}

void Endpoint::show_destinations() noexcept {
    if (spec_.destination_count == nullptr) return;
    const auto count = static_cast<std::int64_t>(destinations_->count());
    if (spec_.destination_count->load_relaxed() != count) spec_.destination_count->store_release(count);
}

void Endpoint::count_refused(Tools& tools) noexcept {
    if (const std::int64_t refused = destinations_->take_refused(); refused > 0)
        add_own(tools.counters.destinations_refused, refused);
    if (const std::int64_t withheld = destinations_->take_withheld(); withheld > 0)
        add_shared(tools.counters.replies_withheld, withheld);
}

bool Endpoint::may_pass_on(Nanos now, Tools& tools) noexcept {
    if (news_.available(now) <= 0) {
        add_own(tools.counters.news_withheld);
        return false;
    }
    news_.take(1);
    return true;
}

int Endpoint::send(std::span<const net::Datagram> batch, Audience audience, const net::SocketAddress* to, Nanos now,
                   Tools& tools) noexcept {
    int accepted = 0;
    if (destinations_) {
        accepted = destinations_->send(*data_, batch, audience, now, [&](int error) { failed(error, now, tools); });
        if (audience != Audience::confirmed) count_refused(tools);
    } else if (spec_.kind != EndpointKind::response || to != nullptr) {
        accepted = data_->send(batch, to != nullptr ? to : spec_.remote ? &*spec_.remote : nullptr);
        if (accepted < static_cast<int>(batch.size()))
            if (const int error = data_->take_error(); error != 0) failed(error, now, tools);
    }
    if (accepted < static_cast<int>(batch.size())) push_back(tools);
    return accepted;
}

std::int64_t Endpoint::copies_for(std::int64_t asker) const noexcept {
    if (!destinations_) return 1;
    if (asker == Retransmits::everybody) return destinations_->confirmed_count();
    return destinations_->has(asker) ? 1 : 0;
}

int Endpoint::send_to(std::int64_t destination, std::span<const net::Datagram> batch, Nanos now,
                      Tools& tools) noexcept {
    const int accepted =
        destinations_->send_to(destination, *data_, batch, [&](int error) { failed(error, now, tools); });
    if (accepted < static_cast<int>(batch.size())) push_back(tools);
    return accepted;
}

void Endpoint::push_back(Tools& tools) noexcept {
    add_shared(tools.counters.short_sends);
    tools.pushed_back = true;
}

void Endpoint::failed(int error, Nanos now, Tools& tools) noexcept {
    if (next_failure_ && now < *next_failure_) return;
    if (tools.outbox.notify(TransportFailed{this, error})) next_failure_ = now + failure_interval;
}

void Endpoint::expire_destinations(Nanos now) noexcept {
    if (!destinations_) return;
    destinations_->expire(now);
    show_destinations();
}

void Endpoint::find_stale(Nanos now, Tools& tools) noexcept {
    if (destinations_)
        destinations_->for_each_stale(now, [&](std::int64_t registration) {
            return tools.outbox.notify(AddressStale{this, registration});
        });
    if (!spec_.has_name || streams_.empty()) return;
    if (!heard_) heard_ = now;
    if (now <= *heard_ + Destinations::stale_after) return;
    if (tools.outbox.notify(AddressStale{this, std::nullopt})) heard_ = now;  // not again so soon
}

}  // namespace gale::driver::sender

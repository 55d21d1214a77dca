#include "driver/receiver/image.hpp"

#include "wire/limits.hpp"

namespace gale::driver::receiver {

namespace {

/// Where nothing is asked for there is nobody to wait for.
NakSettings nak_settings(const ImageSettings& settings) noexcept {
    NakSettings nak = settings.nak;
    if (!settings.is_reliable) {
        nak.delay = Nanos{0};
        nak.is_group = false;
    }
    return nak;
}

}  // namespace

Image::Image(const ImageSettings& settings, const logbuffer::Log& log, std::unique_ptr<CongestionControl> congestion,
             const ImageCounters& counters, ImageShared& shared)
    : settings_{settings}, log_{log}, congestion_{std::move(congestion)}, counters_{counters}, shared_{shared},
      recovery_{log, settings.join_position, nak_settings(settings), settings.seed}, consumed_{settings.join_position},
      scheduled_{settings.join_position}, grants_{settings.join_position}, window_{congestion_->initial_window()},
      reach_{log.term_length() / 2} {
    shared_.consumed.store_release(consumed_.value);
    shared_.window.store_release(window_);
    connections_.reserve(4);
    subscribers_.reserve(16);
}

void Image::join(Endpoint& endpoint, std::int64_t receiver_id, std::optional<std::int64_t> group_tag,
                 const Counters& counters, Nanos now) noexcept {
    endpoint_ = &endpoint;
    receiver_id_ = receiver_id;
    group_tag_ = group_tag;
    driver_ = &counters;
    last_packet_ = now;
    for (Connection& connection : connections_) {
        if (connection.destination != settings_.destination) continue;
        connection.source = settings_.source;
        connection.is_known = true;
        connection.last_activity = now;
    }
}

void Image::add_destination(Destination& destination) noexcept {
    connections_.push_back({.destination = &destination, .source = {}});
}
void Image::remove_destination(const Destination& destination) noexcept {
    std::erase_if(connections_, [&](const Connection& each) { return each.destination == &destination; });
}

void Image::add_subscriber(CounterId counter, shm::Cell<std::int64_t>& position) noexcept {
    subscribers_.push_back({counter, &position, Position{0}});
}
void Image::remove_subscriber(CounterId counter) noexcept {
    std::erase_if(subscribers_, [&](const Subscriber& each) { return each.counter == counter; });
}

void Image::begin_end_of_stream() noexcept {
    sends_end_of_stream_ = true;
    status_is_due_ = true;
}

void Image::reject(std::string reason) noexcept {
    reason.resize(std::min<std::size_t>(reason.size(), wire::max_error_text_length));
    rejection_ = std::move(reason);
    status_deadline_ = {};
}

void Image::set_response_session(std::optional<SessionId> session) noexcept {
    response_session_ = session;
    if (session) status_deadline_ = {};
}

int Image::work(Nanos now) noexcept {
    follow_subscribers();
    follow_congestion(now);
    look_for_end(now);
    if (endpoint_ == nullptr || silent_) {
        publish_positions();
        return 0;
    }
    int sent = send_status_when_due(now);
    sent += repair(now);
    sent += measure_when_due(now);
    publish_positions();
    return sent;
}

void Image::publish_positions() noexcept {
    const auto show = [](shm::Cell<std::int64_t>& counter, Position position) {
        if (counter.load_relaxed() != position.value) counter.store_release(position.value);
    };
    show(counters_.receiver_position, recovery_.rebuilt());
    show(counters_.high_water_mark, recovery_.high_water());
}

// What clients write is believed as far as it can be true: forward, and not beyond what there is to read.
void Image::follow_subscribers() noexcept {
    if (subscribers_.empty()) return;
    Position lowest = recovery_.rebuilt();
    for (Subscriber& subscriber : subscribers_) {
        const Position told{subscriber.cell->load_acquire() & -std::int64_t{wire::frame_alignment}};  // the client
        if (told > subscriber.position) subscriber.position = std::min(told, recovery_.rebuilt());
        lowest = std::min(lowest, subscriber.position);
    }
    if (lowest <= consumed_) return;
    consumed_ = lowest;
    shared_.consumed.store_release(consumed_.value);  // pairs with the conductor's load: subscribers are past it
}

void Image::follow_congestion(Nanos now) noexcept {
    const RoundTrip& round_trip = recovery_.round_trip();
    const Window window = congestion_->on_progress({
        .now = now,
        .consumed = consumed_,
        .scheduled = scheduled_,
        .high_water = recovery_.high_water(),
        .arrived = std::exchange(arrived_, 0),
        .new_loss = recovery_.take_new_loss(),
        .over_run = std::exchange(over_run_, false),
        .shortest_round_trip = round_trip.known() ? round_trip.shortest() : Nanos{0},
    });
    if (window.length != window_) shared_.window.store_release(window.length);
    window_ = window.length;
    if (window.send_now) status_is_due_ = true;
}

void Image::look_for_end(Nanos now) noexcept {
    if (end_) return;
    if (may_have_ended_) find_end_of_stream(now);
    if (revoked_)
        end(ImageEnd::revoked);
    else if (end_of_stream_ && recovery_.rebuilt() >= std::max(recovery_.high_water(), end_position_))
        end(ImageEnd::end_of_stream);
    else if (now > last_packet_ + settings_.liveness_timeout)
        end(ImageEnd::silent);
}

void Image::end(ImageEnd how) noexcept {
    end_ = how;
    begin_end_of_stream();
}

}  // namespace gale::driver::receiver

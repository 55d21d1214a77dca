#include "driver/receiver/image.hpp"

#include <array>

namespace gale::driver::receiver {

namespace {

constexpr Nanos connection_timeout = std::chrono::seconds{5};
constexpr Nanos guessed_round_trip = std::chrono::milliseconds{10};
constexpr Nanos longest_patience = std::chrono::seconds{1};
constexpr int naks_per_cycle = 32;
// Of a wide window a quarter is much: what comes back only then goes out again in one burst, and waits in every queue.
constexpr std::int32_t longest_step = 512 * 1024;

}  // namespace

template <class Send> int Image::to_all(Nanos now, bool also_silent, Send&& send) noexcept {
    int sent = 0;
    for (Connection& connection : connections_) {
        if (!connection.control()) continue;
        if (!also_silent && now >= connection.last_activity + connection_timeout) continue;
        if (!connection.is_known && !also_silent) continue;
        if (send(*connection.destination, *connection.control())) ++sent;
    }
    return sent;
}

std::int32_t Image::window_to_send() const noexcept {
    const std::int64_t writable = shared_.writable_to.load_acquire() - consumed_.value;  // pairs with the conductor's
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(writable, 0, window_));
}

int Image::send_status_when_due(Nanos now) noexcept {
    const bool timed_out = now >= status_deadline_;
    if (rejection_) return timed_out ? send_error(now) : 0;
    const std::int32_t window = window_to_send();
    const std::int32_t step = std::min(window_ / 4, longest_step);
    const bool grown = window > said_window_ && (window == window_ || window >= said_window_ + step);
    const bool shrunk = window_ < said_window_;
    const bool consumed = consumed_ > scheduled_ + step;
    const bool is_news = timed_out || status_is_due_ || grown || shrunk || consumed;
    if (!is_news && !is_unheard(now)) return 0;
    // Said again it begins no patience anew, but where it grants more.
    if (is_news && consumed_ > scheduled_) begin_patience();
    return send_status(now, window, timed_out);
}

void Image::begin_patience() noexcept {
    const RoundTrip& round_trip = recovery_.round_trip();
    unheard_patience_ = round_trip.known() ? std::max(round_trip.timeout(), Nanos{1'000'000}) : guessed_round_trip;
}

// A publication that stands where an earlier status message let it go may not have had the last ones.
bool Image::is_unheard(Nanos now) noexcept {
    if (unheard_patience_ >= settings_.status_interval) return false;
    if (now < std::max(last_data_, last_status_) + unheard_patience_) return false;
    if (!grants_.ends_before_last(recovery_.high_water(), log_.mtu_length())) return false;
    unheard_patience_ *= 2;
    return true;
}

int Image::send_status(Nanos now, std::int32_t window, bool timed_out) noexcept {
    if (timed_out && response_session_) {
        wire::ResponseSetup setup{.session_id = session_id(), .stream_id = stream_id()};
        setup.response_session_id = *response_session_;
        std::array<std::byte, sizeof setup> bytes;
        const auto frame = wire::put(bytes, setup);
        to_all(now, false, [&](Destination& to, const auto& address) { return to.send(frame, address, *driver_); });
    }
    const logbuffer::Place place = log_.geometry().place(consumed_);
    wire::StatusMessage status{.session_id = session_id(), .stream_id = stream_id()};
    if (sends_end_of_stream_) status.common.flags = wire::StatusMessage::end_of_stream;
    status.term_id = place.term_id;
    status.term_offset = place.offset;
    status.window = window;
    status.receiver_id = receiver_id_;
    std::array<std::byte, wire::max_status_message_length> bytes;
    const auto frame = wire::put(bytes, status, group_tag_);
    const int sent =
        to_all(now, false, [&](Destination& to, const auto& address) { return to.send(frame, address, *driver_); });
    add(driver_->status_messages_sent, sent);

    if (grants_.add(consumed_ + window)) begin_patience();
    scheduled_ = consumed_;
    said_window_ = window;
    last_status_ = now;
    status_is_due_ = false;
    status_deadline_ = now + settings_.status_interval;
    count_transports(now);
    return sent;
}

void Image::say_last_word(Nanos now) noexcept {
    const bool is_heard = endpoint_ != nullptr && !silent_ && !rejection_;
    if (is_heard && sends_end_of_stream_ && status_is_due_) send_status(now, window_to_send(), false);
}

int Image::send_error(Nanos now) noexcept {
    wire::ErrorFrame error{.session_id = session_id(), .stream_id = stream_id()};
    error.receiver_id = receiver_id_;
    if (group_tag_) {
        error.common.flags = wire::ErrorFrame::tagged;
        error.group_tag = *group_tag_;
    }
    error.code = image_rejected;
    std::array<std::byte, wire::max_error_frame_length> bytes;
    const auto frame = wire::put(bytes, error, *rejection_);
    const int sent =
        to_all(now, true, [&](Destination& to, const auto& address) { return to.send(frame, address, *driver_); });
    add(driver_->error_frames_sent, sent);
    status_deadline_ = now + settings_.status_interval;
    return sent;
}

int Image::repair(Nanos now) noexcept {
    if (now < recovery_.due() || revoked_ || rejection_) return 0;
    if (settings_.is_reliable) return send_naks(now);
    const int filled = recovery_.fill(now);
    add(driver_->loss_gap_fills, filled);
    return filled;
}

int Image::send_naks(Nanos now) noexcept {
    std::array<wire::Nak, naks_per_cycle> naks;
    std::array<net::Datagram, naks_per_cycle> datagrams;
    std::size_t count = 0;
    recovery_.ask(now, naks_per_cycle, [&](const logbuffer::Gap& gap) {
        const logbuffer::Place place = log_.geometry().place(gap.begin);
        wire::Nak& nak = naks[count];
        nak = {.session_id = session_id(), .stream_id = stream_id()};
        nak.term_id = place.term_id;
        nak.term_offset = place.offset;
        nak.length = static_cast<std::int32_t>(gap.length());
        datagrams[count] = {std::as_bytes(std::span{&nak, 1})};
        ++count;
    });
    if (count == 0) return 0;
    const int connections = to_all(now, false, [&](Destination& to, const auto& address) {
        return to.send(std::span{datagrams.data(), count}, address, *driver_);
    });
    const auto sent = static_cast<int>(count) * connections;
    add(driver_->naks_sent, sent);
    add(counters_.naks_sent, sent);
    return sent;
}

int Image::measure_when_due(Nanos now) noexcept {
    const bool wanted = congestion_->takes_measurement(now);
    if ((!wanted && now < next_measurement_) || rejection_) return 0;
    const bool known = recovery_.round_trip().known();
    measurement_patience_ = std::clamp(measurement_patience_ * 2, guessed_round_trip, longest_patience);
    next_measurement_ = now + (known ? known_measurement_interval(settings_.nak.is_group) : measurement_patience_);
    wire::RttMeasurement question{.session_id = session_id(), .stream_id = stream_id()};
    question.common.flags = wire::RttMeasurement::reply_wanted;
    if (congestion_->wants_long_windows())
        question.common.flags = wire::RttMeasurement::reply_wanted | wire::RttMeasurement::long_windows;
    question.echo_timestamp_ns = now.count();
    question.reception_delta_ns = 0;
    question.receiver_id = receiver_id_;
    std::array<std::byte, sizeof question> bytes;
    const auto frame = wire::put(bytes, question);
    return to_all(now, false, [&](Destination& to, const auto& address) { return to.send(frame, address, *driver_); });
}

void Image::count_transports(Nanos now) noexcept {
    std::int32_t active = 0;
    for (const Connection& connection : connections_)
        if (connection.is_known && now < connection.last_frame + settings_.liveness_timeout) ++active;
    shm::Cell<std::int32_t>& count = log_.metadata().active_transport_count;
    if (count.load_relaxed() != active) count.store_release(active);
}

}  // namespace gale::driver::receiver

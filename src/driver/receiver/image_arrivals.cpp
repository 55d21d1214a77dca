#include "driver/receiver/image.hpp"
#include "logbuffer/rebuild.hpp"

namespace gale::driver::receiver {

std::optional<Image::Span> Image::place(const wire::DataHeader& header, std::int32_t covered) const noexcept {
    const logbuffer::Geometry& geometry = log_.geometry();
    if (logbuffer::terms_between(geometry.initial_term_id(), header.term_id) < 0) return std::nullopt;
    const Position begin = geometry.position({header.term_id, header.term_offset});
    return Span{begin, begin + covered};
}

void Image::on_data(const wire::DataFrames& frames, Destination& destination, const net::SocketAddress& source,
                    Nanos now, const Stamp& stamp) noexcept {
    if (rejection_) return;
    if (!frames.fits(log_.term_length())) return add(driver_->invalid_packets);
    const auto span = place(frames.first(), frames.covered());
    if (!span) return;
    // What a padding frame stands for needs no room in the window: at most window terms it would be dropped each time.
    const Position last_byte = span->begin + static_cast<std::int64_t>(frames.bytes().size());
    if (last_byte > scheduled_ + reach_ ||
        span->end.value > shared_.writable_to.load_acquire()) {  // pairs with the conductor's store: it is zero there
        over_run_ = over_run_ || span->end <= scheduled_ + log_.term_length();
        return add(driver_->over_runs);
    }
    Connection& connection = this->connection(destination, source);
    if (span->begin < scheduled_) {
        if (span->end >= scheduled_ - congestion_->max_window()) connection.last_activity = now;
        return add(driver_->under_runs);
    }
    touch(connection, now);
    last_data_ = now;
    insert(frames, *span, now, stamp);
}

void Image::insert(const wire::DataFrames& frames, Span span, Nanos now, const Stamp& stamp) noexcept {
    if (span.end <= recovery_.rebuilt()) return;
    // Where gaps are given up, also what only begins there: the frame that it begins with may have been given up for
    // padding that ends within it, and nobody must find its middle behind that.
    if (!settings_.is_reliable && span.begin < recovery_.rebuilt()) return;
    const logbuffer::Geometry& geometry = log_.geometry();
    std::byte* const term = log_.term(geometry.partition(span.begin));
    const std::int32_t offset = geometry.offset(span.begin);
    if (span.begin >= recovery_.high_water()) {
        if (stamp.places.any())
            logbuffer::append_frames(term, offset, frames.bytes(), stamp);
        else
            logbuffer::append_frames(term, offset, frames.bytes());
    } else if (!logbuffer::insert_frames(term, offset, frames.bytes(), stamp)) {
        return;
    }
    arrived_ += span.end - span.begin;
    recovery_.on_data(span.begin, span.end, now);
}

void Image::on_heartbeat(const wire::DataHeader& heartbeat, Destination& destination, const net::SocketAddress& source,
                         Nanos now) noexcept {
    if (rejection_) return;
    if (!wire::is_term_offset(heartbeat.term_offset, log_.term_length())) return add(driver_->invalid_packets);
    const auto span = place(heartbeat, 0);
    if (!span) return;
    // It may stand behind padding that reaches beyond the window: without it a lost tail would never be asked for.
    if (span->begin > scheduled_ + log_.term_length()) return add(driver_->over_runs);
    if (span->begin < std::max(Position{0}, scheduled_ - log_.term_length())) return add(driver_->under_runs);
    Connection& connection = this->connection(destination, source);
    touch(connection, now);
    add(driver_->heartbeats_received);
    // The tail of a burst that was lost shows here; it is asked for as far as it may be written.
    const Position writable{shared_.writable_to.load_acquire()};  // pairs with the conductor's store
    recovery_.on_high_water(span->begin, writable, now);
    if (!heartbeat.common.has(wire::flags::end_of_stream) || end_of_stream_) return;
    connection.has_ended = true;
    connection.was_revoked = heartbeat.common.has(wire::flags::revoked);
    connection.end_of_stream = span->begin;
    may_have_ended_ = true;
    find_end_of_stream(now);
}

/// Each way says that it is over. Those are not asked from which nothing came for as long as an image is believed in.
void Image::find_end_of_stream(Nanos now) noexcept {
    Position last{};
    bool is_said = false;
    bool was_revoked = false;
    for (const Connection& connection : connections_) {
        if (!connection.is_known) continue;
        if (connection.has_ended) {
            is_said = true;
            last = std::max(last, connection.end_of_stream);
            was_revoked = was_revoked || connection.was_revoked;
        } else if (now <= connection.last_activity + settings_.liveness_timeout) {
            return;
        }
    }
    may_have_ended_ = false;
    if (!is_said) return;  // the way that said so was taken away
    end_of_stream_ = true;
    end_position_ = last;
    logbuffer::LogMetadata& metadata = log_.metadata();
    if (was_revoked) {
        revoked_ = true;
        metadata.is_publication_revoked.store_release(1);
        add(driver_->images_revoked);
    }
    metadata.end_of_stream_position.store_release(last.value);
}

void Image::on_setup(Destination& destination, const net::SocketAddress& source, Nanos now) noexcept {
    connection(destination, source).last_activity = now;
}

void Image::on_round_trip(Nanos now, Nanos round_trip, bool long_windows) noexcept {
    recovery_.on_round_trip(now, round_trip);
    congestion_->on_round_trip(now, round_trip);
    set_long_windows(long_windows && has_one_source());
    next_measurement_ = now + known_measurement_interval(settings_.nak.is_group);
}

Image::Connection& Image::connection(Destination& destination, const net::SocketAddress& source) noexcept {
    for (Connection& connection : connections_) {
        if (connection.destination != &destination) continue;
        if (!connection.source) connection.source = source;
        if (!connection.is_known) {
            connection.is_known = true;
            if (!has_one_source()) set_long_windows(false);  // nobody knows what the other takes
        }
        return connection;
    }
    add_destination(destination);  // not reached: an image knows its endpoint's destinations
    connections_.back().source = source;
    return connections_.back();
}

// Padding may reach beyond a window, by the frames of at most a message: so far a term still holds both.
void Image::set_long_windows(bool allowed) noexcept {
    const std::int32_t term = log_.term_length();
    const logbuffer::Framing framing{log_.mtu_length() - wire::frame_header_length};
    const std::int32_t padding = framing.framed_length(logbuffer::max_message_length(term));
    const std::int32_t longest = allowed ? std::max(term - padding, term / 2) : term / 2;
    if (!congestion_->wants_long_windows() || congestion_->max_window() == longest) return;
    congestion_->set_longest_window(longest);
    reach_ = std::max(reach_, longest);  // what was granted before may still come
}

bool Image::has_one_source() const noexcept {
    return std::ranges::count_if(connections_, [](const Connection& each) { return each.is_known; }) <= 1;
}

void Image::touch(Connection& connection, Nanos now) noexcept {
    connection.last_activity = now;
    connection.last_frame = now;
    last_packet_ = now;
}

}  // namespace gale::driver::receiver

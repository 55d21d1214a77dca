#include "driver/sender/publication.hpp"

#include "driver/sender/endpoint.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

namespace gale::driver::sender {
namespace {

constexpr std::int64_t max_batch_bytes = 256 * 1024;
constexpr Nanos at_once{std::numeric_limits<std::int64_t>::min()};

// A limit that moves with every datagram costs publishers a cache miss each time they look.
constexpr std::int64_t limit_steps = 16;

}  // namespace

Publication::Publication(const PublicationSpec& spec, const logbuffer::Log& log, const PublicationCounters& counters,
                         std::shared_ptr<PublicationShared> shared)
    : spec_{spec}, log_{log}, counters_{counters}, shared_{std::move(shared)},
      flow_control_{make_flow_control(spec.flow_control)}, retransmits_{spec.retransmit},
      rtt_answers_{TokenBucket::smooth(spec.replies_per_second)}, receivers_{spec.flow_control.max_receivers},
      position_{spec.start}, sender_limit_{spec.start}, publisher_limit_{spec.start},
      highest_publisher_limit_{spec.start}, next_response_{at_once}, next_setup_{at_once}, next_heartbeat_{at_once},
      probe_{std::size(tail_probes)} {
    shared_->sender_position.store(position_.value, std::memory_order_relaxed);
}

void Publication::stop(Position end) noexcept {
    end_ = end;
    set_publisher_limit(end);
    refresh_connected();
    if (log_.metadata().is_publication_revoked.load_acquire() != 0) next_heartbeat_ = at_once;
}

void Publication::add_spy(CounterId counter, shm::Cell<std::int64_t>& position) {
    spies_.add(counter, position);
    refresh_connected();
}

void Publication::remove_spy(CounterId counter) noexcept {
    spies_.remove(counter);
    refresh_connected();
}

std::int64_t Publication::send(Nanos now, Tools& tools) noexcept {
    if ((!heard_status_ || setup_wanted_ || announce_) && now >= next_setup_ && may_be_joined()) send_setup(now, tools);
    if (owes_connected_) [[unlikely]]
        tell_connected(now, tools);
    if (!retransmits_.is_idle()) send_retransmits(now, tools);
    std::int64_t sent = 0;
    if (simulates_connection()) {
        follow_spies(now);
    } else {
        sent = send_data(now, tools);
    }
    if (sent == 0) {
        idle(now);
        if (heard_status_ && now >= next_heartbeat_) sent = send_heartbeat(now, tools);
    }
    move_publisher_limit();
    return sent;
}

std::int64_t Publication::send_data(Nanos now, Tools& tools) noexcept {
    const std::int64_t budget = pacer_.budget(now);
    if (budget < Pacer::least && producer_position() - position_ > budget) return 0;
    Batch& batch = tools.batch;
    batch.clear();
    const CutStop stop = cut(log_, position_,
                             {.mtu = log_.mtu_length(),
                              .window_end = sender_limit_,
                              .max_datagrams = batch_size_.now(),
                              .max_bytes = std::min(max_batch_bytes, budget)},
                             batch);
    if (stop == CutStop::window) count_blocked(tools);
    if (batch.count() == 0) {
        batch_size_.after(stop, 0);
        return 0;
    }
    if (spec_.send_timestamp) stamp(batch, tools);
    const int accepted = send_batch(batch, now, tools);
    batch_size_.after(stop, accepted);
    if (accepted == 0) return 0;
    // What was accepted is gone, even if the rest was not: it is never sent twice.
    set_position(batch.end_of(accepted));
    may_count_blocked_ = true;
    probe_ = 0;
    next_heartbeat_ = now + tail_probes[0];
    const std::int64_t bytes = batch.bytes_of(accepted);
    pacer_.on_sent(bytes, position_, now);
    add_own(tools.counters.bytes_sent, bytes);
    return bytes;
}

void Publication::count_blocked(Tools& tools) noexcept {
    if (!may_count_blocked_) return;
    may_count_blocked_ = false;
    add_own(counters_.back_pressure);
    add_own(tools.counters.flow_control_limits);
}

void Publication::stamp(const Batch& batch, Tools& tools) const noexcept {
    const std::int64_t time = tools.realtime().count();
    const bool reserved = *spec_.send_timestamp == PublicationSpec::in_reserved_value;
    const std::size_t at = reserved ? offsetof(wire::FrameHeader, reserved_value)
                                    : sizeof(wire::FrameHeader) + static_cast<std::size_t>(*spec_.send_timestamp);
    for (const net::Datagram& datagram : batch.datagrams()) {
        // The log is ours to write: what the network reads is what spies and retransmissions will see.
        auto* const frame = const_cast<std::byte*>(datagram.bytes.data());
        const wire::FrameHeader& header = logbuffer::header_of(frame);
        const auto length =
            std::min(static_cast<std::size_t>(logbuffer::frame_length_acquire(frame)), datagram.bytes.size());
        // A continuation has no room of its own: at that place is a piece of the message.
        const bool has_room = reserved || (header.flags & wire::flags::begin) != 0;
        if (header.type == wire::FrameType::data && has_room && at + sizeof time <= length)
            std::memcpy(frame + at, &time, sizeof time);
    }
}

// --- what depends on who listens

bool Publication::simulates_connection() const noexcept {
    return spec_.spies_simulate_connection && !has_receivers_ && !spies_.empty();
}

/// Nothing travels: the fastest spy is the receiver.
void Publication::follow_spies(Nanos now) noexcept {
    const Position fastest = std::max(position_, spies_.fastest(producer_position()));
    if (fastest > position_) set_position(fastest);
    set_sender_limit(flow_control_->on_idle(position_, now));
}

/// The tails are the clients' to write. However many publishers pass their limit at once, all of them stop at the end
/// of the term that it lies in.
Position Publication::producer_position() const noexcept {
    const Position said = log_.producer_position();
    return said > highest_publisher_limit_ + log_.term_length() ? position_ : said;
}

void Publication::idle(Nanos now) noexcept {
    expire_receivers(now);
    if (!simulates_connection()) set_sender_limit(flow_control_->on_idle(sender_limit_, now));
    show_receivers();
    refresh_connected();
    if (is_end_of_stream() && !std::exchange(told_end_, true)) next_heartbeat_ = at_once;
}

void Publication::expire_receivers(Nanos now) noexcept {
    if (!has_receivers_) return;
    receivers_.expire(now - spec_.connection_timeout);
    show_receivers();
}

void Publication::show_receivers() noexcept {
    if (has_receivers_ != !receivers_.empty()) {
        has_receivers_ = !receivers_.empty();
        if (!has_receivers_) pacer_.stop();
        shared_->has_receivers.store(has_receivers_, std::memory_order_release);
    }
    if (counters_.flow_control_receivers != nullptr &&
        counters_.flow_control_receivers->load_relaxed() != flow_control_->receiver_count())
        counters_.flow_control_receivers->store_release(flow_control_->receiver_count());
}

void Publication::refresh_connected() noexcept {
    const bool connected = !end_ && ((has_receivers_ && flow_control_->has_required_receivers()) ||
                                     (spec_.spies_simulate_connection && !spies_.empty()));
    if (connected == is_connected_) return;
    is_connected_ = connected;
    shared_->is_connected.store(connected, std::memory_order_release);
    log_.metadata().is_connected.store_release(connected ? 1 : 0);
}

void Publication::move_publisher_limit() noexcept {
    if (end_) return;
    if (!is_connected_) {
        if (publisher_limit_ > position_) set_publisher_limit(position_);
        return;
    }
    const Position slowest = spies_.slowest(position_);
    const Position furthest{shared_->writable_to.load(std::memory_order_acquire)};  // with it: what was zeroed before
    const Position wanted = slowest + spec_.window;
    const Position limit = std::min(wanted, furthest);
    if (limit <= publisher_limit_) return;
    if (wanted <= furthest && limit - publisher_limit_ < spec_.window / limit_steps) return;
    set_publisher_limit(limit);
}

void Publication::set_position(Position position) noexcept {
    position_ = position;
    counters_.sender_position.store_release(position.value);
    shared_->sender_position.store(position.value, std::memory_order_release);
}

void Publication::set_sender_limit(Position limit) noexcept {
    if (limit == sender_limit_) return;
    sender_limit_ = limit;
    counters_.sender_limit.store_release(limit.value);
}

void Publication::set_publisher_limit(Position limit) noexcept {
    publisher_limit_ = limit;
    highest_publisher_limit_ = std::max(highest_publisher_limit_, limit);
    counters_.publisher_limit.store_release(limit.value);
}

}  // namespace gale::driver::sender

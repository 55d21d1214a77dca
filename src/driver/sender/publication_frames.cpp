// What a publication sends besides its data, and what it does about what comes back. docs/formats/sending.md, set-up.
#include "driver/sender/endpoint.hpp"
#include "driver/sender/publication.hpp"

#include <algorithm>
#include <string>

namespace gale::driver::sender {

// --- what leaves

/// Of a response: as with dynamic destinations, who only says that he wants it is sent SETUPs, and for a while only.
const net::SocketAddress* Publication::target(Audience audience, Nanos now) const noexcept {
    if (audience == Audience::everybody && asker_ && now - asker_->asked <= Destinations::setups_after_asking)
        return &asker_->address;
    return destination_ ? &*destination_ : nullptr;
}

int Publication::send_batch(const Batch& batch, Nanos now, Tools& tools) noexcept {
    return endpoint_->send(batch.datagrams(), Audience::confirmed, target(Audience::confirmed, now), now, tools);
}

// Others have it, or ask for themselves: on a line that they share their copies would take the room of what was asked
// for.
int Publication::send_again(const Batch& batch, Retransmits::Asker asker, Nanos now, Tools& tools) noexcept {
    if (asker == Retransmits::everybody) return send_batch(batch, now, tools);
    return endpoint_->send_to(asker, batch.datagrams(), now, tools);
}

bool Publication::send_frame(std::span<const std::byte> frame, Audience audience, Nanos now, Tools& tools) noexcept {
    const net::Datagram datagram{frame};
    return endpoint_->send({&datagram, 1}, audience, target(audience, now), now, tools) == 1;
}

void Publication::send_setup(Nanos now, Tools& tools) noexcept {
    if (setup_wanted_) flow_control_->on_setup(sender_limit_, now);
    const logbuffer::Place place = log_.geometry().place(position_);
    wire::Setup setup{.term_offset = place.offset,
                      .session_id = spec_.session_id,
                      .stream_id = spec_.stream_id,
                      .initial_term_id = log_.geometry().initial_term_id(),
                      .active_term_id = place.term_id,
                      .term_length = log_.term_length(),
                      .mtu = log_.mtu_length(),
                      .ttl = spec_.ttl};
    const bool asks = !spec_.is_response && spec_.response_correlation_id.has_value();
    setup.common.flags = static_cast<std::uint8_t>((asks ? wire::Setup::response_wanted : 0) |
                                                   (endpoint_->is_group() ? wire::Setup::group : 0));
    // What a destination that is new asked for is no news to the others.
    const auto audience = heard_status_ && !setup_wanted_ ? Audience::newcomers : Audience::everybody;
    static_cast<void>(send_frame(std::as_bytes(std::span{&setup, 1}), audience, now, tools));
    shared_->setups_sent.fetch_add(1, std::memory_order_relaxed);
    next_setup_ = now + setup_interval;
    announce_ = false;
    if (has_receivers_) setup_wanted_ = false;
}

std::uint8_t Publication::heartbeat_flags() const noexcept {
    using namespace wire::flags;
    if (log_.metadata().is_publication_revoked.load_acquire() != 0) return whole | end_of_stream | revoked;
    return spec_.signal_end_of_stream && is_end_of_stream() ? whole | end_of_stream : whole;
}

std::int64_t Publication::send_heartbeat(Nanos now, Tools& tools) noexcept {
    const logbuffer::Place place = log_.geometry().place(position_);
    const wire::DataHeader heartbeat{.common = wire::heartbeat_header(heartbeat_flags()),
                                     .term_offset = place.offset,
                                     .session_id = spec_.session_id,
                                     .stream_id = spec_.stream_id,
                                     .term_id = place.term_id,
                                     .reserved_value = 0};
    const auto bytes = std::as_bytes(std::span{&heartbeat, 1});
    const bool sent = send_frame(bytes, Audience::confirmed, now, tools);
    ++probe_;
    next_heartbeat_ = now + (probe_ < std::size(tail_probes) ? tail_probes[probe_] : heartbeat_interval);
    probe_ = std::min(probe_, std::size(tail_probes));
    add_own(tools.counters.heartbeats_sent);
    if (!sent) return 0;
    add_own(tools.counters.bytes_sent, static_cast<std::int64_t>(bytes.size()));
    return static_cast<std::int64_t>(bytes.size());
}

void Publication::send_retransmits(Nanos now, Tools& tools) noexcept {
    std::int64_t budget = retransmits_.budget(now);
    if (budget <= 0 && retransmits_.hold_back(now)) add_own(tools.counters.retransmissions_withheld);
    while (budget > 0) {
        const Retransmits::Range* const range = retransmits_.front(now);
        if (range == nullptr) return;
        const std::int64_t copies = endpoint_->copies_for(retransmits_.asker());
        if (copies == 0) {  // whoever asked has gone
            retransmits_.finish(now);
            continue;
        }
        Batch& batch = tools.batch;
        batch.clear();
        const CutStop stop = cut_again(*range, budget, batch);
        const int accepted = batch.count() == 0 ? 0 : send_again(batch, retransmits_.asker(), now, tools);
        if (accepted > 0) {
            const Position end = batch.end_of(accepted);
            const std::int64_t bytes = copies * batch.bytes_of(accepted);
            budget -= bytes;
            add_own(tools.counters.retransmitted_bytes, end - range->begin);  // with its padding, as Aeron counts
            if (retransmits_.on_sent(end, bytes)) add_own(tools.counters.retransmits_sent);
        }
        if (accepted < batch.count()) return;  // the network is full: the rest goes later
        if (stop != CutStop::batch_full) retransmits_.finish(now);
    }
}

/// The datagrams for what is left of `range`; none when that is not to be had.
CutStop Publication::cut_again(const Retransmits::Range& range, std::int64_t max_bytes, Batch& batch) const noexcept {
    const Position end = std::min(range.end, position_);  // what was not sent yet waits for its window
    const logbuffer::StreamIdentity stream{spec_.session_id, spec_.stream_id};
    if (range.begin >= end || !is_kept(range.begin) || !is_frame_at(log_, range.begin, stream))
        return CutStop::no_frame;
    return cut(log_, range.begin,
               {.mtu = log_.mtu_length(), .window_end = end, .max_datagrams = Batch::capacity, .max_bytes = max_bytes},
               batch);
}

/// Whether the log still has what was sent from there on: the conductor keeps a term.
bool Publication::is_kept(Position position) const noexcept {
    return position >= spec_.start && position >= position_ - log_.term_length() && position < position_;
}

// --- what comes back

Position Publication::position_of(const wire::StatusMessage& message) const noexcept {
    return log_.geometry().position({message.term_id, message.term_offset});
}

bool Publication::is_near(const wire::StatusMessage& message) const noexcept {
    const std::int64_t distance = position_of(message) - position_;
    // Behind by a window, and by the padding that may reach beyond it.
    return distance >= -log_.term_length() && distance <= log_.term_length() / 2;
}

bool Publication::is_possible(const wire::StatusMessage& message) const noexcept {
    const std::int32_t term = log_.term_length();
    return message.fits(term, takes_long_windows_ ? term : term / 2);
}

void Publication::reject_status() noexcept {
    shared_->status_messages_rejected.fetch_add(1, std::memory_order_relaxed);
}

bool Publication::may_be_joined() const noexcept {
    return !is_end_of_stream() && log_.metadata().is_publication_revoked.load_acquire() == 0;
}

void Publication::announce() noexcept { announce_ = may_be_joined(); }

void Publication::on_elicitation(std::int64_t receiver_id, std::optional<std::int64_t> group_tag,
                                 const net::SocketAddress& source, Nanos now) noexcept {
    if (!may_be_joined()) return;
    setup_wanted_ = true;
    flow_control_->on_elicitation(receiver_id, group_tag);
    if (spec_.is_response) asker_ = {source, now};
}

void Publication::on_status(const Status& status, const net::SocketAddress& source, Nanos now) noexcept {
    if (asker_ && asker_->address == source) {
        destination_ = source;
        asker_.reset();
    }
    if (spec_.is_response && destination_ != source) return;  // nothing is sent there
    if (status.end_of_stream)
        static_cast<void>(receivers_.remove(status.receiver_id));
    else
        receivers_.heard(status.receiver_id, now);
    // Whoever comes after one that went is lingered for: its tail may have to be sent again.
    if (!endpoint_->is_group())
        shared_->received_unicast_eos.store(status.end_of_stream && receivers_.empty(), std::memory_order_release);
    if (!has_receivers_ && !receivers_.empty() && spec_.is_response && spec_.response_correlation_id)
        owes_connected_ = true;
    heard_status_ = true;
    set_sender_limit(flow_control_->on_status(status, sender_limit_, now));
    if (receivers_.is_one() && !endpoint_->is_group())
        pacer_.on_status(status.receiver_id, status.position, status.window, now);
    else
        pacer_.stop();
    show_receivers();
    refresh_connected();
    shared_->last_status_message.store(now.count(), std::memory_order_relaxed);
    shared_->last_window.store(status.window, std::memory_order_relaxed);
}

// A receiver that comes and goes as fast as it can is told of as often as matters.
void Publication::tell_connected(Nanos now, Tools& tools) noexcept {
    if (now < next_response_ || !tools.outbox.notify(ResponseConnected{*spec_.response_correlation_id})) return;
    owes_connected_ = false;
    next_response_ = now + response_interval;
}

static_assert(Destinations::no_number == Retransmits::everybody, "a NAK of nobody whom we know is for all");

void Publication::on_nak(const wire::Nak& nak, Retransmits::Asker asker, Nanos now, Tools& tools) noexcept {
    add_own(counters_.naks_received);
    const Position begin = log_.geometry().position({nak.term_id, nak.term_offset});
    const std::int64_t length =
        std::min<std::int64_t>(nak.length, longest_retransmission(spec_.flow_control, log_.term_length()));
    if (length == 0 || !is_kept(begin)) return;
    const Position end = std::min(begin + align_up(length, wire::frame_alignment), position_);
    if (retransmits_.on_nak({begin, end}, asker, now) == Retransmits::Heard::overflow)
        add_own(tools.counters.retransmit_overflow);
}

void Publication::on_rtt_question(const wire::RttMeasurement& question, Nanos now, Tools& tools) noexcept {
    if (!question.common.has(wire::RttMeasurement::reply_wanted)) return;
    if (rtt_answers_.available(now) <= 0) return add_shared(tools.counters.replies_withheld);
    rtt_answers_.take(1);
    wire::RttMeasurement answer{.session_id = spec_.session_id,
                                .stream_id = spec_.stream_id,
                                .echo_timestamp_ns = question.echo_timestamp_ns,
                                .reception_delta_ns = 0,
                                .receiver_id = question.receiver_id};
    if (question.common.has(wire::RttMeasurement::long_windows)) {
        answer.common.flags = wire::RttMeasurement::long_windows;
        takes_long_windows_ = true;
    }
    static_cast<void>(send_frame(std::as_bytes(std::span{&answer, 1}), Audience::confirmed, now, tools));
}

void Publication::on_error(const wire::Datagram& datagram, const net::SocketAddress& source, std::int64_t destination,
                           Nanos now, Tools& tools) noexcept {
    const wire::ErrorFrame& error = datagram.error();
    flow_control_->on_error(error.receiver_id);
    if (!receivers_.remove(error.receiver_id)) return;  // told already, or never there
    show_receivers();
    if (!endpoint_->may_pass_on(now, tools)) return;
    const bool tagged = error.common.has(wire::ErrorFrame::tagged);
    const bool told = tools.outbox.notify(ReceiverError{.publication_registration_id = spec_.registration_id,
                                                        .destination_registration_id = destination,
                                                        .session_id = spec_.session_id,
                                                        .stream_id = spec_.stream_id,
                                                        .receiver_id = error.receiver_id,
                                                        .group_tag = tagged ? std::int64_t{error.group_tag} : -1,
                                                        .source = source,
                                                        .code = error.code,
                                                        .text = std::string{datagram.text()}});
    if (!told) add_own(tools.counters.news_withheld);
}

// The other side says it with each of its status messages, until the response is heard.
void Publication::on_response_setup(SessionId response_session, Nanos now, Tools& tools) noexcept {
    if (spec_.is_response || !spec_.response_correlation_id) return;
    if (told_response_ == response_session && now < next_response_) return;
    if (!endpoint_->may_pass_on(now, tools)) return;
    if (!tools.outbox.notify(ResponseSetup{*spec_.response_correlation_id, response_session})) return;
    told_response_ = response_session;
    next_response_ = now + response_interval;
}

}  // namespace gale::driver::sender

#include "driver/network_agents.hpp"

#include "net/lossy.hpp"
#include "os/clock.hpp"
#include "os/process.hpp"
#include "wire/frame_header.hpp"

// Complete types: what waits in a mailbox is destroyed with it.
#include "driver/receiver/endpoint.hpp"
#include "driver/sender/endpoint.hpp"
#include "driver/sender/publication.hpp"

namespace gale::driver {
namespace {

using control::Refusal;
using control::SystemCounter;

// --- sender ----------------------------------------------------------------------------------------------------------

sender::SystemCounters sender_counters(const SystemCounters& all, const Refusals& refusals) {
    return {.bytes_sent = all.cell(SystemCounter::bytes_sent),
            .naks_received = all.cell(SystemCounter::naks_received),
            .status_messages_received = all.cell(SystemCounter::status_messages_received),
            .status_messages_rejected = all.cell(SystemCounter::status_messages_rejected),
            .heartbeats_sent = all.cell(SystemCounter::heartbeats_sent),
            .retransmits_sent = all.cell(SystemCounter::retransmits_sent),
            .retransmitted_bytes = all.cell(SystemCounter::retransmitted_bytes),
            .retransmit_overflow = all.cell(SystemCounter::retransmit_overflow),
            .flow_control_limits = all.cell(SystemCounter::sender_flow_control_limits),
            .error_frames_received = all.cell(SystemCounter::error_frames_received),
            .short_sends = all.cell(SystemCounter::short_sends),
            .invalid_packets = all.cell(SystemCounter::invalid_packets),
            .conductor_proxy_fails = all.cell(SystemCounter::conductor_proxy_fails),
            .replies_withheld = refusals.cell(Refusal::replies),
            .news_withheld = refusals.cell(Refusal::news),
            .retransmissions_withheld = refusals.cell(Refusal::retransmissions),
            .destinations_refused = refusals.cell(Refusal::destinations)};
}

constexpr std::int64_t another_seed_each_time = -1;

std::uint64_t seed_of(std::int64_t option) {
    return option == another_seed_each_time ? os::random_seed() : static_cast<std::uint64_t>(option);
}

/// For a laboratory: a line that loses what publications send, or what is answered to them.
std::unique_ptr<net::Transport> lossy_sending(std::unique_ptr<net::Transport> inner, const DriverOptions& options) {
    using net::LossyLine;
    constexpr auto number = [](wire::FrameType type) { return static_cast<unsigned>(type); };
    constexpr std::uint32_t answers = LossyLine::type(number(wire::FrameType::nak)) |
                                      LossyLine::type(number(wire::FrameType::status_message)) |
                                      LossyLine::type(number(wire::FrameType::rtt_measurement));
    const net::LossySpec data{.send = {.loss = options.send_data_loss_rate},
                              .seed = seed_of(options.send_data_loss_seed)};
    const net::LossySpec control{.receive = {.loss = options.send_control_loss_rate, .frame_types = answers},
                                 .seed = seed_of(options.send_control_loss_seed)};
    return std::make_unique<net::Lossy>(std::make_unique<net::Lossy>(std::move(inner), data), control);
}

std::unique_ptr<net::Transport> lossy_receiving(std::unique_ptr<net::Transport> inner, const DriverOptions& options) {
    const net::LossySpec data{.receive = {.loss = options.receive_data_loss_rate},
                              .seed = seed_of(options.receive_data_loss_seed)};
    const net::LossySpec control{.send = {.loss = options.receive_control_loss_rate},
                                 .seed = seed_of(options.receive_control_loss_seed)};
    return std::make_unique<net::Lossy>(std::make_unique<net::Lossy>(std::move(inner), data), control);
}

sender::SenderSpec sender_spec(const DriverOptions& options, FunctionRef<Nanos()> real_time) {
    return {.poll_ratio = static_cast<int>(options.send_to_status_poll_ratio),
            .stale_check_interval = options.reresolution_check_interval,
            .realtime = real_time};
}

// --- receiver --------------------------------------------------------------------------------------------------------

receiver::Counters receiver_counters(const SystemCounters& all, const Refusals& refusals) {
    return {.bytes_received = all.cell(SystemCounter::bytes_received),
            .heartbeats_received = all.cell(SystemCounter::heartbeats_received),
            .status_messages_sent = all.cell(SystemCounter::status_messages_sent),
            .naks_sent = all.cell(SystemCounter::naks_sent),
            .error_frames_sent = all.cell(SystemCounter::error_frames_sent),
            .under_runs = all.cell(SystemCounter::flow_control_under_runs),
            .over_runs = all.cell(SystemCounter::flow_control_over_runs),
            .invalid_packets = all.cell(SystemCounter::invalid_packets),
            .short_sends = all.cell(SystemCounter::short_sends),
            .errors = all.cell(SystemCounter::errors),
            .ttl_asymmetries = all.cell(SystemCounter::possible_ttl_asymmetry),
            .loss_gap_fills = all.cell(SystemCounter::loss_gap_fills),
            .images_revoked = all.cell(SystemCounter::publication_images_revoked),
            .sessions_refused = refusals.cell(Refusal::sessions),
            .long_terms_refused = refusals.cell(Refusal::long_terms),
            .replies_withheld = refusals.cell(Refusal::replies)};
}

receiver::ReceiverOptions receiver_options(const DriverOptions& options) {
    return {.look_up_interval = options.reresolution_check_interval};
}

// Frames carry fine times of the day; a test's clock has only the day's milliseconds.
std::function<Nanos()> real_time_of(const Environment& environment) {
    if (environment.clock == nullptr) return os::real_time;
    return [clock = environment.clock]() -> Nanos { return clock->tick().wall; };
}

}  // namespace

NetworkAgents::NetworkAgents(Parts parts)
    : parts_{std::move(parts)}, lookups_{parts_.network, parts_.network_lives},
      sender_poller_{parts_.network.make_poller()},
      own_receiver_poller_{parts_.options.threading_mode == ThreadingMode::dedicated ? parts_.network.make_poller()
                                                                                     : nullptr},
      real_time_{real_time_of(parts_.options.environment)} {
    const DriverOptions& options = parts_.options;
    if (!own_receiver_poller_) shared_look_.emplace(*sender_poller_);
    if (options.send_data_loss_rate > 0 || options.send_control_loss_rate > 0)
        lossy_sending_.emplace(parts_.network, [&options](auto inner, const net::TransportSpec&) {
            return lossy_sending(std::move(inner), options);
        });
    if (options.receive_data_loss_rate > 0 || options.receive_control_loss_rate > 0)
        lossy_receiving_.emplace(parts_.network, [&options](auto inner, const net::TransportSpec&) {
            return lossy_receiving(std::move(inner), options);
        });
}

NetworkAccess NetworkAgents::access() {
    return {.network = parts_.network,
            .send_network = lossy_sending_ ? *lossy_sending_ : parts_.network,
            .receive_network = lossy_receiving_ ? *lossy_receiving_ : parts_.network,
            .lookups = lookups_,
            .to_sender = to_sender_,
            .from_sender = from_sender_,
            .to_receiver = to_receiver_,
            .from_receiver = from_receiver_,
            .wake_sender = [this] { sender_poller().wake(); },
            .wake_receiver = [this] { receiver_poller().wake(); }};
}

void NetworkAgents::start(const SystemCounters& counters, const Refusals& refusals) {
    sender_watch_.emplace(parts_.options.sender_cycle_threshold, counters.cell(SystemCounter::sender_max_cycle_time),
                          counters.cell(SystemCounter::sender_cycle_time_threshold_exceeded));
    receiver_watch_.emplace(parts_.options.receiver_cycle_threshold,
                            counters.cell(SystemCounter::receiver_max_cycle_time),
                            counters.cell(SystemCounter::receiver_cycle_time_threshold_exceeded));
    receiver_counters_.emplace(receiver_counters(counters, refusals));
    sender_.emplace(sender_spec(parts_.options, real_time_), to_sender_, from_sender_,
                    shared_look_ ? shared_look_->first() : sender_poller(), sender_counters(counters, refusals));
    receiver_.emplace(receiver_options(parts_.options), to_receiver_, from_receiver_, *receiver_counters_,
                      shared_look_ ? shared_look_->second() : receiver_poller(), real_time_);
}

void NetworkAgents::start_look_ups(Clock& clock, std::function<void(const std::exception&)> on_error) {
    lookups_.start({.clock = clock,
                    .on_answer = parts_.wake_conductor,
                    .on_start = parts_.options.on_agent_start,
                    .on_error = std::move(on_error)});
}

void NetworkAgents::stop() noexcept {
    lookups_.stop();
    sender_.reset();
    receiver_.reset();
}

int NetworkAgents::send(Tick tick) {
    sender_watch_->on_cycle(tick.now);
    const int work = sender_->do_work(tick);
    if (!from_sender_.is_empty()) parts_.wake_conductor();  // again in each cycle, until it was heard
    return work;
}

int NetworkAgents::receive(Tick tick) {
    receiver_watch_->on_cycle(tick.now);
    const int work = receiver_->do_work(tick);
    if (!from_receiver_.is_empty()) parts_.wake_conductor();
    return work;
}

}  // namespace gale::driver

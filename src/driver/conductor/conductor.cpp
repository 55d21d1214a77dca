#include "driver/conductor/conductor.hpp"

#include "base/text.hpp"
#include "driver/conductor/version.hpp"
#include "shm/overlay.hpp"

#include <string>
#include <variant>

namespace gale::driver {
namespace {

using control::SystemCounter;

// How many requests one cycle takes: each is short, and positions must not wait long for a crowd.
constexpr int command_limit = 16;

std::string_view mode_name(ThreadingMode mode) noexcept {
    switch (mode) {
    case ThreadingMode::dedicated: return "DEDICATED";
    case ThreadingMode::shared_network: return "SHARED_NETWORK";
    case ThreadingMode::shared: return "SHARED";
    case ThreadingMode::invoker: return "INVOKER";
    }
    return "";
}

SystemCounters::Labels labels_of(const DriverOptions& options) {
    return {.version = "version=" + std::string{version_text} + " commit=" + std::string{commit_text},
            .threading_mode = std::string{mode_name(options.threading_mode)},
            .conductor_threshold = format_duration(options.conductor_cycle_threshold),
            .sender_threshold = format_duration(options.sender_cycle_threshold),
            .receiver_threshold = format_duration(options.receiver_cycle_threshold),
            .resolver_threshold = format_duration(options.name_resolver_threshold),
            .resolver_name = ""};
}

Millis at_least_one(Nanos duration) noexcept {
    const auto millis = std::chrono::duration_cast<Millis>(duration);
    return duration > Nanos::zero() ? std::max(millis, Millis{1}) : Millis::zero();
}

}  // namespace

Conductor::Conductor(const Parts& parts, Tick tick)
    : options_{parts.options}, cnc_{parts.cnc}, logs_{parts.logs}, on_terminate_{parts.on_terminate},
      mapped_besides_logs_{parts.mapped_besides_logs}, ring_{cnc_.to_driver()}, transmitter_{cnc_.to_clients()},
      counters_{cnc_.counters_metadata(), cnc_.counters_values(),
                at_least_one(options_.counters_free_to_reuse_timeout)},
      errors_{cnc_.error_log()}, system_{counters_, labels_of(options_), tick}, refusals_{counters_, tick},
      voice_{transmitter_, errors_, system_},
      clients_{counters_,
               system_,
               voice_,
               {.liveness_timeout = at_least_one(options_.client_liveness_timeout),
                .check_interval = options_.timer_interval}},
      random_{parts.seed}, session_ids_{random_, options_.publication_reserved_session_id_low,
                                        options_.publication_reserved_session_id_high},
      surroundings_{options_, counters_, system_, refusals_, voice_, clients_, logs_, random_, session_ids_},
      network_{parts.network}, ipc_{surroundings_},
      publications_{surroundings_, {network_.send_network, network_.lookups, network_.to_sender, subscriptions_}},
      subscriptions_{surroundings_,
                     {.network = network_.receive_network,
                      .lookups = network_.lookups,
                      .commands = network_.to_receiver,
                      .ids = ring_,
                      .loss_report = parts.loss_report}},
      parked_{network_.lookups}, cycles_{options_.conductor_cycle_threshold},
      name_times_{options_.name_resolver_threshold}, next_timer_{tick.now}, head_moved_{tick.now},
      tail_moved_{tick.now} {
    system_.set(SystemCounter::aeron_version, version_number);
    system_.set(SystemCounter::control_protocol_version, control::protocol_version);
    system_.set(SystemCounter::bytes_currently_mapped, mapped_besides_logs_);
    static_cast<void>(ring_.next_correlation_id());  // 0 is never anybody's id
    ring_.consumer_heartbeat().store_release(tick.wall.count());
}

int Conductor::do_work(Tick tick) {
    const agent::CycleReport cycle = cycles_.on_cycle(tick.now);
    if (cycle.is_longest) system_.set(SystemCounter::conductor_max_cycle_time, cycles_.longest().count());
    if (cycle.exceeded) system_.add(SystemCounter::conductor_cycle_time_threshold_exceeded);
    if (tick.now >= next_timer_) {
        next_timer_ = tick.now + options_.timer_interval;
        on_timer(tick);
    }
    int work = read_commands(tick);
    work += ipc_.update(tick);
    work += work_for_the_network(tick);
    return work;
}

void Conductor::release(ClientId client, Tick tick) {
    parked_.drop_client(client);
    ipc_.release_client(client, tick);
    publications_.release_client(client, tick);
    subscriptions_.release_client(client, tick);
}

void Conductor::on_timer(Tick tick) {
    ring_.consumer_heartbeat().store_release(tick.wall.count());
    clients_.check(tick, [&](ClientId client) { release(client, tick); });
    ipc_.on_timer(tick);
    publications_.on_timer(tick);
    subscriptions_.on_timer(tick);
    refusals_.report(voice_, tick.wall);
    check_blocked_commands(tick);
    system_.set(SystemCounter::bytes_currently_mapped, mapped_besides_logs_ + logs_.mapped());
    system_.set(SystemCounter::free_fails, logs_.failed_removals());
}

// The ring's positions are words that any client can write. A tail behind the head, or farther ahead than the ring is
// long, cannot be: producers would find the ring full for ever, or each idle while would be taken for a blocked claim.
// Once all that was written there is read or skipped, both begin anew.
void Conductor::mend_ring(std::int64_t head, std::int64_t tail) {
    const std::span<std::byte> section = cnc_.to_driver();
    const std::size_t capacity = section.size() - shm::ring_trailer_length;
    const auto claimed = static_cast<std::uint64_t>(tail) - static_cast<std::uint64_t>(head);
    if (claimed <= capacity) return;
    for (std::size_t at = 0; at < capacity; at += sizeof(shm::Cell<std::int64_t>))
        if (shm::overlay<shm::Cell<std::int64_t>>(section, at).load_relaxed() != 0) return;
    shm::overlay<shm::RingTrailer>(section, capacity).tail.compare_exchange(tail, head);
}

void Conductor::check_blocked_commands(Tick tick) {
    const std::int64_t head = ring_.head();
    const std::int64_t tail = ring_.tail();
    if (head != seen_head_ || head == tail) head_moved_ = tick.now;
    if (tail != seen_tail_) tail_moved_ = tick.now;
    if (head == seen_head_ && tail == seen_tail_) mend_ring(head, tail);
    seen_head_ = head;
    seen_tail_ = tail;
    if (tick.now - head_moved_ <= options_.client_liveness_timeout) return;
    const bool still = tick.now - tail_moved_ > options_.client_liveness_timeout;
    if (ring_.unblock(still ? shm::RingTail::stood_still : shm::RingTail::moved))
        system_.add(SystemCounter::unblocked_commands);
}

int Conductor::read_commands(Tick tick) {
    const auto handler = [&](std::int32_t type, std::span<const std::byte> payload) {
        on_command(type, payload, tick);
        return shm::RingRead::consumed;
    };
    const int count = ring_.read(handler, command_limit);
    if (ring_.damaged() != damaged_seen_) {
        damaged_seen_ = ring_.damaged();
        voice_.record(ErrorCode::malformed_command,
                      "a client wrote rubbish into the ring of commands; what could not be read was skipped",
                      tick.wall);
    }
    return count;
}

template <class Request> void Conductor::answer(const Request& command, Tick tick) {
    const CorrelationId request = command.request.correlation_id;
    try {
        on(command, tick);
    } catch (const std::exception& error) {
        voice_.refuse(request, error, tick.wall);
    }
}

void Conductor::on_command(std::int32_t type, std::span<const std::byte> payload, Tick tick) {
    // The ring is shared memory: a hostile client may still be writing there. What is judged must be what is obeyed.
    const std::vector<std::byte> copy(payload.begin(), payload.end());
    const control::Command command = control::decode_command(type, copy);
    try {
        if (parked_.park(command, type, copy)) return;
    } catch (const std::exception& error) {
        return voice_.refuse(request_of(command).correlation_id, error, tick.wall);
    }
    obey(command, tick);
}

void Conductor::obey(const control::Command& command, Tick tick) {
    std::visit([&](const auto& each) { answer(each, tick); }, command);
}

void Conductor::close(Tick tick) {
    subscriptions_.close(tick);
    publications_.close(tick);
    ipc_.close(tick);
    ring_.consumer_heartbeat().store_release(-1);
    cnc_.flush();
}

void Conductor::on_error(const std::exception& error, Millis wall_now) noexcept {
    try {
        voice_.record(ErrorCode::generic, error.what(), wall_now);
    } catch (const std::exception&) {
        system_.add(SystemCounter::errors);  // no memory for the text: it still counts
    }
}

}  // namespace gale::driver

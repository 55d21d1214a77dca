// The client's duty cycle, and the thread that runs it.
#include "base/text.hpp"
#include "client/client_core.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace gale::client {
namespace {

using namespace std::chrono_literals;

constexpr int event_limit = 256;      // of one cycle
constexpr Nanos first_pause = 50us;   // a driver that wakes nobody is looked after this soon, then ever less often,
constexpr Nanos longest_pause = 1ms;  // but at least this often while an answer is out

Nanos longer(Nanos pause) noexcept { return std::min(pause * 2, longest_pause); }

}  // namespace

int ClientCore::do_work() {
    if (is_elsewhere() || notices_.in_handler()) return 0;
    int work = 0;
    if (!is_closed()) {
        const Tick tick = clock_.tick();
        const std::lock_guard lock{mutex_};
        tick_ = tick;
        if (!is_closed()) work += drain();
        if (!is_closed()) check_timers(tick);
    }
    return work + run_notices();
}

int ClientCore::drain() {
    int count = 0;
    for (; count < event_limit && !is_closed(); ++count) {
        const auto message = receiver_.receive();
        if (receiver_.lapped() != 0) {
            terminate(Error{
                ErrorCode::conductor_service_timeout,
                "the driver's news overtook this client, which was not stepped for too long: some were lost, so what "
                "it knows is no longer true"});
            break;
        }
        if (!message) break;
        on_event(control::decode_event(message->type, message->payload));
    }
    return count;
}

void ClientCore::check_timers(Tick tick) {
    const Nanos gap = tick.now - std::exchange(last_cycle_, tick.now);
    // After so long a pause the driver may have given us up. What it said of that was read before this; its silence and
    // a heartbeat counter that is still ours mean that it slept as well, or was lenient: then nothing is lost.
    if (gap > liveness_timeout_ && heartbeat_.is_found() && !heartbeat_.beat(cnc_->counters(), tick.wall))
        return terminate(Error{ErrorCode::conductor_service_timeout,
                               "the client's conductor did not run for " +
                                   format_duration(std::chrono::duration_cast<Millis>(gap)) +
                                   "; the driver gives a client up after " + format_duration(liveness_timeout_)});
    while (!unsent_.empty() && try_send(unsent_.front()) == shm::RingWrite::written) {
        unsent_.pop_front();
        expecting_.fetch_sub(1);
    }
    std::vector<Request> late;
    for (const auto& [id, request] : requests_)
        if (tick.now > request->deadline()) late.push_back(request);
    for (const auto& request : late) expire(*request);

    if (tick.now - last_service_ >= std::min(options_.idle_sleep, keepalive_interval_) && is_known_to_driver_ &&
        !heartbeat_.is_found()) {
        last_service_ = tick.now;
        heartbeat_.find(cnc_->counters(), std::nullopt, tick.wall);
    }
    if (tick.now - last_keepalive_ >= keepalive_interval_) keep_alive(tick);
}

void ClientCore::keep_alive(Tick tick) {
    last_keepalive_ = tick.now;
    if (auto why = driver_watch_.judge(cnc_->ring().consumer_heartbeat().load_acquire(), tick))
        return terminate(Error{ErrorCode::driver_timeout, *why + " (" + options_.directory + ")"});
    if (heartbeat_.is_found() && !heartbeat_.beat(cnc_->counters(), tick.wall))
        terminate(
            Error{ErrorCode::driver_timeout, "the driver has given this client up: its heartbeat counter is gone"});
}

void ClientCore::expire(PendingState& request) noexcept {
    const std::lock_guard lock{mutex_};
    if (request.status() != PendingState::waiting) return;
    abandoned_.emplace(request.id(), request.details.kind);
    const auto kept = take_request(request.id());
    fail(request,
         Error{ErrorCode::timed_out, "the driver did not answer within " + format_duration(options_.driver_timeout) +
                                         " when asked to " + request.details.subject});
}

int ClientCore::run_notices() {
    return notices_.run([this] {
        try {
            throw;
        } catch (const std::exception& error) {
            report(Error{ErrorCode::generic, std::string{"a handler threw: "} + error.what()});
        } catch (...) {
            report(Error{ErrorCode::generic, "a handler threw something that is no std::exception"});
        }
    });
}

void ClientCore::report(const Error& error) {
    notices_.post([this, error] {
        if (!options_.on_error) {
            std::fputs(("gale: " + std::string{error.what()} + "\n").c_str(), stderr);
            return;
        }
        try {
            options_.on_error(error);
        } catch (...) {  // whom could we still tell?
        }
    });
    wake_conductor();
}

void ClientCore::post(std::function<void()> handler) {
    notices_.post(std::move(handler));
    wake_conductor();
}

void ClientCore::wake_conductor() noexcept {
    if (sleeps_long_.load()) os::WakeWord{receiver_.tail_address()}.wake();
}

void ClientCore::await(PendingState& request) {
    if (options_.conductor == ConductorMode::invoker) {
        const os::WakeWord news{receiver_.tail_address()};
        for (Nanos pause = first_pause; request.status() == PendingState::waiting; pause = longer(pause)) {
            const std::uint32_t seen = news.value();
            do_work();
            if (request.status() == PendingState::waiting) news.wait(seen, pause);
        }
        return;
    }
    const os::WakeWord status{request.status_word()};
    while (request.status() == PendingState::waiting) {
        // Short, because a wake may have come just before the conductor lay down for long.
        status.wait(PendingState::waiting, longest_pause);
        wake_conductor();
        if (clock_.tick().now > request.deadline()) expire(request);  // also when a handler holds the conductor up
    }
}

void ClientCore::start() {
    if (options_.conductor == ConductorMode::invoker) {
        if (options_.on_conductor_start) options_.on_conductor_start();
        return;
    }
    finished_.store(false);
    try {
        thread_ = std::thread{[self = shared_from_this()] { self->run_thread(); }};
    } catch (...) {
        finished_.store(true);
        throw;
    }
}

void ClientCore::run_thread() {
    os::name_thread("aeron-client");
    conductor_.store(std::this_thread::get_id());
    if (options_.on_conductor_start) notices_.post([this] { options_.on_conductor_start(); });
    run_notices();
    const os::WakeWord news{receiver_.tail_address()};
    for (Nanos pause = first_pause; !stop_.load();) {
        const std::uint32_t seen = news.value();
        if (const int work = do_work(); work > 0) {
            if (options_.rest) options_.rest(work);
            pause = first_pause;
            continue;
        }
        if (is_closed()) break;
        if (options_.rest) {
            options_.rest(0);
            continue;
        }
        if (expecting_.load() > 0) {
            news.wait(seen, pause);
            pause = longer(pause);
            continue;
        }
        pause = first_pause;
        sleeps_long_.store(true);
        if (expecting_.load() == 0 && !stop_.load()) news.wait(seen, options_.idle_sleep);
        sleeps_long_.store(false);
    }
    run_notices();
    conductor_.store({});
    finished_.store(true);
}

}  // namespace gale::client

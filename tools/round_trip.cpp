#include "round_trip.hpp"

#include "access.hpp"
#include "os/process.hpp"
#include "text.hpp"

#include <gale/error.hpp>
#include <gale/fragment_assembler.hpp>

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace gale::tools {
namespace {

/// How long an answer waits for whoever pinged to be met, and an own driver takes one for gone who says nothing.
constexpr Nanos longest_to_meet = std::chrono::seconds{5};

Nanos now() noexcept { return std::chrono::steady_clock::now().time_since_epoch(); }

void pin(int cpu) {
    if (cpu < 0 || os::pin_thread(cpu)) return;
    throw Error{ErrorCode::system,
                fmt::format("cannot bind a thread to processor {}: is there one of that number?", cpu)};
}

[[noreturn]] void offer_failed(OfferError error) {
    if (error == OfferError::closed)
        throw Error{ErrorCode::closed, "the publication was closed: has the driver stopped?"};
    throw Error{ErrorCode::generic, fmt::format("the publication says {}", name(error))};
}

/// True when it went out, false when it has to be tried again.
bool try_offer(ExclusivePublication& publication, std::span<const std::byte> message) {
    const OfferResult result = publication.offer(message);
    if (result) return true;
    const OfferError error = result.error();
    if (error == OfferError::closed || error == OfferError::error || error == OfferError::max_position_exceeded) {
        offer_failed(error);
    }
    return false;
}

/// The front of each ping.
struct Stamp {
    std::int64_t number;
    std::int64_t due_ns;  // when it should have gone out, by the pinger's clock
};
static_assert(sizeof(Stamp) == shortest_ping);

/// One measurement under way; used by one thread.
class Pinger {
public:
    Pinger(RoundTripEnd end, const PingSettings& settings, const os::StopSignals& stop)
        : settings_{settings}, stop_{stop}, message_(static_cast<std::size_t>(settings.message_length)),
          publication_{std::move(end.out)}, subscription_{std::move(end.in)},
          assembler_{[this](std::span<const std::byte> message, const Header&) { on_pong(message); }, message_.size()} {
        const std::int32_t limit = publication_.constants().max_message_length;
        if (settings.message_length > limit) {
            throw Error{
                ErrorCode::invalid_argument,
                fmt::format("a message of {} bytes is too long here: at most {} fit", settings.message_length, limit)};
        }
    }

    /// False when a stop was asked for.
    bool connect(FunctionRef<void()> on_waiting) {
        const Nanos begin = now();
        bool told = false;
        while (!publication_.is_connected() || !subscription_.is_connected()) {
            const Nanos waited = now() - begin;
            if (waited > settings_.patience) {
                throw Error{
                    ErrorCode::timed_out,
                    fmt::format("nobody answers on {} stream {}: within {} no pong appeared. Start `gale pong` with "
                                "the same channels, streams and directory.",
                                settings_.channels.pong_channel, settings_.channels.pong_stream.value,
                                duration_text(settings_.patience))};
            }
            if (!told && waited > std::chrono::milliseconds{500}) {
                on_waiting();
                told = true;
            }
            if (stop_.wait_for(std::chrono::milliseconds{1})) return false;
        }
        return true;
    }

    /// In the thread that sends and receives.
    PingResult run() {
        const std::int64_t total = settings_.warmup + settings_.count;
        const Nanos begin = now();
        Nanos measured_from = begin;
        Nanos last_answer = begin;
        std::int64_t sent = 0;
        Idle idle{settings_.idling};
        while (received_ < total && !stop_.requested() && !abandoned_.load(std::memory_order_relaxed)) {
            const std::int64_t before = received_;
            const Nanos at = now();
            const bool offering = sent < total && is_due(sent, begin, at);
            if (offering) {
                if (sent == settings_.warmup) measured_from = at;
                stamp({sent, settings_.rate > 0 ? due(sent, begin).count() : at.count()});
                if (try_offer(publication_, message_)) ++sent;
            }
            subscription_.poll(assembler_, 16);
            if (received_ != before) {
                last_answer = at;
                counted_.store(std::max<std::int64_t>(0, received_ - settings_.warmup), std::memory_order_relaxed);
            } else if ((received_ < sent || offering) && at - last_answer > settings_.patience) {
                no_answer();
            } else if (received_ == sent && !offering) {
                last_answer = at;  // nothing is out: nobody owes an answer
            }
            if (received_ != before || offering)
                idle.reset();
            else
                idle.wait();
        }
        PingResult result;
        result.complete = received_ >= total;
        result.elapsed = now() - measured_from;
        result.histogram = histogram_;
        return result;
    }

    /// From any thread, as `abandon`.
    [[nodiscard]] std::int64_t counted() const noexcept { return counted_.load(std::memory_order_relaxed); }
    void abandon() noexcept { abandoned_.store(true, std::memory_order_relaxed); }

private:
    [[nodiscard]] Nanos due(std::int64_t number, Nanos begin) const noexcept {
        // In two steps, so that neither days nor high rates overflow.
        const std::int64_t seconds = number / settings_.rate;
        return begin + std::chrono::seconds{seconds} +
               Nanos{(number % settings_.rate) * 1'000'000'000 / settings_.rate};
    }
    [[nodiscard]] bool is_due(std::int64_t number, Nanos begin, Nanos at) const noexcept {
        return settings_.rate > 0 ? at >= due(number, begin) : received_ == number;
    }
    void stamp(const Stamp& value) noexcept { std::memcpy(message_.data(), &value, sizeof value); }
    void on_pong(std::span<const std::byte> message) {
        const Nanos at = now();
        Stamp answer{-1, 0};
        if (message.size() == message_.size()) std::memcpy(&answer, message.data(), sizeof answer);
        // Somebody else's pings on the same stream come back to us, too; they are not told apart from damage.
        if (answer.number != received_) {
            throw Error{
                ErrorCode::generic,
                fmt::format("an answer is not what was sent: number {} of {} bytes instead of number {} of {}. Does "
                            "another `gale ping` use the same streams?",
                            answer.number, message.size(), received_, message_.size())};
        }
        if (received_ >= settings_.warmup) histogram_.record(at - Nanos{answer.due_ns});
        ++received_;
    }
    [[noreturn]] void no_answer() const {
        throw Error{ErrorCode::timed_out,
                    fmt::format("no answer for {}, after {} of {} round trips: has the pong gone?",
                                duration_text(settings_.patience), received_, settings_.warmup + settings_.count)};
    }

    const PingSettings& settings_;
    const os::StopSignals& stop_;
    std::vector<std::byte> message_;
    std::int64_t received_ = 0;
    Histogram histogram_;
    std::atomic<std::int64_t> counted_{0};
    std::atomic<bool> abandoned_{false};
    ExclusivePublication publication_;
    Subscription subscription_;
    FragmentAssembler assembler_;
};

}  // namespace

RoundTripEnd open_ping_end(Client& client, const RoundTripChannels& channels) {
    return {.in = client.add_subscription(channels.pong_channel, channels.pong_stream),
            .out = client.add_exclusive_publication(channels.ping_channel, channels.ping_stream)};
}

RoundTripEnd open_pong_end(Client& client, const RoundTripChannels& channels) {
    return {.in = client.add_subscription(channels.ping_channel, channels.ping_stream),
            .out = client.add_exclusive_publication(channels.pong_channel, channels.pong_stream)};
}

std::pair<RoundTripEnd, RoundTripEnd> open_both_ends(Client& pinging, Client& ponging,
                                                     const RoundTripChannels& channels) {
    Subscription pings = ponging.add_subscription(channels.ping_channel, channels.ping_stream);
    Subscription pongs = pinging.add_subscription(channels.pong_channel, channels.pong_stream);
    ExclusivePublication to_pong = pinging.add_exclusive_publication(channel_to(pings), channels.ping_stream);
    ExclusivePublication to_ping = ponging.add_exclusive_publication(channel_to(pongs), channels.pong_stream);
    return {RoundTripEnd{std::move(pongs), std::move(to_pong)}, RoundTripEnd{std::move(pings), std::move(to_ping)}};
}

PingResult ping(RoundTripEnd end, const PingSettings& settings, const os::StopSignals& stop, Nanos progress_interval,
                FunctionRef<void(std::int64_t)> on_progress, FunctionRef<void()> on_waiting) {
    const auto pinger = std::make_unique<Pinger>(std::move(end), settings, stop);
    if (!pinger->connect(on_waiting)) return {};
    auto running = std::async(std::launch::async, [&] {
        pin(settings.cpu);
        return pinger->run();
    });
    try {
        while (running.wait_for(progress_interval) != std::future_status::ready) on_progress(pinger->counted());
    } catch (...) {
        pinger->abandon();  // nobody can be told how it goes
        throw;
    }
    return running.get();
}

std::int64_t pong(RoundTripEnd end, Idling idling, int cpu, FunctionRef<bool()> stopped) {
    pin(cpu);
    Subscription& subscription = end.in;
    ExclusivePublication& publication = end.out;
    std::int64_t answered = 0;
    Idle blocked{Idling::yield};
    // Pings may arrive before the way back is known: the first answer to each who pings waits for that, but not for
    // ever. One who was met and is gone waits for no answer: it would only come to the next.
    std::optional<SessionId> pinger;
    bool met = false;
    Nanos give_up{};
    FragmentAssembler assembler{[&](std::span<const std::byte> message, const Header& header) {
        if (pinger != header.session_id()) {
            pinger = header.session_id();
            met = false;
            give_up = now() + longest_to_meet;
        }
        while (!try_offer(publication, message)) {
            if (publication.is_connected())
                met = true;
            else if (met || now() > give_up)
                return;
            if (stopped()) return;
            blocked.wait();
        }
        met = true;
        blocked.reset();
        ++answered;
    }};
    Idle idle{idling};
    bool connected = false;
    for (unsigned quiet = 0;; ++quiet) {
        if (subscription.poll(assembler, 16) > 0) {
            idle.reset();
            connected = true;
            continue;
        }
        if (!connected || quiet % 4096 == 0) connected = subscription.is_connected();
        if (!connected) os::sleep_for(std::chrono::milliseconds{1});  // nobody pings: no need for haste
        if (stopped()) break;
        if (subscription.is_closed())
            throw Error{ErrorCode::closed, "the subscription was closed: has the driver stopped?"};
        idle.wait();
    }
    return answered;
}

struct PongThread::Running {
    std::atomic<bool> stop{false};
    std::thread thread;
};

PongThread::PongThread(RoundTripEnd end, Idling idling, int cpu) : running_{std::make_unique<Running>()} {
    running_->thread = std::thread{[end = std::move(end), idling, cpu, running = running_.get()]() mutable {
        try {
            pong(std::move(end), idling, cpu, [&] { return running->stop.load(std::memory_order_relaxed); });
        } catch (const Error& error) {
            // Whoever pings sees that no answers come; why is told here, beside it.
            fmt::print(stderr, "gale: {}\n", error.what());
        }
    }};
}

PongThread::~PongThread() {
    running_->stop.store(true, std::memory_order_relaxed);
    running_->thread.join();
}

}  // namespace gale::tools

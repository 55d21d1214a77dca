#include "throughput.hpp"

#include "access.hpp"
#include "idle.hpp"
#include "os/process.hpp"
#include "text.hpp"

#include <gale/error.hpp>
#include <gale/fragment_assembler.hpp>

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <exception>
#include <optional>
#include <thread>
#include <vector>

namespace gale::tools {
namespace {

using SteadyClock = std::chrono::steady_clock;

/// What the two threads and the one that watches them share; each word has one writer.
struct Shared {
    alignas(128) std::atomic<bool> stop{false};              // who watches
    alignas(128) std::atomic<std::int64_t> received{0};      // the subscriber, once per poll
    alignas(128) std::atomic<std::int64_t> sent{-1};         // the publisher, when it is done
    alignas(128) std::atomic<bool> failed{false};            // either
    std::exception_ptr publisher_error, subscriber_error{};  // read after both have ended
    std::int64_t refused = 0;
};

void pin(int cpu, std::string_view who) {
    if (cpu < 0 || os::pin_thread(cpu)) return;
    throw Error{ErrorCode::system,
                fmt::format("cannot bind the {} to processor {}: is there one of that number, and may "
                            "this process use it?",
                            who, cpu)};
}

/// Sends until told to stop. The clock is never read; the order to stop is looked at once in 64 messages.
template <class Send> void publish(Send send, Shared& shared) {
    constexpr int batch = 64;
    Idle idle{Idling::poised};
    std::int64_t number = 0;
    std::int64_t refused = 0;
    while (!shared.stop.load(std::memory_order_relaxed)) {
        for (int i = 0; i < batch; ++i, ++number) {
            OfferResult result = send(number);
            if (result) continue;
            while (!result) {
                ++refused;
                const OfferError error = result.error();
                if (error != OfferError::back_pressured && error != OfferError::admin_action &&
                    error != OfferError::not_connected) {
                    throw Error{ErrorCode::generic, fmt::format("the publication says {}", name(error))};
                }
                if (shared.stop.load(std::memory_order_relaxed)) break;
                idle.wait();
                result = send(number);
            }
            idle.reset();
            if (!result) break;
        }
    }
    shared.refused = refused;
    shared.sent.store(number, std::memory_order_release);
}

template <class AnyPublication>
void publish_by(AnyPublication& publication, const ThroughputSettings& settings, Shared& shared) {
    const auto length = static_cast<std::size_t>(settings.message_length);
    if (settings.method == Method::claim) {
        BufferClaim claim;
        publish(
            [&](std::int64_t number) {
                const OfferResult result = publication.try_claim(static_cast<std::int32_t>(length), claim);
                if (result) {
                    std::memcpy(claim.payload().data(), &number, sizeof number);
                    claim.commit();
                }
                return result;
            },
            shared);
    } else {
        std::vector<std::byte> message(length);
        publish(
            [&](std::int64_t number) {
                std::memcpy(message.data(), &number, sizeof number);
                return publication.offer(message);
            },
            shared);
    }
}

/// Takes and checks messages until all that were sent are there.
void subscribe(Subscription& subscription, const ThroughputSettings& settings, bool whole, Shared& shared) {
    const auto length = static_cast<std::size_t>(settings.message_length);
    std::int64_t expected = 0;
    std::int64_t wrong = 0;
    const auto check = [&](std::span<const std::byte> message, const Header&) {
        std::int64_t number = -1;
        if (message.size() == length) std::memcpy(&number, message.data(), sizeof number);
        wrong += number != expected;
        ++expected;
    };
    FragmentAssembler assembler{check, length};
    Idle idle{Idling::poised};
    const auto finished = [&] {
        const std::int64_t sent = shared.sent.load(std::memory_order_acquire);  // pairs with publish's store_release
        return shared.failed.load(std::memory_order_relaxed) || (sent >= 0 && expected >= sent);
    };
    while (true) {
        const int fragments = whole ? subscription.poll(check, settings.fragment_limit)
                                    : subscription.poll(assembler, settings.fragment_limit);
        if (fragments > 0) {
            shared.received.store(expected, std::memory_order_release);
            idle.reset();
        } else {
            if (finished()) break;
            idle.wait();
        }
    }
    if (wrong > 0) {
        throw Error{
            ErrorCode::generic,
            fmt::format("{} of {} messages did not arrive as they were sent, or not in order", wrong, expected)};
    }
}

void guarded(Shared& shared, std::exception_ptr& error, FunctionRef<void()> work) {
    try {
        work();
    } catch (...) {
        error = std::current_exception();
        shared.failed.store(true, std::memory_order_release);
    }
}

template <class AnyPublication>
void check_length(const AnyPublication& publication, const ThroughputSettings& settings) {
    const auto& constants = publication.constants();
    const bool claim = settings.method == Method::claim;
    const std::int32_t limit = claim ? constants.max_payload_length : constants.max_message_length;
    if (settings.message_length <= limit) return;
    throw Error{ErrorCode::invalid_argument,
                fmt::format("a message of {} bytes is too long to {} here: at most {} fit, {}", settings.message_length,
                            claim ? "claim" : "offer", limit,
                            claim ? "the mtu less 32: choose a smaller --size, or --method offer"
                                  : "an eighth of the term: choose a smaller --size or a larger term-length")};
}

void wait_until_connected(FunctionRef<bool()> connected, const os::StopSignals& stop) {
    const auto deadline = SteadyClock::now() + std::chrono::seconds{10};
    while (!connected() && !stop.requested()) {
        if (SteadyClock::now() > deadline) {
            throw Error{ErrorCode::timed_out, "publisher and subscriber did not find each other within 10 s"};
        }
        stop.wait_for(std::chrono::milliseconds{1});
    }
}

/// Watches the two threads; measures between two looks at what was received.
ThroughputResult watch(Shared& shared, const ThroughputSettings& settings, const os::StopSignals& stop,
                       Nanos progress_interval, FunctionRef<void(const ThroughputProgress&)> on_progress) {
    const auto received = [&] { return shared.received.load(std::memory_order_acquire); };
    const auto going_on = [&] { return !stop.requested() && !shared.failed.load(std::memory_order_relaxed); };
    stop.wait_for(settings.warmup);
    const std::int64_t first = received();
    const auto begin = SteadyClock::now();
    auto last = begin;
    std::int64_t last_count = first;
    while (going_on()) {
        const Nanos left = begin + settings.duration - last;
        if (left <= Nanos::zero()) break;
        // The last stretch may be half as long again, so that none is too short to tell a rate from.
        stop.wait_for(left * 2 < progress_interval * 3 ? left : progress_interval);
        const std::int64_t count = received();
        const auto now = SteadyClock::now();
        const double seconds = std::chrono::duration<double>(now - last).count();
        const double rate = seconds > 0 ? static_cast<double>(count - last_count) / seconds : 0;
        on_progress({now - begin, rate, rate * static_cast<double>(settings.message_length)});
        last = now;
        last_count = count;
    }
    ThroughputResult result;
    result.messages = last_count - first;
    result.elapsed = last - begin;
    const double seconds = std::chrono::duration<double>(result.elapsed).count();
    result.messages_per_second = seconds > 0 ? static_cast<double>(result.messages) / seconds : 0;
    result.bytes_per_second = result.messages_per_second * static_cast<double>(settings.message_length);
    return result;
}

template <class AnyPublication>
ThroughputResult run(AnyPublication publication, Subscription subscription, const ThroughputSettings& settings,
                     const os::StopSignals& stop, Nanos progress_interval,
                     FunctionRef<void(const ThroughputProgress&)> on_progress) {
    check_length(publication, settings);
    wait_until_connected([&] { return publication.is_connected() && subscription.is_connected(); }, stop);
    const bool whole = settings.message_length <= publication.constants().max_payload_length;
    Shared shared;
    std::thread subscriber{[&] {
        guarded(shared, shared.subscriber_error, [&] {
            pin(settings.subscriber_cpu, "subscriber");
            subscribe(subscription, settings, whole, shared);
        });
    }};
    std::thread publisher{[&] {
        guarded(shared, shared.publisher_error, [&] {
            pin(settings.publisher_cpu, "publisher");
            publish_by(publication, settings, shared);
        });
    }};
    ThroughputResult result;
    std::exception_ptr watching_error;
    try {
        result = watch(shared, settings, stop, progress_interval, on_progress);
    } catch (...) {
        watching_error = std::current_exception();
    }
    shared.stop.store(true, std::memory_order_relaxed);
    publisher.join();
    subscriber.join();
    for (const auto& error : {shared.publisher_error, shared.subscriber_error, watching_error}) {
        if (error) std::rethrow_exception(error);
    }
    result.total_messages = shared.received.load(std::memory_order_acquire);
    result.times_refused = shared.refused;
    return result;
}

}  // namespace

ThroughputResult run_throughput(Client& sending, Client& receiving, const ThroughputSettings& settings,
                                const os::StopSignals& stop, Nanos progress_interval,
                                FunctionRef<void(const ThroughputProgress&)> on_progress) {
    Subscription subscription = receiving.add_subscription(settings.channel, settings.stream);
    const std::string channel = channel_to(subscription);
    if (settings.publishing == Publishing::shared) {
        return run(sending.add_publication(channel, settings.stream), std::move(subscription), settings, stop,
                   progress_interval, on_progress);
    }
    return run(sending.add_exclusive_publication(channel, settings.stream), std::move(subscription), settings, stop,
               progress_interval, on_progress);
}

}  // namespace gale::tools

// Client, driver and shared memory together: messages one by one through a stream, there and back, and what adding a
// publication takes.
#include "os/process.hpp"

#include <gale/client.hpp>
#include <gale/media_driver.hpp>

#include <benchmark/benchmark.h>

#include <cstring>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace gale {
namespace {

/// A driver of its own and a client on it, for all cases of this program.
struct Place {
    MediaDriver driver = [] {
        DriverOptions options;
        options.directory = "/dev/shm/gale-bench-" + std::to_string(os::process_id());
        options.delete_directory_on_shutdown = true;
        return MediaDriver::launch(std::move(options));
    }();
    Client client = [this] {
        ClientOptions options;
        options.directory = driver.directory();
        return Client::connect(std::move(options));
    }();
};

Place& place() {
    static Place here;
    return here;
}

/// A publication on a stream and a subscription to it, both on this thread.
template <class Kind> struct Pair {
    explicit Pair(StreamId stream) : subscription{place().client.add_subscription("aeron:ipc", stream)} {
        if constexpr (std::is_same_v<Kind, Publication>)
            publication = place().client.add_publication("aeron:ipc", stream);
        else
            publication = place().client.add_exclusive_publication("aeron:ipc", stream);
        while (subscription.image_count() == 0) {
        }
        // Once round the log: its storage comes behind its announcement, and new pages cost more than those in use.
        const std::vector<std::byte> filling(1024 * 1024);
        const std::int64_t whole = std::int64_t{3} * publication.constants().term_length;
        for (std::int64_t done = 0; done < whole; done += static_cast<std::int64_t>(filling.size())) {
            offer(filling);
            poll();
        }
    }
    void offer(std::span<const std::byte> message) {
        while (!publication.offer(message)) {
        }
    }
    /// Until nothing is left; returns how many messages ended.
    std::int64_t poll() {
        std::int64_t messages = 0;
        const auto count = [&](std::span<const std::byte>, const Header& header) {
            messages += header.ends_message() ? 1 : 0;
        };
        while (subscription.poll(count, 64) > 0) {
        }
        return messages;
    }
    Subscription subscription;
    Kind publication;
};

template <class Kind> void publish_then_poll(benchmark::State& state, StreamId id) {
    Pair<Kind> stream{id};
    const std::vector<std::byte> message(static_cast<std::size_t>(state.range(0)));
    std::int64_t received = 0;
    for (auto _ : state) {
        stream.offer(message);
        received += stream.poll();
    }
    state.SetItemsProcessed(received);
    state.SetBytesProcessed(received * state.range(0));
}

void offer_then_poll(benchmark::State& state) { publish_then_poll<ExclusivePublication>(state, StreamId{10}); }
BENCHMARK(offer_then_poll)->Arg(32)->Arg(1344)->Arg(65536)->UseRealTime();

void shared_offer_then_poll(benchmark::State& state) { publish_then_poll<Publication>(state, StreamId{11}); }
BENCHMARK(shared_offer_then_poll)->Arg(32)->Arg(1344)->Arg(65536)->UseRealTime();

/// Written where it lies, instead of copied there.
void claim_then_poll(benchmark::State& state) {
    Pair<ExclusivePublication> stream{StreamId{12}};
    const auto length = static_cast<std::int32_t>(state.range(0));
    BufferClaim claim;
    std::int64_t received = 0;
    for (auto _ : state) {
        while (!stream.publication.try_claim(length, claim)) {
        }
        std::memset(claim.payload().data(), 1, claim.payload().size());
        claim.commit();
        received += stream.poll();
    }
    state.SetItemsProcessed(received);
    state.SetBytesProcessed(received * state.range(0));
}
BENCHMARK(claim_then_poll)->Arg(32)->Arg(1344)->UseRealTime();

/// There on one stream and back on another, all by this thread: what the client costs. Between processes, with what it
/// takes until somebody else looks, it is `gale bench rtt`.
void round_trip(benchmark::State& state) {
    Pair<ExclusivePublication> there{StreamId{13}};
    Pair<ExclusivePublication> back{StreamId{14}};
    const std::vector<std::byte> message(static_cast<std::size_t>(state.range(0)));
    const auto echo = [&](std::span<const std::byte> fragment, const Header&) { back.offer(fragment); };
    std::int64_t returned = 0;
    for (auto _ : state) {
        there.offer(message);
        while (there.subscription.poll(echo, 1) == 0) {
        }
        returned += back.poll();
    }
    if (returned != state.iterations()) state.SkipWithError("not every message came back");
    state.SetItemsProcessed(returned);
}
BENCHMARK(round_trip)->Arg(32)->Arg(1344)->UseRealTime();

void add_publication(benchmark::State& state) {
    const std::string channel = state.range(0) == 0 ? "aeron:ipc" : "aeron:ipc?term-length=64k";
    std::int32_t stream = 1000;
    for (auto _ : state) {
        auto publication = place().client.add_publication(channel, StreamId{++stream});
        state.PauseTiming();
        publication.close();
        state.ResumeTiming();
    }
}
BENCHMARK(add_publication)
    ->ArgName("64k_terms")
    ->Arg(0)
    ->Arg(1)
    ->Iterations(50)
    ->Unit(benchmark::kMicrosecond)
    ->UseRealTime();

}  // namespace
}  // namespace gale

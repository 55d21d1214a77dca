// Client, driver and shared memory together: messages one by one through a stream, and what adding a publication takes.
#include "os/process.hpp"

#include <gale/client.hpp>
#include <gale/media_driver.hpp>

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
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

void offer_then_poll(benchmark::State& state) {
    auto subscription = place().client.add_subscription("aeron:ipc", StreamId{10});
    auto publication = place().client.add_exclusive_publication("aeron:ipc", StreamId{10});
    while (subscription.image_count() == 0) {
    }
    const std::vector<std::byte> message(static_cast<std::size_t>(state.range(0)));
    std::int64_t received = 0;
    const auto count = [&](std::span<const std::byte>, const Header& header) {
        received += header.ends_message() ? 1 : 0;
    };
    for (auto _ : state) {
        while (!publication.offer(message)) {
        }
        while (subscription.poll(count, 64) > 0) {
        }
    }
    state.SetItemsProcessed(received);
    state.SetBytesProcessed(received * state.range(0));
}
BENCHMARK(offer_then_poll)->Arg(32)->Arg(1344)->Arg(65536)->UseRealTime();

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

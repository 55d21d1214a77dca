// One thread, no driver: what the single steps cost when nobody races.
#include "base/bits.hpp"
#include "logbuffer/append.hpp"
#include "logbuffer/clean.hpp"
#include "shm/broadcast.hpp"
#include "shm/ring.hpp"
#include "wire/datagram.hpp"

#include <benchmark/benchmark.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <span>
#include <vector>

namespace gale {
namespace {

/// Zeroed memory aligned as a mapping is.
class Memory {
public:
    explicit Memory(std::size_t length)
        : length_{length}, bytes_{static_cast<std::byte*>(std::aligned_alloc(4096, align_up(length, 4096)))} {
        std::fill_n(bytes_.get(), length, std::byte{});
    }
    [[nodiscard]] std::span<std::byte> span() const noexcept { return {bytes_.get(), length_}; }

private:
    struct Free {
        void operator()(std::byte* bytes) const noexcept { std::free(bytes); }
    };
    std::size_t length_;
    std::unique_ptr<std::byte, Free> bytes_;
};

constexpr std::int32_t term_length = 1024 * 1024;

struct Stream {
    Memory memory{static_cast<std::size_t>(logbuffer::file_length(term_length, 4096))};
    logbuffer::Log log = logbuffer::Log::initialise(memory.span(), {.session_id = SessionId{1},
                                                                    .stream_id = StreamId{10},
                                                                    .initial_term_id = TermId{3},
                                                                    .starting_term_id = TermId{3},
                                                                    .term_length = term_length,
                                                                    .mtu_length = 1408});
    logbuffer::Cleaner cleaner{log, Position{0}};
    void clean_behind(Position producer) {
        const Position target = producer - term_length;
        while (cleaner.position() < target) static_cast<void>(cleaner.advance(target, term_length));
    }
};

constexpr std::int64_t no_limit = INT64_MAX;

void exclusive_offer(benchmark::State& state) {
    Stream stream;
    logbuffer::ExclusiveAppender appender{stream.log, {SessionId{1}, StreamId{10}}};
    const std::vector<std::byte> message(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        if (!appender.offer(no_limit, logbuffer::SingleSource{message}, nullptr))
            stream.clean_behind(appender.position());
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(exclusive_offer)->Arg(32)->Arg(1344)->Arg(65536);

void concurrent_offer(benchmark::State& state) {
    Stream stream;
    const logbuffer::ConcurrentAppender appender{stream.log, {SessionId{1}, StreamId{10}}};
    const std::vector<std::byte> message(static_cast<std::size_t>(state.range(0)));
    for (auto _ : state) {
        if (!appender.offer(no_limit, logbuffer::SingleSource{message}, nullptr))
            stream.clean_behind(appender.position());
    }
    state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(concurrent_offer)->Arg(32)->Arg(1344)->Arg(65536);

void ring_command(benchmark::State& state) {
    Memory memory{65536 + shm::ring_trailer_length};
    shm::Ring ring{memory.span()};
    const std::vector<std::byte> payload(48);
    for (auto _ : state) {
        benchmark::DoNotOptimize(ring.write(1, payload));
        benchmark::DoNotOptimize(
            ring.read([](std::int32_t, std::span<const std::byte>) { return shm::RingRead::consumed; }, 1));
    }
}
BENCHMARK(ring_command);

void broadcast_event(benchmark::State& state) {
    Memory memory{65536 + shm::broadcast_trailer_length};
    shm::BroadcastTransmitter transmitter{memory.span()};
    shm::BroadcastReceiver receiver{memory.span()};
    const std::vector<std::byte> payload(48);
    for (auto _ : state) {
        transmitter.transmit(1, payload);
        benchmark::DoNotOptimize(receiver.receive());
    }
}
BENCHMARK(broadcast_event);

/// 1408 bytes from outside: one frame, or as many of 64 bytes as there is room for.
void read_datagram(benchmark::State& state) {
    constexpr std::size_t mtu = 1408;
    const auto frame_length = static_cast<std::size_t>(state.range(0));
    std::array<std::byte, mtu> bytes{};
    for (std::size_t at = 0; at < mtu; at += frame_length) {
        const auto room = std::span{bytes}.subspan(at);
        wire::put(room, wire::DataHeader{.common = {.frame_length = static_cast<std::int32_t>(frame_length),
                                                    .flags = wire::flags::whole,
                                                    .type = wire::FrameType::data},
                                         .term_offset = static_cast<std::int32_t>(at),
                                         .session_id = SessionId{1}});
    }
    for (auto _ : state) {
        const std::span<const std::byte> datagram{bytes};
        benchmark::ClobberMemory();
        benchmark::DoNotOptimize(wire::Datagram::at_receiver(datagram));
    }
}
BENCHMARK(read_datagram)->Arg(1408)->Arg(64);

}  // namespace
}  // namespace gale

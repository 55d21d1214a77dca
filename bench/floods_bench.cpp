// What a datagram of a flood costs the processor of a whole driver, beside one of an honest stream: duty cycles on one
// thread, with datagrams from memory instead of a system's sockets, so that nothing but the driver is measured. How
// many of them a duty cycle takes at most is a test's affair (tests/sim/flood_sim_test.cpp).
#include "base/random.hpp"
#include "logbuffer/geometry.hpp"
#include "net/network.hpp"
#include "os/process.hpp"
#include "wire/frame_header.hpp"
#include "wire/frames.hpp"

#include <gale/gale.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace gale {
namespace {

using Bytes = std::vector<std::byte>;

constexpr StreamId stream{7};
constexpr std::int32_t honest_mtu = 1408;
const std::string here = "aeron:udp?endpoint=127.0.0.1:40123";

/// Whatever is to be read; nothing that is sent arrives anywhere.
class Feed final : public net::Network {
public:
    /// What the newest socket has to read from now on, `batch` at a time, over and over.
    void serve(std::vector<Bytes> datagrams, std::size_t batch) {
        datagrams_ = std::move(datagrams);
        batch_ = batch;
        next_ = 0;
    }
    /// In turns from so many ports; from one at first.
    void come_from(std::size_t ports) {
        from_.clear();
        for (std::size_t i = 0; i < ports; ++i)
            from_.push_back(
                {.ip = channel::parse_ip("127.0.0.1").value(), .port = static_cast<std::uint16_t>(40001 + i)});
    }
    [[nodiscard]] std::int64_t taken() const noexcept { return taken_; }

    std::unique_ptr<net::Transport> open(const net::TransportSpec& spec) override {
        auto made = std::make_unique<Socket>(*this, spec);
        newest_ = made.get();
        return made;
    }
    std::unique_ptr<net::Poller> make_poller() override { return std::make_unique<Everything>(); }
    std::vector<net::InterfaceAddress> interfaces() override { return net::system_network().interfaces(); }
    channel::IpAddress resolve(std::string_view host) override { return net::system_network().resolve(host); }

private:
    class Socket final : public net::Transport {
    public:
        Socket(Feed& feed, const net::TransportSpec& spec) : feed_{feed}, local_{spec.local} {}
        [[nodiscard]] int send(std::span<const net::Datagram> batch, const net::SocketAddress*) noexcept override {
            return static_cast<int>(batch.size());
        }
        int receive(FunctionRef<void(std::span<const net::Received>)> handler, int limit) noexcept override {
            return feed_.newest_ == this ? feed_.read(handler, limit) : 0;
        }
        [[nodiscard]] int take_error() noexcept override { return 0; }
        [[nodiscard]] net::SocketAddress local_address() const noexcept override { return local_; }
        [[nodiscard]] std::int64_t send_buffer_length() const noexcept override { return 1 << 20; }
        [[nodiscard]] std::int64_t receive_buffer_length() const noexcept override { return 1 << 24; }

    private:
        Feed& feed_;
        net::SocketAddress local_;
    };
    class Everything final : public net::Poller {
    public:
        void add(net::Transport& transport) override { all_.push_back(&transport); }
        void remove(net::Transport& transport) noexcept override { std::erase(all_, &transport); }
        void ready(FunctionRef<void(net::Transport&)> handler) noexcept override {
            for (net::Transport* each : all_) handler(*each);
        }
        void wait(Nanos) noexcept override {}
        void wake() noexcept override {}

    private:
        std::vector<net::Transport*> all_;
    };

    int read(FunctionRef<void(std::span<const net::Received>)> handler, int limit) noexcept {
        if (datagrams_.empty()) return 0;
        const auto count = std::min(batch_, static_cast<std::size_t>(limit));
        received_.clear();
        for (std::size_t i = 0; i < count; ++i) {
            received_.push_back({.bytes = datagrams_[next_], .source = from_[next_ % from_.size()]});
            if (++next_ == datagrams_.size()) next_ = 0;
        }
        taken_ += static_cast<std::int64_t>(count);
        handler(received_);
        return static_cast<int>(count);
    }

    std::vector<net::SocketAddress> from_{{.ip = channel::parse_ip("127.0.0.1").value(), .port = 40001}};
    Socket* newest_ = nullptr;
    std::vector<Bytes> datagrams_;
    std::vector<net::Received> received_;
    std::size_t batch_ = 0;
    std::size_t next_ = 0;
    std::int64_t taken_ = 0;
};

/// A driver that is stepped, and a program.
struct Stage {
    Feed feed{};
    MediaDriver driver = [this] {
        DriverOptions options;
        options.directory = "/dev/shm/gale-bench-floods-" + std::to_string(os::process_id());
        options.delete_directory_on_start = true;
        options.delete_directory_on_shutdown = true;
        options.threading_mode = ThreadingMode::invoker;
        options.counters_buffer_length = 1 << 20;
        options.term_buffer_length = 1 << 18;
        options.environment.network = &feed;
        options.on_warning = [](std::string_view) {};
        return MediaDriver::launch(std::move(options));
    }();
    Client client = Client::connect({.directory = driver.directory(), .conductor = ConductorMode::invoker});

    template <class Resource> Resource await(Pending<Resource> wish) {
        std::optional<Resource> made;
        while (!(made = wish.poll())) cycle();
        return std::move(*made);
    }
    void cycle() {
        driver.do_work();
        client.do_work();
    }
    /// Duty cycles of the driver alone, as long as is wished; the figure is for one datagram.
    void measure(benchmark::State& state) {
        for (int i = 0; i < 100; ++i) cycle();  // batches grow, budgets are spent
        const std::int64_t before = feed.taken();
        for (auto _ : state) benchmark::DoNotOptimize(driver.do_work());
        state.SetItemsProcessed(feed.taken() - before);
    }
};

template <class Frame> Bytes bytes_of(const Frame& frame) {
    const auto bytes = std::as_bytes(std::span{&frame, 1});
    return {bytes.begin(), bytes.end()};
}

std::vector<Bytes> many(const std::function<Bytes(std::int32_t)>& make, std::int32_t count = 4096) {
    std::vector<Bytes> all;
    for (std::int32_t i = 0; i < count; ++i) all.push_back(make(i));
    return all;
}

Bytes rubbish(std::int32_t number) {
    Random random{static_cast<std::uint64_t>(number)};
    Bytes bytes(8 + random.below(1400));
    for (std::byte& each : bytes) each = static_cast<std::byte>(random.next());
    if (number % 2 != 0) return bytes;
    const wire::CommonHeader header{.frame_length = static_cast<std::int32_t>(bytes.size()) + 8,
                                    .version = 0,
                                    .flags = 0,
                                    .type = static_cast<wire::FrameType>(number / 2 % 12)};
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
}

wire::Setup setup_of(SessionId session, StreamId of) {
    wire::Setup setup{.session_id = session, .stream_id = of};
    setup.term_length = 1 << 20;
    setup.mtu = honest_mtu;
    return setup;
}

Bytes data_of(SessionId session, std::int32_t term, std::int32_t offset) {
    wire::FrameHeader header{};
    header.frame_length = honest_mtu;
    header.flags = wire::flags::whole;
    header.type = wire::FrameType::data;
    header.term_offset = offset;
    header.term_id = term;
    header.session_id = session.value;
    header.stream_id = stream.value;
    Bytes bytes(honest_mtu);
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
}

/// What comes to a subscription from strangers.
void at_a_receiver(benchmark::State& state, const std::function<Bytes(std::int32_t)>& make) {
    Stage stage;
    const auto subscription = stage.await(stage.client.async_add_subscription(here, stream));
    stage.feed.serve(many(make), 256);
    stage.measure(state);
}
BENCHMARK_CAPTURE(at_a_receiver, rubbish, rubbish);
BENCHMARK_CAPTURE(at_a_receiver, setups_of_unknown_streams,
                  [](std::int32_t number) { return bytes_of(setup_of(SessionId{number}, StreamId{1000 + number})); });
BENCHMARK_CAPTURE(at_a_receiver, data_of_unknown_sessions,
                  [](std::int32_t number) { return data_of(SessionId{number}, 0, 0); });

/// To compare: data that somebody reads, in its order. The subscriber's part is not measured.
void honest_data(benchmark::State& state) {
    Stage stage;
    auto subscription = stage.await(stage.client.async_add_subscription(here, stream));
    stage.feed.serve({bytes_of(setup_of(SessionId{1}, stream))}, 1);
    while (subscription.image_count() == 0) stage.cycle();
    constexpr std::int32_t batch = 64;  // within the first window
    std::int32_t term = 0;
    std::int32_t offset = 0;
    std::vector<Bytes> next(batch);
    const std::int64_t before = stage.feed.taken();
    for (auto _ : state) {
        state.PauseTiming();
        for (Bytes& each : next) {
            each = data_of(SessionId{1}, term, offset);
            if ((offset += honest_mtu) + honest_mtu > 1 << 20) {
                // The rest of a term is padding, which has a datagram of its own.
                wire::FrameHeader header{};
                std::memcpy(&header, each.data(), sizeof header);
                header.type = wire::FrameType::padding;
                header.frame_length = (1 << 20) - (offset - honest_mtu);
                each.resize(sizeof header);
                std::memcpy(each.data(), &header, sizeof header);
                ++term;
                offset = 0;
            }
        }
        stage.feed.serve(next, batch);
        for (int i = 0; i < 4; ++i) {
            const std::int64_t taken = stage.feed.taken();
            state.ResumeTiming();
            benchmark::DoNotOptimize(stage.driver.do_work());
            state.PauseTiming();
            if (stage.feed.taken() - taken >= batch) break;
        }
        stage.feed.serve({}, 0);
        while (subscription.poll([](std::span<const std::byte>, const Header&) {}, 1000) > 0) {
        }
        stage.cycle();
        state.ResumeTiming();
    }
    state.SetItemsProcessed(stage.feed.taken() - before);
}
BENCHMARK(honest_data);

/// What comes to a publication from those who ask for everything again, over and over: from so many receivers, whose
/// destinations are their own where there is more than one.
void naks_at_a_sender(benchmark::State& state) {
    Stage stage;
    const auto receivers = static_cast<std::size_t>(state.range(0));
    const std::string channel = receivers == 1 ? here : "aeron:udp?control=127.0.0.1:40123|control-mode=dynamic";
    auto publication = stage.await(stage.client.async_add_exclusive_publication(channel, stream));
    stage.feed.come_from(receivers);
    const auto of = publication.constants();
    wire::StatusMessage status{.session_id = of.session_id, .stream_id = stream};
    status.term_id = of.initial_term_id;
    status.term_offset = 0;
    status.window = of.term_length / 2;
    stage.feed.serve(std::vector(receivers, bytes_of(status)), receivers);
    while (!publication.is_connected()) stage.cycle();
    for (int i = 0; i < 10; ++i) stage.cycle();  // everybody is known
    const std::vector<std::byte> message(1000);
    while (publication.offer(message)) stage.cycle();
    stage.feed.serve(many([&](std::int32_t number) {
                         wire::Nak nak{.session_id = of.session_id, .stream_id = stream};
                         nak.term_id = of.initial_term_id;
                         nak.term_offset = number / static_cast<std::int32_t>(receivers) % 32 * 1024;
                         nak.length = 1024;
                         return bytes_of(nak);
                     }),
                     64);
    stage.measure(state);
}
BENCHMARK(naks_at_a_sender)->ArgName("receivers")->Arg(1)->Arg(16);

}  // namespace
}  // namespace gale

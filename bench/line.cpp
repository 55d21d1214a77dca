// One end of a line between two drivers, for measuring over a network that loses and delays:
//
//   gale_line pub CHANNEL STREAM LENGTH SECONDS   offers for that long, as fast as it may
//   gale_line sub CHANNEL STREAM SECONDS          reads for that long from the first message on; fails when one is
//   missing
//
// Each prints one line. The driver is that of AERON_DIR. docs and figures: bench/results.
#include <gale/gale.hpp>

#include <sys/prctl.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr Seconds patience{30};

/// Waits as a patient program does, so that the drivers keep the processors.
class Rest {
public:
    Rest() { prctl(PR_SET_TIMERSLACK, 1000UL); }
    void wait() {
        constexpr int yields = 64;
        if (++idle_ < yields) return std::this_thread::yield();
        std::this_thread::sleep_for(nap_);
        nap_ = std::min(nap_ * 2, longest);
    }
    void reset() {
        idle_ = 0;
        nap_ = shortest;
    }

private:
    static constexpr std::chrono::microseconds shortest{20};
    static constexpr std::chrono::microseconds longest{250};
    int idle_ = 0;
    std::chrono::microseconds nap_ = shortest;
};

double since(SteadyClock::time_point begin) { return Seconds{SteadyClock::now() - begin}.count(); }

int publish(const std::string& channel, gale::StreamId stream, std::size_t length, double seconds) {
    gale::Client client = gale::Client::connect();
    gale::ExclusivePublication publication = client.add_exclusive_publication(channel, stream);
    Rest rest;
    auto begin = SteadyClock::now();
    while (!publication.is_connected()) {
        if (since(begin) > patience.count()) {
            std::fprintf(stderr, "nobody on %s after %.0f s\n", channel.c_str(), patience.count());
            return 1;
        }
        rest.wait();
    }
    const double connecting = since(begin);
    std::vector<std::byte> message(std::max(length, sizeof(std::uint64_t)), std::byte{0x5a});
    std::uint64_t number = 0;
    std::uint64_t refused = 0;
    begin = SteadyClock::now();
    while (number % 256 != 0 || since(begin) < seconds) {
        std::memcpy(message.data(), &number, sizeof number);
        if (const auto result = publication.offer(message)) {
            ++number;
            rest.reset();
            continue;
        } else if (const auto error = result.error(); error != gale::OfferError::back_pressured &&
                                                      error != gale::OfferError::admin_action &&
                                                      error != gale::OfferError::not_connected) {
            std::fprintf(stderr, "the publication says %s\n", std::string{name(error)}.c_str());
            return 1;
        }
        ++refused;
        if (since(begin) >= seconds) break;
        rest.wait();
    }
    const double took = since(begin);
    std::printf("pub offered=%llu rate=%.0f msg/s bw=%.1f MB/s connect=%.0f ms refused=%llu\n",
                static_cast<unsigned long long>(number), static_cast<double>(number) / took,
                static_cast<double>(number) * static_cast<double>(message.size()) / took / 1e6, connecting * 1e3,
                static_cast<unsigned long long>(refused));
    return 0;
}

struct Arrivals {
    std::uint64_t messages = 0, bytes = 0, next = 0, missing = 0, repeated = 0;

    void count(std::span<const std::byte> message) {
        std::uint64_t number;
        std::memcpy(&number, message.data(), sizeof number);
        if (messages == 0) next = number;
        if (number > next) missing += number - next;
        if (number < next) ++repeated;
        next = number + 1;
        ++messages;
        bytes += message.size();
    }
};

/// The longest time without a message, and all that were long.
struct Silences {
    double longest = 0, longest_at = 0, total = 0;
    int many = 0;

    void add(double length, double at) {
        constexpr double worth_counting = 0.01;
        if (length > worth_counting) {
            ++many;
            total += length;
        }
        if (length <= longest) return;
        longest = length;
        longest_at = at;
    }
};

int subscribe(const std::string& channel, gale::StreamId stream, double seconds) {
    gale::Client client = gale::Client::connect();
    gale::Subscription subscription = client.add_subscription(channel, stream);
    Arrivals arrivals;
    Silences silences;
    gale::FragmentAssembler assembler{[&](auto message, const auto&) { arrivals.count(message); }};
    Rest rest;
    const auto begin = SteadyClock::now();
    auto first = begin;
    auto last = begin;
    while (true) {
        const int fragments = subscription.poll(assembler, 64);
        const auto now = SteadyClock::now();
        if (arrivals.messages == 0) {
            if (since(begin) > patience.count()) {
                std::fprintf(stderr, "nothing on %s after %.0f s\n", channel.c_str(), patience.count());
                return 1;
            }
        } else if (fragments > 0) {
            if (last == begin)
                first = now;
            else
                silences.add(Seconds{now - last}.count(), Seconds{last - first}.count());
            last = now;
            rest.reset();
        }
        if (arrivals.messages != 0 && Seconds{now - first}.count() >= seconds) {
            silences.add(Seconds{now - last}.count(), Seconds{last - first}.count());
            break;
        }
        if (fragments == 0) rest.wait();
    }
    const double took = std::max(1e-9, Seconds{last - first}.count());
    std::printf("sub msgs=%llu gaps=%llu bad=%llu span=%.3f s rate=%.0f msg/s bw=%.3f MB/s freeze=%.2f ms at=%.2f s "
                "freezes_over_10ms=%d frozen=%.2f s\n",
                static_cast<unsigned long long>(arrivals.messages), static_cast<unsigned long long>(arrivals.missing),
                static_cast<unsigned long long>(arrivals.repeated), took, static_cast<double>(arrivals.messages) / took,
                static_cast<double>(arrivals.bytes) / took / 1e6, silences.longest * 1e3, silences.longest_at,
                silences.many, silences.total);
    return arrivals.missing == 0 && arrivals.repeated == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    try {
        if (words.size() == 5 && words[0] == "pub")
            return publish(words[1], gale::StreamId{std::stoi(words[2])}, std::stoul(words[3]), std::stod(words[4]));
        if (words.size() == 4 && words[0] == "sub")
            return subscribe(words[1], gale::StreamId{std::stoi(words[2])}, std::stod(words[3]));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    std::fputs("usage: gale_line pub CHANNEL STREAM LENGTH SECONDS | gale_line sub CHANNEL STREAM SECONDS\n", stderr);
    return 2;
}

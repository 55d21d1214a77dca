/// For tests of this floor: payloads that tell themselves apart, and what came out of a transport.
#pragma once

#include "net/network.hpp"

#include <gale/function_ref.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace gale::net::testing {

using Bytes = std::vector<std::byte>;

[[nodiscard]] inline channel::IpAddress ip(std::string_view text) { return channel::parse_ip(text).value(); }
[[nodiscard]] inline SocketAddress at(std::string_view host, std::uint16_t port = 0) {
    return {.ip = ip(host), .port = port};
}

/// Bytes that depend on `number` at every place; where there is room it comes first.
[[nodiscard]] inline Bytes payload(std::size_t length, std::uint32_t number) {
    Bytes bytes(length);
    for (std::size_t i = 0; i < length; ++i) bytes[i] = static_cast<std::byte>((i * 31 + number * 7 + i / 251) & 0xffU);
    if (length >= sizeof number) std::memcpy(bytes.data(), &number, sizeof number);
    return bytes;
}

/// The number that `payload` was made with, of what is long enough to have one.
[[nodiscard]] inline std::uint32_t number_of(std::span<const std::byte> bytes) {
    std::uint32_t number = 0;
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

/// Datagrams one after another in one piece of memory, as frames lie in a term.
class Train {
public:
    explicit Train(const std::vector<std::size_t>& lengths) {
        std::size_t total = 0;
        for (const auto length : lengths) total += length;
        memory_.reserve(total);
        for (std::size_t i = 0; i < lengths.size(); ++i) {
            const auto bytes = payload(lengths[i], static_cast<std::uint32_t>(i));
            memory_.insert(memory_.end(), bytes.begin(), bytes.end());
        }
        std::size_t offset = 0;
        for (const auto length : lengths) {
            datagrams_.push_back({std::span{memory_}.subspan(offset, length)});
            offset += length;
        }
    }
    [[nodiscard]] std::span<const Datagram> datagrams() const noexcept { return datagrams_; }
    [[nodiscard]] std::vector<Bytes> contents() const {
        std::vector<Bytes> all;
        for (const auto& datagram : datagrams_) all.emplace_back(datagram.bytes.begin(), datagram.bytes.end());
        return all;
    }

private:
    Bytes memory_;
    std::vector<Datagram> datagrams_;
};

/// What came, copied.
struct Arrival {
    Bytes bytes;
    SocketAddress source;
    Nanos kernel_time{};
};

/// One call of receive. How many, and they are appended to `arrivals`.
inline int receive_once(Transport& transport, std::vector<Arrival>& arrivals, int limit = 1024) {
    return transport.receive(
        [&](std::span<const Received> batch) {
            for (const auto& each : batch)
                arrivals.push_back({{each.bytes.begin(), each.bytes.end()}, each.source, each.kernel_time});
        },
        limit);
}

[[nodiscard]] inline std::vector<Bytes> contents(const std::vector<Arrival>& arrivals) {
    std::vector<Bytes> all;
    for (const auto& each : arrivals) all.push_back(each.bytes);
    return all;
}

}  // namespace gale::net::testing

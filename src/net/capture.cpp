#include "net/capture.hpp"

#include "os/failure.hpp"

#include <array>
#include <cerrno>
#include <cstring>

namespace gale::net {

using channel::Family;

namespace {

constexpr std::uint8_t udp_protocol = 17;
constexpr std::uint8_t hops = 64;
constexpr std::size_t udp_header_length = 8;

/// Bytes of a header under construction. Numbers are big-endian unless said otherwise.
class Header {
public:
    template <class Number> Header& big(Number value) noexcept {
        for (int shift = static_cast<int>(sizeof(Number) - 1) * 8; shift >= 0; shift -= 8)
            bytes_[length_++] = static_cast<std::byte>((value >> shift) & 0xff);
        return *this;
    }
    template <class Number> Header& native(Number value) noexcept {
        std::memcpy(&bytes_[length_], &value, sizeof value);
        length_ += sizeof value;
        return *this;
    }
    Header& address(const channel::IpAddress& ip) noexcept {
        std::memcpy(&bytes_[length_], ip.bytes.data(), ip.length());
        length_ += ip.length();
        return *this;
    }
    void patch(std::size_t at, std::uint16_t value) noexcept {
        bytes_[at] = static_cast<std::byte>(value >> 8U);
        bytes_[at + 1] = static_cast<std::byte>(value & 0xffU);
    }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return std::span{bytes_}.first(length_); }

private:
    std::array<std::byte, 64> bytes_{};
    std::size_t length_ = 0;
};

/// The Internet checksum: the complement of a sum of 16-bit words, carries added back.
class Checksum {
public:
    Checksum& add(std::span<const std::byte> bytes) noexcept {
        for (std::size_t i = 0; i < bytes.size(); ++i)
            sum_ += std::to_integer<std::uint64_t>(bytes[i]) << (i % 2 == 0 ? 8U : 0U);
        return *this;
    }
    [[nodiscard]] std::uint16_t value() const noexcept {
        auto folded = sum_;
        while (folded >> 16U != 0) folded = (folded & 0xffffU) + (folded >> 16U);
        return static_cast<std::uint16_t>(~folded);
    }

private:
    std::uint64_t sum_ = 0;
};

Header ip_header(const SocketAddress& from, const SocketAddress& to, std::size_t udp_length) noexcept {
    Header header;
    if (to.ip.family == Family::v4) {
        const auto total = static_cast<std::uint16_t>(20 + udp_length);
        header.big<std::uint16_t>(0x4500).big(total).big<std::uint32_t>(0);
        header.big(hops).big(udp_protocol).big<std::uint16_t>(0).address(from.ip).address(to.ip);
        header.patch(10, Checksum{}.add(header.bytes()).value());
    } else {
        header.big<std::uint32_t>(0x6000'0000).big(static_cast<std::uint16_t>(udp_length));
        header.big(udp_protocol).big(hops).address(from.ip).address(to.ip);
    }
    return header;
}

Header udp_header(const SocketAddress& from, const SocketAddress& to, std::span<const std::byte> payload) noexcept {
    const auto length = static_cast<std::uint16_t>(udp_header_length + payload.size());
    Header header;
    header.big(from.port).big(to.port).big(length).big<std::uint16_t>(0);
    Header pseudo;
    pseudo.address(from.ip).address(to.ip).big<std::uint16_t>(udp_protocol).big(length);
    const auto sum = Checksum{}.add(pseudo.bytes()).add(header.bytes()).add(payload).value();
    header.patch(6, sum == 0 ? std::uint16_t{0xffff} : sum);  // 0 would say that there is none
    return header;
}

void put(std::FILE* file, std::span<const std::byte> bytes) noexcept {
    static_cast<void>(std::fwrite(bytes.data(), 1, bytes.size(), file));
}

}  // namespace

PcapFile::PcapFile(const std::string& path, Clock& clock) : clock_{clock}, file_{std::fopen(path.c_str(), "wb")} {
    if (!file_) os::fail("create", path, errno);
    const auto tick = clock.tick();
    since_1970_ = Nanos{tick.wall} - tick.now;
    constexpr std::uint32_t nanosecond_magic = 0xa1b2'3c4d;
    constexpr std::uint32_t longest = 262'144;
    constexpr std::uint32_t raw_ip = 101;
    Header header;
    header.native(nanosecond_magic).native<std::uint16_t>(2).native<std::uint16_t>(4);
    header.native<std::uint64_t>(0).native(longest).native(raw_ip);
    put(file_.get(), header.bytes());
    flush();
}

Nanos PcapFile::now() noexcept { return clock_.tick().now + since_1970_; }

void PcapFile::write(Nanos time, const SocketAddress& from, const SocketAddress& to,
                     std::span<const std::byte> payload) noexcept {
    auto source = from;
    if (source.ip.family != to.ip.family) source.ip = {.family = to.ip.family};
    const auto udp = udp_header(source, to, payload);
    const auto ip = ip_header(source, to, udp_header_length + payload.size());
    const auto length = static_cast<std::uint32_t>(ip.bytes().size() + udp.bytes().size() + payload.size());
    Header record;
    record.native(static_cast<std::uint32_t>(time.count() / 1'000'000'000));
    record.native(static_cast<std::uint32_t>(time.count() % 1'000'000'000)).native(length).native(length);
    const std::lock_guard lock{mutex_};
    for (const auto bytes : {record.bytes(), ip.bytes(), udp.bytes(), payload}) put(file_.get(), bytes);
}

void PcapFile::flush() noexcept {
    const std::lock_guard lock{mutex_};
    std::fflush(file_.get());
}

Capture::Capture(std::unique_ptr<Transport> inner, const TransportSpec& spec, PcapFile& file)
    : Wrapper{std::move(inner)}, file_{file}, local_{this->inner().local_address()},
      peer_{spec.connected.value_or(local_)}, heard_{spec.group.value_or(local_)} {
    if (spec.group) local_.ip = spec.local.ip;
}

int Capture::send(std::span<const Datagram> batch, const SocketAddress* to) noexcept {
    const int accepted = inner().send(batch, to);
    if (accepted == 0) return 0;
    const auto time = file_.now();
    for (const auto& datagram : batch.first(static_cast<std::size_t>(accepted)))
        file_.write(time, local_, to != nullptr ? *to : peer_, datagram.bytes);
    file_.flush();
    return accepted;
}

int Capture::receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept {
    const int got = inner().receive(
        [&](std::span<const Received> batch) {
            const auto now = file_.now();
            for (const auto& each : batch)
                file_.write(each.kernel_time == Nanos::zero() ? now : each.kernel_time, each.source, heard_,
                            each.bytes);
            handler(batch);
        },
        limit);
    if (got > 0) file_.flush();
    return got;
}

bool Capture::reconnect(const SocketAddress& to) noexcept {
    if (!inner().reconnect(to)) return false;
    peer_ = to;
    return true;
}

}  // namespace gale::net

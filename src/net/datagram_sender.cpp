#include "net/datagram_sender.hpp"

#include <netinet/udp.h>

#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

namespace gale::net {
namespace {

constexpr std::size_t any_segment = std::numeric_limits<std::uint16_t>::max();

bool is_push_back(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK || error == ENOBUFS; }

/// iovec has no const, although sending only reads.
void* writable(std::span<const std::byte> bytes) noexcept { return const_cast<std::byte*>(bytes.data()); }

}  // namespace

DatagramSender::DatagramSender(int descriptor, std::size_t segments) noexcept
    : descriptor_{descriptor},
      limits_{.count = segments, .largest_segment = any_segment, .pieces_of_memory = memory_count} {
    for (std::size_t i = 0; i < message_count; ++i) {
        auto* const control = reinterpret_cast<cmsghdr*>(controls_[i].bytes.data());
        control->cmsg_level = IPPROTO_UDP;
        control->cmsg_type = UDP_SEGMENT;
        control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    }
}

int DatagramSender::send(std::span<const Datagram> batch, const SocketAddress* to) noexcept {
    const NativeAddress destination = to != nullptr ? NativeAddress{*to} : NativeAddress{};
    excused_ = false;
    doubt_ = Doubt::none;
    look_back();
    std::size_t accepted = 0;
    while (accepted < batch.size()) {
        const auto rest = batch.subspan(accepted);
        const auto prepared = prepare(rest, destination);
        const auto sent = transmit(prepared);
        for (std::size_t i = 0; i < sent; ++i) accepted += datagrams_[i];
        if (sent > 0) settle_doubt(rest[0].bytes.size());
        // Of a call that got part of the way only the count is told; what stopped it shows at the front of the next.
        if (sent == 0 && after(errno) == Next::stop) break;
    }
    return static_cast<int>(accepted);
}

int DatagramSender::take_error() noexcept { return std::exchange(error_, 0); }

/// Turns the front of `batch` into messages of one system call. How many messages.
std::size_t DatagramSender::prepare(std::span<const Datagram> batch, const NativeAddress& to) noexcept {
    std::size_t messages = 0;
    std::size_t memory_used = 0;
    const std::size_t most = doubt_ == Doubt::twice ? 1 : message_count;
    while (messages < most && !batch.empty() && memory_used < memory_count) {
        auto limits = limits_;
        if (doubt_ == Doubt::twice) limits.count = 1;
        limits.pieces_of_memory = memory_count - memory_used;
        const auto run = first_run(batch, limits);
        describe(messages, batch.first(run.datagrams), memory_used);
        auto& header = messages_[messages].msg_hdr;
        header.msg_name = to.length == 0 ? nullptr : const_cast<sockaddr*>(&to.storage.any);
        header.msg_namelen = to.length;
        memory_used += header.msg_iovlen;
        batch = batch.subspan(run.datagrams);
        ++messages;
    }
    return messages;
}

/// One message: the memory of `run`, joined where it is adjacent, and where the kernel shall cut it.
void DatagramSender::describe(std::size_t message, std::span<const Datagram> run, std::size_t memory_used) noexcept {
    std::size_t pieces = 0;
    for (std::size_t i = 0; i < run.size(); ++i) {
        if (i > 0 && follows(run[i - 1], run[i])) {
            memory_[memory_used + pieces - 1].iov_len += run[i].bytes.size();
        } else {
            memory_[memory_used + pieces] = {.iov_base = writable(run[i].bytes), .iov_len = run[i].bytes.size()};
            ++pieces;
        }
    }
    auto& header = messages_[message].msg_hdr;
    header.msg_iov = &memory_[memory_used];
    header.msg_iovlen = pieces;
    header.msg_control = nullptr;
    header.msg_controllen = 0;
    datagrams_[message] = run.size();
    if (run.size() == 1) return;

    auto& control = controls_[message].bytes;
    const auto segment = static_cast<std::uint16_t>(run[0].bytes.size());
    std::memcpy(CMSG_DATA(reinterpret_cast<cmsghdr*>(control.data())), &segment, sizeof segment);
    header.msg_control = control.data();
    header.msg_controllen = control.size();
}

/// How many messages left; none: errno says why.
std::size_t DatagramSender::transmit(std::size_t messages) noexcept {
    if (messages == 1) return ::sendmsg(descriptor_, &messages_[0].msg_hdr, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? 0 : 1;
    const int sent =
        ::sendmmsg(descriptor_, messages_.data(), static_cast<unsigned>(messages), MSG_DONTWAIT | MSG_NOSIGNAL);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

/// What to do when the first message did not leave.
DatagramSender::Next DatagramSender::after(int error) noexcept {
    if (error == EINTR) return Next::again;
    if (error == ECONNREFUSED) {
        // An earlier datagram found nobody. The kernel tells it instead of sending this one; being told clears it.
        return std::exchange(excused_, true) ? Next::stop : Next::again;
    }
    if (is_push_back(error)) return Next::stop;
    if (datagrams_[0] > 1 && (error == EINVAL || error == EMSGSIZE || error == EIO)) {
        doubt_ = doubt_ == Doubt::none ? Doubt::once : Doubt::twice;
        refusal_ = error;
        return Next::again;
    }
    error_ = error;
    return Next::stop;
}

/// Something left. If it is the first datagram of a run that was refused, then it was the run. EIO: the device cannot
/// make checksums, so it cannot cut at all. Else it cannot cut pieces as long as these.
void DatagramSender::settle_doubt(std::size_t first_length) noexcept {
    if (std::exchange(doubt_, Doubt::none) != Doubt::twice) return;
    limits_.largest_segment = refusal_ == EIO ? 0 : first_length - 1;
    sends_to_retry_ = sends_until_retry;
}

void DatagramSender::look_back() noexcept {
    if (sends_to_retry_ > 0 && --sends_to_retry_ == 0) limits_.largest_segment = any_segment;
}

}  // namespace gale::net

#include "net/datagram_receiver.hpp"

#include <netinet/udp.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace gale::net {

DatagramReceiver::DatagramReceiver(int descriptor, bool wants_control)
    : descriptor_{descriptor}, wants_control_{wants_control},
      bytes_{std::make_unique_for_overwrite<std::byte[]>(most_depth * stride)} {
    for (std::size_t i = 0; i < most_depth; ++i) {
        memory_[i] = {.iov_base = &bytes_[i * stride], .iov_len = datagram_length};
        messages_[i].msg_hdr.msg_iov = &memory_[i];
        messages_[i].msg_hdr.msg_iovlen = 1;
        messages_[i].msg_hdr.msg_name = &names_[i];
    }
}

int DatagramReceiver::receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept {
    int count = 0;
    bool excused = false;
    while (count < limit) {
        const auto wanted = messages_for(limit - count);
        restore(wanted);
        const int got = ::recvmmsg(descriptor_, messages_.data(), static_cast<unsigned>(wanted), MSG_DONTWAIT, nullptr);
        if (got < 0) {
            const int error = errno;
            // An earlier datagram found nobody: no reason to leave unread what others sent.
            if (error == EINTR || (error == ECONNREFUSED && !std::exchange(excused, true))) continue;
            depth_ = std::max(depth_ / 2, least_depth);
            if (error != EAGAIN && error != EWOULDBLOCK && error != ECONNREFUSED) error_ = error;
            break;
        }
        const auto messages = static_cast<std::size_t>(got);
        const int datagrams = hand_over(messages, handler);
        count += datagrams;
        density_ = std::max<std::size_t>(static_cast<std::size_t>(datagrams) / std::max<std::size_t>(messages, 1), 1);
        if (messages < wanted) {
            if (messages < depth_ / 2) depth_ = std::max(depth_ / 2, least_depth);
            break;
        }
        depth_ = std::min(depth_ * 2, most_depth);
    }
    return count;
}

int DatagramReceiver::take_error() noexcept { return std::exchange(error_, 0); }

/// How many messages to ask for when so many datagrams are wanted: each may be a piece of many.
std::size_t DatagramReceiver::messages_for(int datagrams) const noexcept {
    return std::min(depth_, (static_cast<std::size_t>(datagrams) + density_ - 1) / density_);
}

/// The kernel writes into these what it found; the next call must not read that as what it may fill.
void DatagramReceiver::restore(std::size_t messages) noexcept {
    for (std::size_t i = 0; i < messages; ++i) {
        auto& header = messages_[i].msg_hdr;
        header.msg_namelen = sizeof names_[i];
        header.msg_control = wants_control_ ? controls_[i].bytes.data() : nullptr;
        header.msg_controllen = wants_control_ ? control_length : 0;
        header.msg_flags = 0;
    }
}

int DatagramReceiver::hand_over(std::size_t messages, FunctionRef<void(std::span<const Received>)> handler) noexcept {
    int total = 0;
    std::size_t filled = 0;
    const auto flush = [&] {
        if (filled == 0) return;
        handler(std::span{batch_}.first(filled));
        total += static_cast<int>(filled);
        filled = 0;
    };
    for (std::size_t i = 0; i < messages; ++i) {
        const auto& header = messages_[i].msg_hdr;
        if ((header.msg_flags & MSG_TRUNC) != 0) continue;  // longer than any datagram of IPv4: nothing of ours
        NativeAddress source;
        source.storage = names_[i];
        const auto address = source.address();
        const auto known = facts(header);
        const std::span<const std::byte> whole{&bytes_[i * stride], messages_[i].msg_len};
        const auto segment = known.segment == 0 ? std::max<std::size_t>(whole.size(), 1) : known.segment;
        std::size_t offset = 0;
        do {
            const auto length = std::min(segment, whole.size() - offset);
            batch_[filled++] = {.bytes = whole.subspan(offset, length), .source = address, .kernel_time = known.time};
            offset += length;
            if (filled == batch_count) flush();
        } while (offset < whole.size());
    }
    flush();
    return total;
}

DatagramReceiver::Facts DatagramReceiver::facts(const msghdr& header) const noexcept {
    Facts result;
    if (!wants_control_) return result;
    auto& message = const_cast<msghdr&>(header);  // the system's macros know no const
    for (auto* control = CMSG_FIRSTHDR(&message); control != nullptr; control = CMSG_NXTHDR(&message, control)) {
        if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO) {
            int segment = 0;
            std::memcpy(&segment, CMSG_DATA(control), sizeof segment);
            if (segment > 0) result.segment = static_cast<std::size_t>(segment);
        } else if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS) {
            timespec time{};
            std::memcpy(&time, CMSG_DATA(control), sizeof time);
            result.time = std::chrono::seconds{time.tv_sec} + Nanos{time.tv_nsec};
        }
    }
    return result;
}

}  // namespace gale::net

/// Cutting a stream into datagrams: whole frames, where they lie. docs/formats/sending.md, packing.
#pragma once

#include "logbuffer/frame.hpp"
#include "logbuffer/log.hpp"
#include "net/transport.hpp"

#include <gale/types.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace gale::driver::sender {

/// Datagrams of one call to the transport, and where each of them brings the stream.
class Batch {
public:
    static constexpr int capacity = 192;

    void clear() noexcept {
        count_ = 0;
        bytes_ = 0;
    }
    void add(std::span<const std::byte> bytes, Position end) noexcept {
        datagrams_[index(count_)] = {bytes};
        ends_[index(count_)] = end;
        bytes_ += static_cast<std::int64_t>(bytes.size());
        ++count_;
    }
    [[nodiscard]] int count() const noexcept { return count_; }
    [[nodiscard]] std::int64_t bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::span<const net::Datagram> datagrams() const noexcept {
        return {datagrams_.data(), index(count_)};
    }
    /// Bytes of the first `count` datagrams.
    [[nodiscard]] std::int64_t bytes_of(int count) const noexcept;
    /// Where the stream stands when the first `count` > 0 are gone, padding included.
    [[nodiscard]] Position end_of(int count) const noexcept { return ends_[index(count - 1)]; }

private:
    static constexpr std::size_t index(int number) noexcept { return static_cast<std::size_t>(number); }
    std::array<net::Datagram, capacity> datagrams_{};
    std::array<Position, capacity> ends_{};
    std::int64_t bytes_ = 0;
    int count_ = 0;
};

struct CutLimits {
    std::int32_t mtu;        ///< of one datagram
    Position window_end;     ///< frames end here at the latest; of padding only its header counts
    int max_datagrams;       ///< at most Batch::capacity
    std::int64_t max_bytes;  ///< of the batch; the datagram that passes it is the last
};

/// Why cutting came to an end.
enum class CutStop {
    no_frame,    ///< nothing is committed there yet
    window,      ///< a frame is there, and too long for what is left
    batch_full,  ///< perhaps there is more
};

/// Adds datagrams to `batch`, from `from` on: each as many whole frames as fit, none over the end of a term, padding
/// only as its header and last.
[[nodiscard]] CutStop cut(const logbuffer::Log& log, Position from, const CutLimits& limits, Batch& batch) noexcept;

/// Whether a frame of this stream is committed just there: what a NAK names may be anything.
[[nodiscard]] bool is_frame_at(const logbuffer::Log& log, Position position, logbuffer::StreamIdentity stream) noexcept;

/// How many datagrams a publication sends in one duty cycle: few as long as few are there, so that the first leave at
/// once; more and more while there is more.
class BatchSize {
public:
    static constexpr int smallest = 4;
    [[nodiscard]] int now() const noexcept { return size_; }
    void after(CutStop stop, int sent) noexcept {
        if (stop == CutStop::batch_full && sent == size_)
            size_ = size_ * 2 < Batch::capacity ? size_ * 2 : Batch::capacity;
        else if (sent < size_ / 4)
            size_ = size_ / 2 > smallest ? size_ / 2 : smallest;
    }

private:
    int size_ = smallest;
};

}  // namespace gale::driver::sender

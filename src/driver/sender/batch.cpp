#include "driver/sender/batch.hpp"

#include <algorithm>

namespace gale::driver::sender {
namespace {

/// The datagram that is being put together, in one term.
class Cutter {
public:
    Cutter(const logbuffer::Log& log, Position from, const CutLimits& limits, Batch& batch) noexcept
        : term_{log.term(log.geometry().partition(from))}, term_begin_{from - log.geometry().offset(from)},
          length_{log.term_length()}, begin_{log.geometry().offset(from)}, at_{begin_}, limits_{limits}, batch_{batch} {
    }

    /// True when the term has come to its end, and the batch has not.
    bool run(CutStop& stop) noexcept {
        while (at_ < length_) {
            const std::byte* frame = term_ + at_;
            const std::int32_t length = logbuffer::frame_length_acquire(frame);
            // One comparison for "nothing yet" (0 or less), "shorter than a header" and "beyond the term".
            const auto over =
                static_cast<std::uint32_t>(length) - static_cast<std::uint32_t>(wire::frame_header_length);
            if (over > static_cast<std::uint32_t>(length_ - at_ - wire::frame_header_length)) {
                close();
                stop = CutStop::no_frame;
                return false;
            }
            if (!take(frame, wire::footprint(length), stop)) return false;
        }
        return close() || full(stop);
    }
    [[nodiscard]] Position end() const noexcept { return term_begin_ + at_; }

private:
    bool take(const std::byte* frame, std::int32_t footprint, CutStop& stop) noexcept {
        __builtin_prefetch(frame + 2 * static_cast<std::ptrdiff_t>(footprint));  // frames tend to be alike
        const bool padding = logbuffer::header_of(frame).type == wire::FrameType::padding;
        const std::int32_t travels = padding ? wire::frame_header_length : footprint;
        if (bytes_ + travels > limits_.mtu && !close()) return full(stop);
        if (travels > limits_.mtu || end() + travels > limits_.window_end) {
            close();
            stop = CutStop::window;
            return false;
        }
        bytes_ += travels;
        at_ += footprint;
        return travels == footprint || close() || full(stop);  // nothing comes behind a header that stands for more
    }
    /// The datagram goes into the batch. False when no other has room there.
    bool close() noexcept {
        if (bytes_ > 0) batch_.add({term_ + begin_, static_cast<std::size_t>(bytes_)}, end());
        begin_ = at_;
        bytes_ = 0;
        return batch_.count() < limits_.max_datagrams && batch_.bytes() < limits_.max_bytes;
    }
    static bool full(CutStop& stop) noexcept {
        stop = CutStop::batch_full;
        return false;
    }

    const std::byte* term_;
    Position term_begin_;
    std::int32_t length_;
    std::int32_t begin_;
    std::int32_t at_;
    std::int32_t bytes_ = 0;
    const CutLimits limits_;
    Batch& batch_;
};

}  // namespace

std::int64_t Batch::bytes_of(int count) const noexcept {
    if (count == count_) return bytes_;
    std::int64_t bytes = 0;
    for (const net::Datagram& datagram : datagrams().first(index(count)))
        bytes += static_cast<std::int64_t>(datagram.bytes.size());
    return bytes;
}

CutStop cut(const logbuffer::Log& log, Position from, const CutLimits& limits, Batch& batch) noexcept {
    CutStop stop = CutStop::no_frame;
    while (true) {
        Cutter cutter{log, from, limits, batch};
        if (!cutter.run(stop)) return stop;
        from = cutter.end();
    }
}

bool is_frame_at(const logbuffer::Log& log, Position position, logbuffer::StreamIdentity stream) noexcept {
    const logbuffer::Place place = log.geometry().place(position);
    const std::byte* frame = log.term(log.geometry().partition(position)) + place.offset;
    if (logbuffer::frame_length_acquire(frame) < wire::frame_header_length) return false;
    const wire::FrameHeader& header = logbuffer::header_of(frame);
    return header.term_offset == place.offset && header.term_id == place.term_id.value &&
           header.session_id == stream.session_id.value && header.stream_id == stream.stream_id.value;
}

}  // namespace gale::driver::sender

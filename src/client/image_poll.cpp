#include "client/image_state.hpp"
#include "logbuffer/frame.hpp"

#include <algorithm>
#include <limits>

namespace gale::client {
namespace {

constexpr Position no_limit{std::numeric_limits<std::int64_t>::max()};

bool is_padding(const std::byte* frame) noexcept {
    return logbuffer::header_of(frame).type == wire::FrameType::padding;
}

std::span<const std::byte> payload_of(const std::byte* frame, std::int32_t frame_length) noexcept {
    return {frame + wire::frame_header_length, static_cast<std::size_t>(frame_length - wire::frame_header_length)};
}

}  // namespace

struct ImageState::Place {
    const std::byte* term;
    std::int64_t position;
    std::int32_t begin;  // offset of `position` in the term
    std::int32_t end;    // frames that begin here or later are left alone
};

/// Publishes the position when the poll ends, also when a handler throws.
class ImageState::Progress {
public:
    Progress(ImageState& image, const Place& at) noexcept
        : offset{at.begin}, image_{image}, position_{at.position}, published_{at.begin} {}
    ~Progress() { publish(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void publish() noexcept {
        if (offset == published_) return;
        position_ += offset - published_;
        published_ = offset;
        image_.publish(position_);
    }
    std::int32_t offset;  // how far it came

private:
    ImageState& image_;
    std::int64_t position_;
    std::int32_t published_;
};

// The counter is ours to write, but others map it: whatever it holds, a frame may begin there.
Position ImageState::consumed() const noexcept {
    return Position{position_->load_relaxed() & (no_limit.value ^ (wire::frame_alignment - 1))};
}

void ImageState::publish(std::int64_t position) noexcept {
    if (!is_closed()) position_->store_release(position);
}

ImageState::Place ImageState::place(Position from, Position limit) const noexcept {
    const auto& geometry = log_.geometry();
    const std::int32_t begin = geometry.offset(from);
    const std::int64_t room = limit - from;
    const std::int32_t rest = geometry.term_length() - begin;
    const std::int32_t end =
        room >= rest ? geometry.term_length() : begin + std::max(static_cast<std::int32_t>(room), 0);
    return {log_.term(geometry.partition(from)), from.value, begin, end};
}

// The length of the frame, or 0 when the poll ends here: nothing is there yet, or nothing that makes sense.
inline std::int32_t ImageState::next_frame(const std::byte* frame, std::int64_t position, std::int32_t room) noexcept {
    const std::int32_t length = logbuffer::frame_length_acquire(frame);
    if (length <= 0) return 0;
    if (length < wire::frame_header_length || length > room) [[unlikely]] {
        report_corruption(position, length);
        return 0;
    }
    return length;
}

int ImageState::poll(FragmentHandler handler, int fragment_limit) {
    return bounded_poll(handler, no_limit, fragment_limit);
}

int ImageState::controlled_poll(ControlledFragmentHandler handler, int fragment_limit) {
    return bounded_controlled_poll(handler, no_limit, fragment_limit);
}

int ImageState::bounded_poll(FragmentHandler handler, Position limit, int fragment_limit) {
    if (is_closed()) return 0;
    const Place at = place(consumed(), limit);
    const std::int32_t term_length = log_.term_length();
    Progress progress{*this, at};
    Header header{log_.geometry().initial_term_id(), log_.geometry().position_bits(), this};
    int fragments = 0;
    // `progress` is in memory, for handlers that throw; what leads from frame to frame stays in a register.
    std::int32_t offset = at.begin;
    while (fragments < fragment_limit && offset < at.end && !closed_.load(std::memory_order_relaxed)) {
        const std::byte* frame = at.term + offset;
        const std::int64_t position = at.position + (offset - at.begin);
        const std::int32_t length = next_frame(frame, position, term_length - offset);
        if (length == 0) break;
        const std::int32_t footprint = wire::footprint(length);
        offset += footprint;
        progress.offset = offset;
        if (is_padding(frame)) continue;
        ++fragments;
        header.show(frame, length, Position{position + footprint});
        handler(payload_of(frame, length), header);
    }
    return fragments;
}

int ImageState::bounded_controlled_poll(ControlledFragmentHandler handler, Position limit, int fragment_limit) {
    if (is_closed()) return 0;
    const Place at = place(consumed(), limit);
    const std::int32_t term_length = log_.term_length();
    Progress progress{*this, at};
    Header header{log_.geometry().initial_term_id(), log_.geometry().position_bits(), this};
    int fragments = 0;
    std::int32_t offset = at.begin;
    while (fragments < fragment_limit && offset < at.end && !closed_.load(std::memory_order_relaxed)) {
        const std::byte* frame = at.term + offset;
        const std::int64_t position = at.position + (offset - at.begin);
        const std::int32_t length = next_frame(frame, position, term_length - offset);
        if (length == 0) break;
        const std::int32_t footprint = wire::footprint(length);
        offset += footprint;
        progress.offset = offset;
        if (is_padding(frame)) continue;
        header.show(frame, length, Position{position + footprint});
        const Action action = handler(payload_of(frame, length), header);
        if (action == Action::abort) {
            progress.offset = offset - footprint;
            break;
        }
        ++fragments;
        if (action == Action::stop) break;
        if (action == Action::commit) progress.publish();
    }
    return fragments;
}

Position ImageState::controlled_peek(Position from, ControlledFragmentHandler handler, Position limit) {
    const auto& geometry = log_.geometry();
    const Position current = consumed();
    if (is_closed() || from < current || from - current > geometry.term_length() ||
        from.value % wire::frame_alignment != 0)
        return from;
    const Place at = place(from, limit);
    const TermId term_id = geometry.place(from).term_id;
    Header header{geometry.initial_term_id(), geometry.position_bits(), this};
    Position behind_whole = from;
    for (std::int32_t offset = at.begin; offset < at.end;) {
        const std::byte* frame = at.term + offset;
        const std::int64_t position = at.position + (offset - at.begin);
        const std::int32_t length = next_frame(frame, position, geometry.term_length() - offset);
        // Ahead of the publisher a term may still hold the frames of three terms ago.
        if (length == 0 || logbuffer::header_of(frame).term_id != term_id.value) break;
        const std::int32_t footprint = wire::footprint(length);
        offset += footprint;
        const Position behind{position + footprint};
        if (is_padding(frame)) {
            behind_whole = behind;
            continue;
        }
        header.show(frame, length, behind);
        const Action action = handler(payload_of(frame, length), header);
        if (action == Action::abort) break;
        if (header.ends_message()) behind_whole = behind;
        if (action == Action::stop) break;
    }
    return behind_whole;
}

int ImageState::block_poll(BlockHandler handler, int byte_limit) {
    if (is_closed() || byte_limit <= 0) return 0;
    const Place at = place(consumed(), no_limit);
    const std::int64_t limit = std::min<std::int64_t>(std::int64_t{at.begin} + byte_limit, at.end);
    std::int32_t end = at.begin;
    while (end < limit) {
        const std::byte* frame = at.term + end;
        const std::int32_t length = next_frame(frame, at.position + (end - at.begin), at.end - end);
        if (length == 0) break;
        const std::int32_t footprint = wire::footprint(length);
        if (is_padding(frame)) {
            if (end == at.begin) end += footprint;
            break;
        }
        if (end + std::int64_t{footprint} > limit) break;
        end += footprint;
    }
    const std::int32_t bytes = end - at.begin;
    if (bytes == 0) return 0;
    Progress progress{*this, at};
    progress.offset = end;
    const std::byte* first = at.term + at.begin;
    handler({first, static_cast<std::size_t>(bytes)}, constants_.session_id,
            TermId{logbuffer::header_of(first).term_id});
    return bytes;
}

bool ImageState::set_position(Position to) noexcept {
    if (is_closed()) return false;
    const Position current = consumed();
    const Place at = place(current, no_limit);
    if (to < current || to - current > at.end - at.begin) return false;
    const auto target = at.begin + static_cast<std::int32_t>(to - current);
    std::int32_t offset = at.begin;
    while (offset < target) {
        const std::int32_t length = next_frame(at.term + offset, at.position + (offset - at.begin), at.end - offset);
        if (length == 0) return false;
        offset += wire::footprint(length);
    }
    if (offset != target) return false;
    publish(to.value);
    return true;
}

}  // namespace gale::client

#include "client/image_state.hpp"
#include "logbuffer/scan.hpp"

namespace gale::client {

using logbuffer::FrameCursor;

/// Publishes the position when the poll ends, also when a handler throws.
class ImageState::Progress {
public:
    Progress(ImageState& image, Position from, const FrameCursor& cursor) noexcept
        : offset{cursor.next_offset()}, term_begin{from - offset}, image_{image}, published_{offset} {}
    ~Progress() { publish(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    void publish() noexcept {
        if (offset == published_) return;
        published_ = offset;
        image_.publish(term_begin + offset);
    }
    std::int32_t offset;  // how far it came in its term
    const Position term_begin;

private:
    ImageState& image_;
    std::int32_t published_;
};

// The counter is ours to write, but others map it: whatever it holds, a frame may begin there.
Position ImageState::consumed() const noexcept {
    return Position{position_->load_relaxed() & (logbuffer::no_end.value ^ (wire::frame_alignment - 1))};
}

void ImageState::publish(Position position) noexcept {
    if (is_closed()) return;
    reached_.store(position.value, std::memory_order_relaxed);
    position_->store_release(position.value);
}

Header ImageState::header() noexcept {
    return Header{log_.geometry().initial_term_id(), log_.geometry().position_bits(), this};
}

int ImageState::poll(FragmentHandler handler, int fragment_limit) {
    return bounded_poll(handler, logbuffer::no_end, fragment_limit);
}

int ImageState::controlled_poll(ControlledFragmentHandler handler, int fragment_limit) {
    return bounded_controlled_poll(handler, logbuffer::no_end, fragment_limit);
}

int ImageState::bounded_poll(FragmentHandler handler, Position limit, int fragment_limit) {
    if (is_closed()) return 0;
    const Position from = consumed();
    // `progress` is in memory, for handlers that throw; what leads from frame to frame stays in registers.
    FrameCursor cursor = logbuffer::cursor_at(log_, from, limit);
    Progress progress{*this, from, cursor};
    Header header = this->header();
    int fragments = 0;
    while (fragments < fragment_limit && !closed_.load(std::memory_order_relaxed) && cursor.next()) {
        progress.offset = cursor.next_offset();
        if (cursor.is_padding()) continue;
        ++fragments;
        header.show(cursor.frame(), cursor.length(), progress.term_begin + cursor.next_offset());
        handler(cursor.payload(), header);
    }
    if (cursor.corrupt()) [[unlikely]]
        report_corruption(progress.term_begin + cursor.next_offset());
    return fragments;
}

int ImageState::bounded_controlled_poll(ControlledFragmentHandler handler, Position limit, int fragment_limit) {
    if (is_closed()) return 0;
    const Position from = consumed();
    FrameCursor cursor = logbuffer::cursor_at(log_, from, limit);
    Progress progress{*this, from, cursor};
    Header header = this->header();
    int fragments = 0;
    while (fragments < fragment_limit && !closed_.load(std::memory_order_relaxed) && cursor.next()) {
        progress.offset = cursor.next_offset();
        if (cursor.is_padding()) continue;
        header.show(cursor.frame(), cursor.length(), progress.term_begin + cursor.next_offset());
        const Action action = handler(cursor.payload(), header);
        if (action == Action::abort) {
            progress.offset -= cursor.aligned_length();
            break;
        }
        ++fragments;
        if (action == Action::stop) break;
        if (action == Action::commit) progress.publish();
    }
    if (cursor.corrupt()) [[unlikely]]
        report_corruption(progress.term_begin + cursor.next_offset());
    return fragments;
}

Position ImageState::controlled_peek(Position from, ControlledFragmentHandler handler, Position limit) {
    const auto& geometry = log_.geometry();
    const Position current = consumed();
    if (is_closed() || from < current || from - current > geometry.term_length() ||
        from.value % wire::frame_alignment != 0)
        return from;
    const TermId term_id = geometry.place(from).term_id;
    const Position term_begin = from - geometry.offset(from);
    FrameCursor cursor = logbuffer::cursor_at(log_, from, limit);
    Header header = this->header();
    Position behind_whole = from;
    // Ahead of the publisher a term may still hold the frames of three terms ago.
    while (cursor.next() && cursor.header().term_id == term_id.value) {
        const Position behind = term_begin + cursor.next_offset();
        if (cursor.is_padding()) {
            behind_whole = behind;
            continue;
        }
        header.show(cursor.frame(), cursor.length(), behind);
        const Action action = handler(cursor.payload(), header);
        if (action == Action::abort) break;
        if (header.ends_message()) behind_whole = behind;
        if (action == Action::stop) break;
    }
    if (cursor.corrupt()) report_corruption(term_begin + cursor.next_offset());
    return behind_whole;
}

int ImageState::block_poll(BlockHandler handler, int byte_limit) {
    if (is_closed() || byte_limit <= 0) return 0;
    const Position from = consumed();
    const logbuffer::Block block = logbuffer::scan_block(log_, from, byte_limit);
    if (block.corrupt) report_corruption(from + block.length);
    if (block.length == 0) return 0;
    Progress progress{*this, from, logbuffer::cursor_at(log_, from, from)};
    progress.offset += block.length;
    handler({block.begin, static_cast<std::size_t>(block.length)}, constants_.session_id,
            TermId{logbuffer::header_of(block.begin).term_id});
    return block.length;
}

bool ImageState::set_position(Position to) noexcept {
    if (is_closed()) return false;
    const Position current = consumed();
    const std::int32_t begin = log_.geometry().offset(current);
    if (to < current || to - current > log_.term_length() - begin) return false;
    const auto target = begin + static_cast<std::int32_t>(to - current);
    FrameCursor cursor = logbuffer::cursor_at(log_, current, to);
    while (cursor.next()) continue;
    if (cursor.corrupt()) report_corruption(current + (cursor.next_offset() - begin));
    if (cursor.next_offset() != target) return false;
    publish(to);
    return true;
}

}  // namespace gale::client

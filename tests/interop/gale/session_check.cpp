#include "interop/gale/session_check.hpp"

#include <algorithm>

namespace gale::interop {

SessionCheck::SessionCheck(const Image& image, const Content& content, const Options& options, Console& console)
    : image_{image}, content_{content}, console_{console}, late_{options.late},
      max_payload_{static_cast<std::size_t>(image.mtu_length()) - 32}, next_(options.publishers),
      position_{image.join_position()} {}

void SessionCheck::on_message(std::span<const std::byte> message, const Header& header) {
    if (first_ < 0) {
        first_ = late_ ? Content::sequence(message, header.reserved_value()) : 0;
        next_.front() = first_;
    }
    ++count_;
    bytes_ += static_cast<std::int64_t>(message.size());
    const std::int64_t sequence =
        Content::sequence(message, next_.size() == 1 ? next_.front() : header.reserved_value());
    std::int64_t& next = next_of(sequence);
    check(sequence == next, "number", sequence, next);
    const std::string difference = content_.difference(sequence, message);
    check(difference.empty(), difference, static_cast<std::int64_t>(message.size()),
          static_cast<std::int64_t>(content_.length(sequence)));
    check(message.size() > max_payload_ || header.reserved_value() == sequence, "reserved value",
          header.reserved_value(), sequence);
    check(header.session_id() == image_.session_id(), "session", header.session_id().value, image_.session_id().value);
    check(header.position() - position_ > static_cast<std::int64_t>(message.size()), "position",
          header.position().value, position_.value);
    position_ = header.position();
    next = sequence + 1;
}

// Whose message it may be: messages of the same number are the same whoever sent them.
std::int64_t& SessionCheck::next_of(std::int64_t sequence) noexcept {
    const auto found = std::find(next_.begin(), next_.end(), sequence);
    return found == next_.end() ? next_.front() : *found;
}

void SessionCheck::check(bool holds, const std::string& what, std::int64_t is, std::int64_t wanted) {
    constexpr int told_errors = 5;
    if (!holds && ++errors_ <= told_errors)
        console_.tell("mismatch session=" + std::to_string(image_.session_id().value) +
                      " message=" + std::to_string(count_ - 1) + " got=" + std::to_string(is) +
                      " wanted=" + std::to_string(wanted) + " text=" + what);
}

std::string SessionCheck::told() const {
    return "received session=" + std::to_string(image_.session_id().value) + " count=" + std::to_string(count_) +
           " bytes=" + std::to_string(bytes_) + " errors=" + std::to_string(errors_) +
           (late_ ? " first=" + std::to_string(first_) : "");
}

}  // namespace gale::interop

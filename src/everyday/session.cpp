#include "everyday/session.hpp"

#include <algorithm>

namespace gale::everyday {
namespace {

/// Of any message of the stream: room for it is taken at its first fragment, so that it never moves.
std::size_t max_message_length(const Image& image) noexcept {
    constexpr std::int32_t limit = 16 * 1024 * 1024;
    return static_cast<std::size_t>(std::min(image.term_length() / 8, limit));
}

Message::Origin origin_of(const Header& header, std::int64_t reserved_value) noexcept {
    return {.session_id = header.session_id(),
            .stream_id = header.stream_id(),
            .position = header.position(),
            .reserved_value = reserved_value};
}

}  // namespace

std::optional<Message> Session::add(std::span<const std::byte> fragment, const Header& header, BufferPool& pool) {
    if (header.begins_message() && header.ends_message()) {
        partial_.reset();
        return Message{fragment, origin_of(header, header.reserved_value())};
    }
    // By position, not by offset: the same offset of another term must not pass for the continuation.
    constexpr std::int64_t alignment = 32;
    const std::int64_t frame_length = (header.frame_length() + alignment - 1) / alignment * alignment;
    if (header.begins_message()) {
        partial_ = pool.lease(max_message_length(image_));
        reserved_value_ = header.reserved_value();
    } else if (partial_ != nullptr && header.position() - frame_length != expected_) {
        partial_.reset();  // something in between was lost
    }
    if (partial_ == nullptr) return std::nullopt;  // its beginning was before our time
    if (!partial_->append(fragment)) {
        partial_.reset();  // longer than a message can be: no publisher wrote that
        return std::nullopt;
    }
    expected_ = header.position();
    if (!header.ends_message()) return std::nullopt;
    BufferLease whole = std::move(partial_);
    const auto bytes = whole->bytes();
    return Message{bytes, origin_of(header, reserved_value_), std::move(whole)};
}

template <class Poll> int Session::past_padding(Poll poll) {
    const Position before = image_.position();
    const int fragments = poll();
    return fragments != 0 || image_.position() == before ? fragments : poll();
}

int Session::read(std::optional<Message>& message, int fragment_limit, BufferPool& pool) {
    const auto take = [&](std::span<const std::byte> fragment, const Header& header) {
        auto whole = add(fragment, header, pool);
        if (!whole) return Action::proceed;
        if (whole->owns_bytes()) {
            message.emplace(std::move(*whole));
        } else {
            // Out of the log, whose place the publisher may use again once this poll is over.
            BufferLease buffer = pool.lease(std::max(fragment.size(), max_message_length(image_)));
            static_cast<void>(buffer->append(fragment));
            const auto bytes = buffer->bytes();
            message.emplace(bytes, origin_of(header, header.reserved_value()), std::move(buffer));
        }
        return Action::stop;
    };
    return past_padding([&] { return image_.controlled_poll(take, fragment_limit); });
}

int Session::deliver(FunctionRef<void(const Message&)> handler, FunctionRef<bool()> go_on, int fragment_limit,
                     BufferPool& pool) {
    const auto pass_on = [&](std::span<const std::byte> fragment, const Header& header) {
        if (!go_on()) return Action::abort;
        if (const auto whole = add(fragment, header, pool)) handler(*whole);
        return Action::proceed;
    };
    return past_padding([&] { return image_.controlled_poll(pass_on, fragment_limit); });
}

int Session::discard(FunctionRef<bool()> go_on, int fragment_limit) {
    const auto ignore = [&](std::span<const std::byte>, const Header&) {
        if (!go_on()) return Action::abort;
        partial_.reset();
        return Action::proceed;
    };
    return past_padding([&] { return image_.controlled_poll(ignore, fragment_limit); });
}

}  // namespace gale::everyday

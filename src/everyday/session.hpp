/// One publisher as a subscriber reads it: its image, and the message that is half read.
#pragma once

#include "everyday/message_buffer.hpp"

#include <gale/function_ref.hpp>
#include <gale/header.hpp>
#include <gale/image.hpp>
#include <gale/message.hpp>

#include <memory>
#include <optional>
#include <span>
#include <utility>

namespace gale::everyday {

/// One thread at a time.
class Session {
public:
    explicit Session(Image image) : image_{std::move(image)} {}

    /// Consumes at most `fragment_limit` fragments, none beyond the end of a message; that goes to `message`, with
    /// bytes of its own. Returns how many.
    int read(std::optional<Message>& message, int fragment_limit, BufferPool& pool);
    // Each asks `go_on` before every fragment, when it has seen that there is one; false leaves that unread.
    /// Consumes at most `fragment_limit` fragments and passes on each message that ends with one.
    int deliver(FunctionRef<void(const Message&)> handler, FunctionRef<bool()> go_on, int fragment_limit,
                BufferPool& pool);
    /// Consumes at most `fragment_limit` fragments for nothing; what is half read goes, too.
    int discard(FunctionRef<bool()> go_on, int fragment_limit);

    [[nodiscard]] const Image& image() const noexcept { return image_; }
    /// Everything was read and nothing more will come.
    [[nodiscard]] bool has_ended() const noexcept { return image_.is_closed() || image_.is_end_of_stream(); }

private:
    /// Adds a fragment. The message, when it is whole: borrowed from the log, or in a buffer.
    std::optional<Message> add(std::span<const std::byte> fragment, const Header& header, BufferPool& pool);
    /// Polls, once more when there was nothing but padding: else the end of a term would look like the end of what
    /// there is.
    template <class Poll> int past_padding(Poll poll);

    Image image_;
    BufferLease partial_;              // null: waiting for a first fragment
    Position expected_;                // where the next fragment must begin
    std::int64_t reserved_value_ = 0;  // of the first fragment
};

}  // namespace gale::everyday

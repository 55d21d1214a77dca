/// Receiving, the everyday way: whole messages, one after the other, from every publisher in turn.
#pragma once

#include <gale/config.hpp>
#include <gale/context.hpp>
#include <gale/error.hpp>
#include <gale/function_ref.hpp>
#include <gale/message.hpp>
#include <gale/types.hpp>

#include <cstddef>
#include <iterator>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace gale {

namespace everyday {
class SubscriberState;
}

struct PollOptions {
    int fragment_limit = 10;
    bool discard = false;  ///< consume without looking: nothing is assembled, messages half read are dropped
};
/// How many fragments a poll consumed, and the message that was complete then, if one was.
struct PollResult {
    int fragments = 0;
    std::optional<Message> message{};
};

/// When an iteration ends, besides `close`.
struct ReadOptions {
    std::stop_token stop{};
    Nanos quiet = forever;       ///< after that long without a message
    bool end_of_stream = false;  ///< when there were publishers, and all of them have ended and were read to the end
};

/// Reads a message whenever it is advanced. For `for` loops.
class MessageIterator {
public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Message;
    using difference_type = std::ptrdiff_t;

    explicit MessageIterator(std::shared_ptr<everyday::SubscriberState> state, ReadOptions options);
    [[nodiscard]] const Message& operator*() const noexcept { return *message_; }
    [[nodiscard]] const Message* operator->() const noexcept { return &*message_; }
    MessageIterator& operator++();
    void operator++(int) { ++*this; }
    friend bool operator==(const MessageIterator& at, std::default_sentinel_t) noexcept { return !at.message_; }

private:
    std::shared_ptr<everyday::SubscriberState> state_;
    ReadOptions options_;
    std::optional<Message> message_;
};

/// What `Subscriber::messages` gives to a `for` loop. Keeps the subscription open.
class MessageRange {
public:
    MessageRange(std::shared_ptr<everyday::SubscriberState> state, ReadOptions options);
    [[nodiscard]] MessageIterator begin() const { return MessageIterator{state_, options_}; }
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

private:
    std::shared_ptr<everyday::SubscriberState> state_;
    ReadOptions options_;
};

/// Movable; the last to go of it and its watches closes the subscription. Every call from any thread: threads that take
/// at once get different messages. What waits rests in between, at most a millisecond at a time. Publishers take turns
/// message by message, and a message half read goes when its publisher does. After set-up nothing is allocated but a
/// buffer for each message more that is held at once.
///
/// Every reading call throws Error when the subscription is closed or its driver lost: the text says why; and when it
/// is watched, because its messages go to the watch then.
class Subscriber {
public:
    explicit Subscriber(std::shared_ptr<everyday::SubscriberState> state) noexcept;
    Subscriber(Subscriber&&) noexcept;
    Subscriber& operator=(Subscriber&&) noexcept;
    ~Subscriber();

    /// The next message; waits for it.
    [[nodiscard]] Message take();
    /// The same; nothing when asked to stop.
    [[nodiscard]] std::optional<Message> take(const std::stop_token& stop);
    /// The same; nothing when there was none in time. Looks at least once.
    [[nodiscard]] std::optional<Message> take_for(Nanos timeout, const std::stop_token& stop = {});
    /// The next message if there is one now.
    [[nodiscard]] std::optional<Message> try_take();

    /// `for (const Message& message : subscriber)`: ends when this subscriber or its context is closed; throws when the
    /// driver is lost. Each message is valid until the next.
    [[nodiscard]] MessageIterator begin() const;
    [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }
    /// The same, and ends when told.
    [[nodiscard]] MessageRange messages(ReadOptions options) const;

    /// Consumes at most `fragment_limit` fragments, none beyond the end of a first message. Does not wait.
    PollResult poll(const PollOptions& options = {});
    /// Consumes at most `fragment_limit` fragments and passes on every message that they complete, borrowed; returns
    /// how many fragments. What the handler throws comes through; its message counts as delivered.
    int poll(FunctionRef<void(const Message&)> handler, int fragment_limit = 10);
    /// Drops what has arrived; returns how many fragments.
    int discard();

    /// Somebody publishes.
    [[nodiscard]] bool is_connected() const noexcept;
    /// Waits until somebody does; false when `timeout` or `stop` comes first, or it is closed.
    bool wait_connected(Nanos timeout = forever, const std::stop_token& stop = {}) const;
    /// How many publishers there are.
    [[nodiscard]] int session_count() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    /// Why it is closed; nothing while it is open.
    [[nodiscard]] std::optional<Error> close_reason() const;
    [[nodiscard]] const std::string& uri() const;
    [[nodiscard]] StreamId stream_id() const;

    /// Idempotent, also while other threads read. Ends its iterations and watches.
    void close() noexcept;
    /// For the everyday level itself. Throws when this subscriber was moved away.
    [[nodiscard]] const std::shared_ptr<everyday::SubscriberState>& state() const;

private:
    std::shared_ptr<everyday::SubscriberState> state_;
};

/// Waits for the driver's answer. Throws Error when it is no, or does not come.
[[nodiscard]] Subscriber subscriber(const Context& context, const Config& config);

}  // namespace gale

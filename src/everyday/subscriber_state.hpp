/// What stands behind a subscriber, its iterations and its watches: a subscription, read session by session.
#pragma once

#include "everyday/connection.hpp"
#include "everyday/image_news.hpp"
#include "everyday/message_buffer.hpp"
#include "everyday/session.hpp"
#include "everyday/watch_loop.hpp"

#include <gale/config.hpp>
#include <gale/subscriber.hpp>
#include <gale/subscription.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace gale::everyday {

enum class AtClose { fail, finish };

class SubscriberState {
public:
    static constexpr int fragments_per_turn = 64;  ///< so many of a long message, then others have their turn

    SubscriberState(std::shared_ptr<Connection> connection, const Config& config);
    SubscriberState(const SubscriberState&) = delete;
    SubscriberState& operator=(const SubscriberState&) = delete;
    ~SubscriberState();

    // Any thread: while one reads, others find nothing. Each throws when closed; and when a handler of the same poll
    // calls.
    /// Waits for a message; nothing when `options` say so, or when the program closed this and `at_close` lets it.
    std::optional<Message> next(const ReadOptions& options, AtClose at_close);
    /// Consumes at most `fragment_limit` fragments, none beyond the end of a message.
    PollResult read(int fragment_limit);
    // The following return how many fragments they consumed. Before each they ask `go_on`, when they have seen that
    // there is one: whatever its publisher did before it published is seen, too. False leaves that one and the rest
    // unread.
    /// Passes on what `fragment_limit` fragments complete.
    int deliver(FunctionRef<void(const Message&)> handler, int fragment_limit, FunctionRef<bool()> go_on = always);
    int discard(int fragment_limit, FunctionRef<bool()> go_on = always);
    /// Everything that has arrived.
    int discard_all(FunctionRef<bool()> go_on = always);
    /// Throws when the messages go to a watch.
    void expect_unwatched() const;

    // Any thread.
    /// As many as the next read will read from.
    [[nodiscard]] int session_count() const noexcept { return is_closed() ? 0 : inbox_->image_count(); }
    [[nodiscard]] bool is_closed() const noexcept { return subscription_.is_closed() || connection_->is_closed(); }
    [[nodiscard]] Error why_closed() const;
    [[nodiscard]] const std::string& uri() const noexcept { return config_.uri; }
    [[nodiscard]] StreamId stream_id() const noexcept { return StreamId{config_.stream}; }
    [[nodiscard]] const std::shared_ptr<Connection>& connection() const noexcept { return connection_; }
    [[nodiscard]] WatchLoop& watches() noexcept { return watches_; }
    void close() noexcept;

private:
    static bool always() noexcept { return true; }
    class Turn;
    template <class Visit> int take_turns(int fragment_limit, Visit visit);
    void expect_open() const;
    PollResult read_open(int fragment_limit);
    void hear_news();
    [[nodiscard]] bool has_ended();

    std::shared_ptr<Connection> connection_;
    std::shared_ptr<ImageInbox> inbox_;  // the handlers of the subscription know it, too
    Config config_;
    Subscription subscription_;
    WatchLoop watches_;

    std::atomic<std::thread::id> reader_{};  // whoever reads now, and may touch what follows
    std::shared_ptr<BufferPool> pool_ = std::make_shared<BufferPool>();
    std::vector<std::unique_ptr<Session>> sessions_;
    std::size_t next_session_ = 0;
    bool had_sessions_ = false;
};

}  // namespace gale::everyday

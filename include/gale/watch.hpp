/// Being called for each message, or for a selection of them, in the background.
#pragma once

#include <gale/context.hpp>
#include <gale/message.hpp>
#include <gale/subscriber.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>

namespace gale {

namespace everyday {
class WatchEntry;
}

/// Both conditions hold together: a message that is the right one by number but comes too early is left out.
struct WatchOptions {
    int every = 1;                                       ///< the first message, and then each `every`-th
    Nanos interval{0};                                   ///< at least that long between two calls
    bool active = true;                                  ///< false: begins paused
    std::function<void(std::exception_ptr)> on_error{};  ///< what the handler threw, or why the subscription was lost
};

/// Movable; stops when destroyed, and keeps the subscription open until then. Every call from any thread, also from
/// inside handlers.
class Watch {
public:
    using Handler = std::function<void(const Message&)>;

    Watch() noexcept;
    Watch(std::shared_ptr<everyday::SubscriberState> subscriber, std::shared_ptr<everyday::WatchEntry> entry) noexcept;
    Watch(Watch&&) noexcept;
    Watch& operator=(Watch&&) noexcept;
    ~Watch();

    /// A paused watch sees nothing and counts nothing. Others of the same subscriber go on; while all of them are
    /// paused, messages are dropped, so that nobody is held up.
    void set_active(bool active) noexcept;
    [[nodiscard]] bool is_active() const noexcept;
    /// Until it is stopped, or its subscription ends.
    [[nodiscard]] bool is_watching() const noexcept;
    /// How many messages it saw while active, and how many calls of the handler have ended.
    [[nodiscard]] std::int64_t seen_count() const noexcept;
    [[nodiscard]] std::int64_t call_count() const noexcept;
    /// The last that the handler threw, or why the subscription was lost; null when all is well.
    [[nodiscard]] std::exception_ptr last_error() const;

    /// Idempotent. The handler is not called any more when this returns; except from inside a handler, where it does
    /// not wait for others that are running right now.
    void stop() noexcept;

private:
    std::shared_ptr<everyday::SubscriberState> subscriber_;
    std::shared_ptr<everyday::WatchEntry> entry_;
};

/// Calls `handler` for the messages of `subscriber`, on a thread that belongs to that subscriber and lives as long as
/// it is watched; watches of one subscriber are called one after the other, those of different ones do not wait for
/// each other. The message is borrowed. What the handler throws is kept and reported, and the watch goes on. Throws
/// Error when it is closed.
[[nodiscard]] Watch watch(const Subscriber& subscriber, Watch::Handler handler, WatchOptions options = {});
/// The same as `watch.stop()`.
void unwatch(Watch& watch) noexcept;
/// Stops every watch of every subscriber of this context. New ones can be made at once.
void unwatch_all(const Context& context);

}  // namespace gale

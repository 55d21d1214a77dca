/// Which image a datagram belongs to, and what to do about sessions that have none. Says what to do; does not do it.
#pragma once

#include "driver/receiver/limits.hpp"
#include "driver/receiver/session_table.hpp"

#include <optional>
#include <vector>

namespace gale::driver::receiver {

/// One per endpoint. Sessions with an image and sessions without are counted apart, so that strangers can crowd out
/// strangers only.
class Dispatcher {
public:
    Dispatcher(const Limits& limits, std::uint64_t secret);

    /// Null when the session has none.
    [[nodiscard]] Image* image(StreamId stream, SessionId session) noexcept {
        if (cached_.image != nullptr && cached_.session_id == session && cached_.stream_id == stream) [[likely]]
            return cached_.image;
        return look_up(stream, session);
    }

    enum class Answer : std::uint8_t {
        ignore,
        elicit,   ///< ask for a set-up
        create,   ///< ask for an image; then `starting`
        refresh,  ///< there is one
        refuse,   ///< beyond a limit
    };
    /// Data of a session without an image.
    [[nodiscard]] Answer on_data(StreamId stream, SessionId session, bool end_of_stream, Nanos now) noexcept;
    [[nodiscard]] Answer on_setup(StreamId stream, SessionId session, Nanos now) noexcept;
    /// Whether we had asked for the set-up that came.
    [[nodiscard]] bool has_elicited(StreamId stream, SessionId session) noexcept;
    /// The conductor was asked for an image. False when there is no room for the session.
    [[nodiscard]] bool starting(StreamId stream, SessionId session, Nanos now) noexcept;
    /// The conductor did not make one.
    void forget_setup(StreamId stream, SessionId session) noexcept;

    void add_interest(StreamId stream, std::optional<SessionId> session);
    void remove_interest(StreamId stream, std::optional<SessionId> session) noexcept;
    [[nodiscard]] bool has_interest() const noexcept { return !interests_.empty(); }

    /// Datagrams of its session go to it from now on, if somebody still listens to it.
    void add_image(Image& image, StreamId stream, SessionId session, Nanos now) noexcept;
    /// `cools_down`: the session may not come back until its interest is gone.
    void remove_image(const Image& image, StreamId stream, SessionId session, bool cools_down, Nanos now) noexcept;
    /// Forgets strangers whose time is over. Now and then.
    void expire(Nanos now) noexcept;

    static constexpr Nanos pending_setup_timeout = std::chrono::seconds{1};

private:
    struct Interest {
        StreamId stream_id;
        bool all_sessions = false;
        std::vector<SessionId> sessions{};
        std::int32_t images = 0;  // and those on their way
    };
    [[nodiscard]] Interest* interest(StreamId stream) noexcept;
    [[nodiscard]] static bool wants(const Interest& interest, SessionId session) noexcept;
    [[nodiscard]] Image* look_up(StreamId stream, SessionId session) noexcept;
    [[nodiscard]] bool is_over(const Session& session, Nanos now) const noexcept;
    void remember_stranger(StreamId stream, SessionId session, SessionState state, Nanos now) noexcept;
    void remove(Session& session) noexcept;
    [[nodiscard]] Session* oldest_cool_down() noexcept;

    Limits limits_;
    std::vector<Interest> interests_;
    SessionTable sessions_;   // active, starting, cooling down
    SessionTable strangers_;  // pending, unwanted
    Budget setups_;
    Session cached_{};
};

}  // namespace gale::driver::receiver

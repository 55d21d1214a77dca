/// The sessions that an endpoint has heard of, found by stream and session. Never grows.
#pragma once

#include "base/bits.hpp"
#include "base/time.hpp"

#include <gale/types.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gale::driver::receiver {

class Image;

enum class SessionState : std::uint8_t {
    none,           ///< an empty slot
    active,         ///< has an image
    pending_setup,  ///< asked for a set-up
    starting,       ///< the conductor was asked for an image
    cool_down,      ///< its image went away and must not come back for now
    unwanted,       ///< nobody listens to it
};

struct Session {
    StreamId stream_id{};
    SessionId session_id{};
    SessionState state = SessionState::none;
    Image* image = nullptr;  ///< when active
    Nanos since{};           ///< when it got into its state
};

/// Open addressing with a secret in the hash, so that nobody can choose sessions that collide.
class SessionTable {
public:
    SessionTable(std::size_t most, std::uint64_t secret)
        : slots_(std::bit_ceil(2 * most + 2)), most_{most}, secret_{secret} {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool full() const noexcept { return size_ == most_; }

    /// Null when it is not there. Valid until the next `add` or `remove`.
    [[nodiscard]] Session* find(StreamId stream, SessionId session) noexcept {
        Session& slot = slots_[slot_of(stream, session)];
        return slot.state == SessionState::none ? nullptr : &slot;
    }
    /// It is not there yet. Null when the table is full.
    [[nodiscard]] Session* add(StreamId stream, SessionId session, SessionState state, Nanos now) noexcept {
        if (size_ == most_) return nullptr;
        Session& slot = slots_[slot_of(stream, session)];
        slot = {.stream_id = stream, .session_id = session, .state = state, .since = now};
        ++size_;
        return &slot;
    }
    void remove(Session& session) noexcept {
        auto hole = static_cast<std::size_t>(&session - slots_.data());
        // What was pushed behind the hole moves up, so that no search stops short of it.
        for (std::size_t at = next(hole); slots_[at].state != SessionState::none; at = next(at)) {
            const std::size_t home = home_of(slots_[at].stream_id, slots_[at].session_id);
            if (((at - home) & mask()) < ((at - hole) & mask())) continue;
            slots_[hole] = slots_[at];
            hole = at;
        }
        slots_[hole] = {};
        --size_;
    }
    template <class Handler> void for_each(Handler&& handler) const noexcept {
        for (const Session& slot : slots_)
            if (slot.state != SessionState::none) handler(slot);
    }
    /// Calls `handler(session)` for each; those for which it answers true are removed. One that moves over the end of
    /// the table may be asked twice.
    template <class Handler> void remove_if(Handler&& handler) noexcept {
        for (std::size_t at = 0; at < slots_.size();)
            if (slots_[at].state != SessionState::none && handler(slots_[at]))
                remove(slots_[at]);  // and look at what has moved here
            else
                ++at;
    }

private:
    [[nodiscard]] std::size_t mask() const noexcept { return slots_.size() - 1; }
    [[nodiscard]] std::size_t next(std::size_t at) const noexcept { return (at + 1) & mask(); }
    [[nodiscard]] std::size_t home_of(StreamId stream, SessionId session) const noexcept {
        std::uint64_t key = (std::uint64_t{static_cast<std::uint32_t>(stream.value)} << 32U) |
                            static_cast<std::uint32_t>(session.value);
        key = (key ^ secret_) * 0x9e3779b97f4a7c15U;
        key = (key ^ (key >> 32U)) * (secret_ | 1U);
        return static_cast<std::size_t>(key >> 32U) & mask();
    }
    [[nodiscard]] std::size_t slot_of(StreamId stream, SessionId session) const noexcept {
        std::size_t at = home_of(stream, session);
        while (slots_[at].state != SessionState::none &&
               (slots_[at].session_id != session || slots_[at].stream_id != stream))
            at = next(at);
        return at;
    }

    std::vector<Session> slots_;
    std::size_t most_;
    std::size_t size_ = 0;
    std::uint64_t secret_;
};

}  // namespace gale::driver::receiver

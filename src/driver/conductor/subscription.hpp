/// One subscription as the driver keeps it, whatever medium it listens to.
#pragma once

#include <gale/types.hpp>

#include <optional>
#include <string>

namespace gale::driver {

struct Subscription {
    CorrelationId registration_id;
    ClientId client_id;
    StreamId stream_id;
    std::string channel;
    std::optional<SessionId> session_id{};  ///< only this one
    bool awaits_response = false;           ///< nothing at all until a response publication pins its session
    bool is_response = false;
    bool tether = true;
    bool rejoin = true;
    [[nodiscard]] bool accepts(StreamId stream, SessionId session) const noexcept {
        return stream == stream_id && !awaits_response && (!session_id || *session_id == session);
    }
};

}  // namespace gale::driver

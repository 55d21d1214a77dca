/// What the handles of both kinds of publication do alike. For publication.cpp and exclusive_publication.cpp.
#pragma once

#include "client/client_core.hpp"
#include "client/publication_state.hpp"

#include <memory>
#include <optional>
#include <span>

namespace gale::client {

/// A message of no bytes may be nowhere; any other is somewhere.
[[nodiscard]] inline bool is_message(std::span<const std::byte> message) noexcept {
    return message.data() != nullptr || message.empty();
}
[[nodiscard]] inline bool are_pieces(std::span<const std::span<const std::byte>> pieces) noexcept {
    for (const auto piece : pieces)
        if (!is_message(piece)) return false;
    return true;
}

[[nodiscard]] inline bool is_open(const std::shared_ptr<PublicationState>& state) noexcept {
    return state != nullptr && !state->is_closed();
}

// `state` may be null: a handle that was moved from, or never had anything, is a closed one.
[[nodiscard]] inline ChannelStatus channel_status_of(const PublicationState* state) noexcept {
    if (state == nullptr) return ChannelStatus::closing;
    return channel_status(*state->cnc(), state->constants().channel_status_id, state->is_closed());
}
[[nodiscard]] inline std::optional<Position> position_limit_of(const PublicationState* state) noexcept {
    if (state == nullptr || state->is_closed()) return std::nullopt;
    return Position{state->limit()};
}
[[nodiscard]] inline const PublicationConstants& constants_of(const PublicationState* state) noexcept {
    static const PublicationConstants nothing;
    return state == nullptr ? nothing : state->constants();
}
inline void close(PublicationState* state, ClientCore::Ending ending) noexcept {
    if (state != nullptr && !state->is_closed()) state->core()->release(*state, ending);
}

}  // namespace gale::client

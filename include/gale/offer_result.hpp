/// What an attempt to publish came to.
#pragma once

#include <gale/types.hpp>

#include <cstdint>
#include <string_view>

namespace gale {

enum class OfferError : std::int64_t {
    not_connected = -1,          ///< no subscriber; try again when one appears
    back_pressured = -2,         ///< a subscriber is behind; try again
    admin_action = -3,           ///< the log rotated; try again at once
    closed = -4,                 ///< this handle or its client was closed; final
    max_position_exceeded = -5,  ///< the stream is full; a new publication is needed
    error = -6,                  ///< the arguments cannot be: longer than the limit, null with a length
};

[[nodiscard]] std::string_view name(OfferError error) noexcept;

/// What `offer` did: the new position, or why nothing was written. One word, no allocation.
class [[nodiscard]] OfferResult {
public:
    constexpr explicit OfferResult(std::int64_t raw) noexcept : raw_{raw} {}
    constexpr OfferResult(Position position) noexcept : raw_{position.value} {}  // NOLINT(google-explicit-constructor)
    constexpr OfferResult(OfferError error) noexcept : raw_{static_cast<std::int64_t>(error)} {}  // NOLINT
    constexpr explicit operator bool() const noexcept { return raw_ >= 0; }
    [[nodiscard]] constexpr Position position() const noexcept { return Position{raw_}; }
    [[nodiscard]] constexpr OfferError error() const noexcept { return OfferError{raw_}; }
    [[nodiscard]] constexpr std::int64_t raw() const noexcept { return raw_; }
    constexpr bool operator==(const OfferResult&) const noexcept = default;

private:
    std::int64_t raw_;
};

}  // namespace gale

/// The words of the field as types: ids that cannot be mixed up, positions, durations.
#pragma once

#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace gale {

using Nanos = std::chrono::nanoseconds;
using Millis = std::chrono::milliseconds;

/// A 32-bit identity. A StreamId does not fit where a SessionId is wanted.
template <class Tag> struct Id32 {
    std::int32_t value{};
    constexpr Id32() noexcept = default;
    constexpr explicit Id32(std::int32_t raw) noexcept : value{raw} {}
    constexpr auto operator<=>(const Id32&) const noexcept = default;
};

/// A 64-bit identity, drawn from the driver's one correlation counter. -1 means none.
template <class Tag> struct Id64 {
    std::int64_t value{-1};
    constexpr Id64() noexcept = default;
    constexpr explicit Id64(std::int64_t raw) noexcept : value{raw} {}
    constexpr auto operator<=>(const Id64&) const noexcept = default;
};

using SessionId = Id32<struct SessionTag>;
using StreamId = Id32<struct StreamTag>;
using TermId = Id32<struct TermTag>;
using CounterId = Id32<struct CounterTag>;  ///< index of a counter's record; -1 means there is none

using CorrelationId = Id64<struct CorrelationTag>;  ///< of one request; names what the request made
using ClientId = Id64<struct ClientTag>;

inline constexpr CounterId no_counter{-1};
inline constexpr ClientId no_client{-1};

/// Bytes since a stream began, frames and padding included; a multiple of 32.
struct Position {
    std::int64_t value{};
    constexpr Position() noexcept = default;
    constexpr explicit Position(std::int64_t bytes) noexcept : value{bytes} {}
    constexpr auto operator<=>(const Position&) const noexcept = default;
    constexpr Position& operator+=(std::int64_t bytes) noexcept {
        value += bytes;
        return *this;
    }
    friend constexpr Position operator+(Position at, std::int64_t bytes) noexcept { return Position{at.value + bytes}; }
    friend constexpr Position operator-(Position at, std::int64_t bytes) noexcept { return Position{at.value - bytes}; }
    friend constexpr std::int64_t operator-(Position a, Position b) noexcept { return a.value - b.value; }
};

/// The bytes of a text, as a message would carry them. Borrows `text`.
[[nodiscard]] inline std::span<const std::byte> as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span{text.data(), text.size()});
}
/// The text in a message's bytes. Borrows `bytes`.
[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};  // char may alias anything
}

}  // namespace gale

template <class Tag> struct std::hash<gale::Id32<Tag>> {
    std::size_t operator()(gale::Id32<Tag> id) const noexcept { return std::hash<std::int32_t>{}(id.value); }
};
template <class Tag> struct std::hash<gale::Id64<Tag>> {
    std::size_t operator()(gale::Id64<Tag> id) const noexcept { return std::hash<std::int64_t>{}(id.value); }
};

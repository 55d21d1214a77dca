/// What message i of a seed holds and how long it is: known to both ends, so that the receiver can check each byte.
#pragma once

#include "interop/gale/arguments.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gale::interop {

/// The same as the Java peer's: tests/interop/java/README.md, content.
class Content {
public:
    /// Of `--length L`, `mixed` or `mixed:MAX`, which cuts the longer ones, and `--seed S`.
    explicit Content(Arguments& arguments);

    [[nodiscard]] std::size_t max_length() const noexcept;
    [[nodiscard]] std::size_t length(std::int64_t sequence) const noexcept;
    /// Fills the front of `message` and returns that part.
    [[nodiscard]] std::span<const std::byte> write(std::int64_t sequence, std::span<std::byte> message) const noexcept;
    /// The number that a message carries, or the other one when it is too short to carry any.
    [[nodiscard]] static std::int64_t sequence(std::span<const std::byte> message, std::int64_t otherwise) noexcept;
    /// Empty when the bytes are those of the message, else what differs.
    [[nodiscard]] std::string difference(std::int64_t sequence, std::span<const std::byte> message) const;

private:
    [[nodiscard]] std::byte octet(std::int64_t sequence, std::size_t at) const noexcept;

    std::int64_t seed_;
    std::vector<std::size_t> lengths_;
};

}  // namespace gale::interop

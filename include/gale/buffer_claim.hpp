/// A piece of the log to write a message into, without a copy.
#pragma once

#include <gale/types.hpp>

#include <cstdint>
#include <memory>
#include <span>

namespace gale {

namespace client {
class LogMapping;
}

/// Filled by `try_claim`, ended by `commit` or `abort`; until then every reader stops in front of it. An object that is
/// destroyed, or claims again, aborts what it still holds. It keeps the log mapped, so ending it late is always safe.
/// Reuse one object for many claims: that costs nothing. One thread at a time.
class BufferClaim {
public:
    BufferClaim() noexcept = default;
    BufferClaim(BufferClaim&& other) noexcept;
    BufferClaim& operator=(BufferClaim&& other) noexcept;
    ~BufferClaim();

    /// Where the message goes; empty when nothing is claimed.
    [[nodiscard]] std::span<std::byte> payload() const noexcept { return payload_; }
    [[nodiscard]] bool is_open() const noexcept { return frame_ != nullptr; }
    [[nodiscard]] std::uint8_t flags() const noexcept;
    void set_flags(std::uint8_t flags) noexcept;
    [[nodiscard]] std::int64_t reserved_value() const noexcept;
    void set_reserved_value(std::int64_t value) noexcept;

    /// Gives the message to the readers. Nothing happens when nothing is claimed.
    void commit() noexcept;
    /// Gives the readers padding instead, which they skip.
    void abort() noexcept;

private:
    friend class Publication;
    friend class ExclusivePublication;
    void open(const std::shared_ptr<client::LogMapping>& log, std::byte* frame, std::int32_t frame_length) noexcept;

    std::byte* frame_ = nullptr;
    std::span<std::byte> payload_;
    std::shared_ptr<client::LogMapping> log_;
};

}  // namespace gale

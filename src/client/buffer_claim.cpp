#include "client/log_mapping.hpp"
#include "logbuffer/append.hpp"

#include <gale/buffer_claim.hpp>

#include <utility>

namespace gale {

BufferClaim::BufferClaim(BufferClaim&& other) noexcept
    : frame_{std::exchange(other.frame_, nullptr)}, payload_{std::exchange(other.payload_, {})},
      log_{std::move(other.log_)} {}

BufferClaim& BufferClaim::operator=(BufferClaim&& other) noexcept {
    if (this == &other) return *this;
    abort();
    frame_ = std::exchange(other.frame_, nullptr);
    payload_ = std::exchange(other.payload_, {});
    log_ = std::move(other.log_);
    return *this;
}

BufferClaim::~BufferClaim() { abort(); }

void BufferClaim::open(const std::shared_ptr<client::LogMapping>& log, std::byte* frame,
                       std::int32_t frame_length) noexcept {
    if (log_ != log) log_ = log;  // the same as last time costs nothing
    frame_ = frame;
    payload_ = logbuffer::ClaimedFrame{frame, frame_length}.payload();
}

std::uint8_t BufferClaim::flags() const noexcept {
    return is_open() ? logbuffer::header_of(frame_).flags : std::uint8_t{0};
}

void BufferClaim::set_flags(std::uint8_t flags) noexcept {
    if (is_open()) logbuffer::header_of(frame_).flags = flags;
}

std::int64_t BufferClaim::reserved_value() const noexcept {
    return is_open() ? logbuffer::header_of(frame_).reserved_value : 0;
}

void BufferClaim::set_reserved_value(std::int64_t value) noexcept {
    if (is_open()) logbuffer::header_of(frame_).reserved_value = value;
}

void BufferClaim::commit() noexcept {
    if (!is_open()) return;
    const auto length = static_cast<std::int32_t>(std::exchange(payload_, {}).size()) + wire::frame_header_length;
    logbuffer::commit_frame(std::exchange(frame_, nullptr), length);
}

void BufferClaim::abort() noexcept {
    if (!is_open()) return;
    const auto length = static_cast<std::int32_t>(std::exchange(payload_, {}).size()) + wire::frame_header_length;
    logbuffer::pad_frame(std::exchange(frame_, nullptr), length);
}

}  // namespace gale

/// One message as it arrived, whole, however many frames it travelled in.
#pragma once

#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace gale {

namespace everyday {
struct MessageBuffer;
/// Gives a buffer back to the subscriber it came from, also when that is closed or gone.
struct GiveBack {
    void operator()(MessageBuffer* buffer) const noexcept;
};
using BufferLease = std::unique_ptr<MessageBuffer, GiveBack>;
}  // namespace everyday

/// Movable. What `take`, `poll` and iteration return owns its bytes: keep it as long as you like, on any thread; it
/// gives its buffer back to its subscriber when it goes, which is why nothing is allocated after set-up. What a handler
/// is passed borrows them and is valid during the call only: `copy` what you keep.
class Message {
public:
    /// What comes with the bytes.
    struct Origin {
        SessionId session_id;
        StreamId stream_id;
        Position position;                ///< of the stream, behind this message
        std::int64_t reserved_value = 0;  ///< the publisher's own 64 bits, of the first frame
    };
    /// `buffer` holds `bytes`; without one they are borrowed.
    Message(std::span<const std::byte> bytes, const Origin& origin, everyday::BufferLease buffer = {}) noexcept
        : bytes_{bytes}, origin_{origin}, buffer_{std::move(buffer)} {}
    Message(Message&& other) noexcept
        : bytes_{std::exchange(other.bytes_, {})}, origin_{other.origin_}, buffer_{std::move(other.buffer_)} {}
    Message& operator=(Message&& other) noexcept {
        bytes_ = std::exchange(other.bytes_, {});
        origin_ = other.origin_;
        buffer_ = std::move(other.buffer_);
        return *this;
    }
    ~Message() = default;

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::string_view text() const noexcept { return as_text(bytes_); }
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
    /// Which publisher it is from.
    [[nodiscard]] SessionId session_id() const noexcept { return origin_.session_id; }
    [[nodiscard]] StreamId stream_id() const noexcept { return origin_.stream_id; }
    [[nodiscard]] Position position() const noexcept { return origin_.position; }
    [[nodiscard]] std::int64_t reserved_value() const noexcept { return origin_.reserved_value; }

    /// False: they are somebody else's, and valid as long as that one says.
    [[nodiscard]] bool owns_bytes() const noexcept { return buffer_ != nullptr; }
    /// One that owns its bytes. Allocates.
    [[nodiscard]] Message copy() const;
    [[nodiscard]] std::vector<std::byte> to_vector() const { return {bytes_.begin(), bytes_.end()}; }

private:
    std::span<const std::byte> bytes_;
    Origin origin_;
    everyday::BufferLease buffer_;
};

}  // namespace gale

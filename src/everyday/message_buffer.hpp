/// Memory for messages, used again and again.
#pragma once

#include <gale/message.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace gale::everyday {

class BufferPool;

struct MessageBuffer {
    explicit MessageBuffer(std::size_t capacity_in_bytes)
        : memory{std::make_unique_for_overwrite<std::byte[]>(capacity_in_bytes)}, capacity{capacity_in_bytes} {}
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return {memory.get(), length}; }
    /// False, and nothing is added, when there is no room.
    [[nodiscard]] bool append(std::span<const std::byte> more) noexcept;

    std::unique_ptr<std::byte[]> memory;  // not touched before it is written: capacity costs addresses only
    std::size_t capacity;
    std::size_t length = 0;
    std::shared_ptr<BufferPool> home;  // while it is out; null: nowhere to go back to
};

/// The buffers of one subscriber. They come back from any thread, also after the subscriber.
class BufferPool : public std::enable_shared_from_this<BufferPool> {
public:
    BufferPool() = default;
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;
    ~BufferPool();

    /// An empty one with room for `capacity` bytes. Allocates only when none like it has come back. One thread at a
    /// time.
    [[nodiscard]] BufferLease lease(std::size_t capacity);
    void give_back(std::unique_ptr<MessageBuffer> buffer) noexcept;

private:
    [[nodiscard]] std::unique_ptr<MessageBuffer> reuse();

    std::atomic<MessageBuffer*> last_{nullptr};  // the way of a single message held at a time, without the lock
    std::size_t largest_ =
        0;  // asked for so far, by the reading thread: new ones are like it, so that none has to grow later
    std::mutex mutex_;
    std::vector<std::unique_ptr<MessageBuffer>> spare_;
    std::size_t count_ = 0;  // of all buffers made; `spare_` has room for them
};

}  // namespace gale::everyday

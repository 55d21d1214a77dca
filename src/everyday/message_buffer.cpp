#include "everyday/message_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace gale {

Message Message::copy() const {
    everyday::BufferLease own{new everyday::MessageBuffer{bytes_.size()}};
    const bool fits = own->append(bytes_);
    static_cast<void>(fits);
    const auto bytes = own->bytes();
    return Message{bytes, origin_, std::move(own)};
}

}  // namespace gale

namespace gale::everyday {

void GiveBack::operator()(MessageBuffer* buffer) const noexcept {
    std::unique_ptr<MessageBuffer> owned{buffer};
    if (const auto home = std::move(owned->home); home != nullptr) home->give_back(std::move(owned));
}

bool MessageBuffer::append(std::span<const std::byte> more) noexcept {
    if (more.size() > capacity - length) return false;
    if (!more.empty()) std::memcpy(memory.get() + length, more.data(), more.size());
    length += more.size();
    return true;
}

BufferPool::~BufferPool() { delete last_.load(std::memory_order_acquire); }

std::unique_ptr<MessageBuffer> BufferPool::reuse() {
    if (auto* last = last_.exchange(nullptr, std::memory_order_acquire); last != nullptr)  // pairs with give_back
        return std::unique_ptr<MessageBuffer>{last};
    const std::lock_guard lock{mutex_};
    if (!spare_.empty()) {
        auto buffer = std::move(spare_.back());
        spare_.pop_back();
        return buffer;
    }
    spare_.reserve(++count_);  // here, so that coming back never allocates
    return nullptr;
}

BufferLease BufferPool::lease(std::size_t capacity) {
    largest_ = std::max(largest_, capacity);
    std::unique_ptr<MessageBuffer> buffer = reuse();
    if (buffer == nullptr || buffer->capacity < capacity) buffer = std::make_unique<MessageBuffer>(largest_);
    buffer->length = 0;
    buffer->home = shared_from_this();
    return BufferLease{buffer.release()};
}

void BufferPool::give_back(std::unique_ptr<MessageBuffer> buffer) noexcept {
    MessageBuffer* nothing = nullptr;
    if (last_.compare_exchange_strong(nothing, buffer.get(), std::memory_order_release, std::memory_order_relaxed)) {
        static_cast<void>(buffer.release());
        return;
    }
    const std::lock_guard lock{mutex_};
    spare_.push_back(std::move(buffer));
}

}  // namespace gale::everyday

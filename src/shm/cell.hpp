/// A word that processes race over. The memory order is in each function's name, so no plain access can slip in.
#pragma once

#include <atomic>
#include <cstdint>

namespace gale::shm {

template <class T> class Cell {
    static_assert(std::atomic_ref<T>::is_always_lock_free, "a lock would live in one process only");

public:
    [[nodiscard]] T load_acquire() const noexcept { return ref().load(std::memory_order_acquire); }
    /// For the word's only writer, or where a later check repairs a stale value.
    [[nodiscard]] T load_relaxed() const noexcept { return ref().load(std::memory_order_relaxed); }
    void store_release(T value) noexcept { ref().store(value, std::memory_order_release); }
    /// Where a later release publishes it.
    void store_relaxed(T value) noexcept { ref().store(value, std::memory_order_relaxed); }
    T fetch_add(T delta) noexcept { return ref().fetch_add(delta, std::memory_order_acq_rel); }
    /// True when the word was `expected` and is `desired` now.
    bool compare_exchange(T expected, T desired) noexcept {
        return ref().compare_exchange_strong(expected, desired, std::memory_order_acq_rel, std::memory_order_acquire);
    }
    /// The word's place, for those who sleep on it.
    [[nodiscard]] const void* address() const noexcept { return &value_; }

private:
    std::atomic_ref<T> ref() const noexcept { return std::atomic_ref<T>(value_); }
    alignas(std::atomic_ref<T>::required_alignment) mutable T value_;  // mutable: readable through a read-only mapping
};

}  // namespace gale::shm

#include "shm/records.hpp"

#include <algorithm>
#include <cstring>

namespace gale::shm {

void copy_out(std::span<const std::byte> shared, std::byte* ours) noexcept {
    for (std::size_t at = 0; at < shared.size(); at += 8) {
        auto* place = const_cast<std::byte*>(shared.data()) + at;
        const std::uint64_t word =
            std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(place)).load(std::memory_order_relaxed);
        std::memcpy(ours + at, &word, std::min<std::size_t>(8, shared.size() - at));
    }
}

void copy_in(std::span<const std::byte> ours, std::byte* shared) noexcept {
    for (std::size_t at = 0; at < ours.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, ours.data() + at, std::min<std::size_t>(8, ours.size() - at));
        std::atomic_ref<std::uint64_t>(*reinterpret_cast<std::uint64_t*>(shared + at))
            .store(word, std::memory_order_relaxed);
    }
}

}  // namespace gale::shm

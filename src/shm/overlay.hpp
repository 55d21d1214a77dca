/// Bytes become a struct here and nowhere else.
#pragma once

#include "base/ensure.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace gale::shm {

/// The T at `offset` of `bytes`. A bug when it does not fit or is not aligned: lengths from outside are checked before.
template <class T> [[nodiscard]] T& overlay(std::span<std::byte> bytes, std::size_t offset = 0) noexcept {
    static_assert(std::is_standard_layout_v<T> && std::is_trivially_destructible_v<T>);
    ensure(offset <= bytes.size() && sizeof(T) <= bytes.size() - offset, "the struct lies within the bytes");
    std::byte* place = bytes.data() + offset;
    ensure(reinterpret_cast<std::uintptr_t>(place) % alignof(T) == 0, "the struct is aligned");
    return *reinterpret_cast<T*>(place);
}

}  // namespace gale::shm

/// Numbers inside bytes that travel: any alignment, little-endian, one move.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

namespace gale {

template <class T> class Field {
    static_assert(std::is_trivially_copyable_v<T>);
    static_assert(std::endian::native == std::endian::little, "shared memory and wire are little-endian");

public:
    Field() = default;
    constexpr Field(T value) noexcept  // NOLINT(google-explicit-constructor): a field stands for its value
        : bytes_(std::bit_cast<std::array<std::byte, sizeof(T)>>(value)) {}
    constexpr operator T() const noexcept { return std::bit_cast<T>(bytes_); }  // NOLINT(google-explicit-constructor)

private:
    std::array<std::byte, sizeof(T)> bytes_;
};
static_assert(alignof(Field<std::int64_t>) == 1 && sizeof(Field<std::int64_t>) == 8);

/// The struct of Fields at the front of `bytes`, or null when too few arrived. Checked once; reading fields is then
/// safe.
template <class Frame> [[nodiscard]] const Frame* view(std::span<const std::byte> bytes) noexcept {
    static_assert(alignof(Frame) == 1 && std::is_trivially_copyable_v<Frame>);
    return bytes.size() < sizeof(Frame) ? nullptr : reinterpret_cast<const Frame*>(bytes.data());
}

}  // namespace gale

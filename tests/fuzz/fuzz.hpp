/// What every fuzz target offers, and how it takes its input apart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

/// libFuzzer's name for a target; `replay.cpp` calls it, too. Never throws: whatever escapes is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace gale::fuzz {

/// An input, read from its front. Behind its end there are zeros.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) noexcept : rest_{std::as_bytes(std::span{data, size})} {}

    [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }
    template <class Number> [[nodiscard]] Number number() noexcept {
        Number value{};
        const auto taken = bytes(sizeof value);
        if (!taken.empty()) std::memcpy(&value, taken.data(), taken.size());
        return value;
    }
    /// The next bytes, or as many as there are.
    [[nodiscard]] std::span<const std::byte> bytes(std::size_t length) noexcept {
        const auto taken = rest_.first(std::min(length, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    [[nodiscard]] std::span<const std::byte> rest() noexcept { return bytes(rest_.size()); }
    [[nodiscard]] std::string_view text() noexcept {
        const auto taken = rest();
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};  // char may alias anything
    }

private:
    std::span<const std::byte> rest_;
};

/// Bytes over others, wherever they may lie.
inline void scribble(std::span<std::byte> section, std::size_t offset, std::span<const std::byte> bytes) noexcept {
    if (section.empty() || bytes.empty()) return;
    const auto place = section.subspan(offset % section.size());
    std::memcpy(place.data(), bytes.data(), std::min(place.size(), bytes.size()));
}

}  // namespace gale::fuzz

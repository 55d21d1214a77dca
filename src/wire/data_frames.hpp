/// The frames of one believed data datagram. docs/formats/wire.md, DATA and PAD.
#pragma once

#include "base/bits.hpp"
#include "wire/frames.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>

namespace gale::wire {

/// One frame: its header, and of a data frame the payload. `offset` counts from the front of the datagram.
struct DataFrame {
    const DataHeader& header;
    std::size_t offset;
    std::span<const std::byte> payload;
    [[nodiscard]] bool is_padding() const noexcept { return header.common.type == FrameType::padding; }
};

/// A run of whole frames of one term, each where the one before ends. Only the last can be padding of more than its
/// header, of which nothing but the header is there. Borrows the datagram.
class DataFrames {
public:
    class Iterator {
    public:
        using difference_type = std::ptrdiff_t;
        using value_type = DataFrame;
        Iterator() noexcept = default;
        Iterator(std::span<const std::byte> bytes, std::size_t at) noexcept : bytes_{bytes}, at_{at} {}
        DataFrame operator*() const noexcept {
            const auto& header = *view<DataHeader>(bytes_.subspan(at_));
            const bool padding = header.common.type == FrameType::padding;
            const auto length = padding ? sizeof header : static_cast<std::size_t>(header.common.frame_length);
            return {header, at_, bytes_.subspan(at_ + sizeof header, length - sizeof header)};
        }
        Iterator& operator++() noexcept {
            const auto& header = *view<DataHeader>(bytes_.subspan(at_));
            const auto length = static_cast<std::size_t>(header.common.frame_length);
            at_ = std::min(at_ + align_up(length, frame_alignment), bytes_.size());
            return *this;
        }
        Iterator operator++(int) noexcept {
            const Iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator& other) const noexcept { return at_ == other.at_; }

    private:
        std::span<const std::byte> bytes_{};
        std::size_t at_ = 0;
    };

    /// What Datagram checked.
    DataFrames(std::span<const std::byte> bytes, std::int32_t covered) noexcept : bytes_{bytes}, covered_{covered} {}

    [[nodiscard]] const DataHeader& first() const noexcept { return *view<DataHeader>(bytes_); }
    /// As they lie in the log: a multiple of 32, and at least 32.
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
    /// How much of the stream they account for: `bytes`, and what padding at the end stands for.
    [[nodiscard]] std::int32_t covered() const noexcept { return covered_; }
    /// Whether they lie in a term of that length. Read already checked it for the longest.
    [[nodiscard]] bool fits(std::int32_t term_length) const noexcept {
        return first().term_offset <= term_length - covered_;
    }
    [[nodiscard]] Iterator begin() const noexcept { return {bytes_, 0}; }
    [[nodiscard]] Iterator end() const noexcept { return {bytes_, bytes_.size()}; }

private:
    std::span<const std::byte> bytes_;
    std::int32_t covered_;
};
static_assert(std::forward_iterator<DataFrames::Iterator>);

}  // namespace gale::wire

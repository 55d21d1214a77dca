#include "client/partial_message.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace gale::client {
namespace {

constexpr std::size_t header_length = 32;
constexpr std::size_t least_capacity = 64;

// Positions count whole footprints: a frame begins that far before its end.
Position begin_of(std::size_t fragment_length, const Header& header) noexcept {
    const auto footprint = (static_cast<std::int64_t>(fragment_length + header_length) + 31) & ~std::int64_t{31};
    return header.position() - footprint;
}

}  // namespace

PartialMessage::PartialMessage(std::size_t initial_length)
    : bytes_{std::make_unique<std::byte[]>(std::max(initial_length, least_capacity))},
      capacity_{std::max(initial_length, least_capacity)} {}

bool PartialMessage::append(std::span<const std::byte> fragment, const Header& header) {
    if (header.begins_message()) {
        first_ = header.values();
        length_ = 0;
        begun_ = true;
    } else if (!begun_ || begin_of(fragment.size(), header) != next_) {
        begun_ = false;
        return false;
    }
    if (fragment.size() > capacity_ - length_) grow(length_ + fragment.size());
    if (!fragment.empty()) std::memcpy(bytes_.get() + length_, fragment.data(), fragment.size());
    length_ += fragment.size();
    next_ = header.position();
    return true;
}

Header PartialMessage::whole_header(const Header& last) const noexcept {
    Header::Values values = first_;
    values.frame_length = static_cast<std::int32_t>(header_length + length_);
    values.flags = static_cast<std::uint8_t>(values.flags | last.flags());
    values.position = last.position();
    return {values, last.image_state()};
}

std::span<const std::byte> PartialMessage::take() noexcept {
    begun_ = false;
    return {bytes_.get(), length_};
}

void PartialMessage::restore(const Mark& mark) noexcept {
    length_ = mark.length;
    next_ = mark.next;
    begun_ = mark.begun;
}

void PartialMessage::grow(std::size_t needed) {
    const std::size_t capacity = std::max(needed, capacity_ + capacity_ / 2);
    auto larger = std::make_unique<std::byte[]>(capacity);
    std::memcpy(larger.get(), bytes_.get(), length_);
    bytes_ = std::move(larger);
    capacity_ = capacity;
}

}  // namespace gale::client

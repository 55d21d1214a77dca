#include "interop/gale/content.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace gale::interop {
namespace {

// A prime number of entries, so that the same length does not always meet the same place of a term.
const std::vector<std::size_t> mixed{0,   1,    7,    8,    9,    31,   32,    33,         64,
                                     255, 1000, 1376, 1377, 2752, 4096, 65536, 1024 * 1024};

constexpr std::size_t number_length = 8;

constexpr std::size_t header_length(std::size_t length) noexcept { return length >= number_length ? number_length : 0; }

}  // namespace

Content::Content(Arguments& arguments) : seed_{arguments.number("seed", 0)} {
    const std::string given = arguments.text("length", "mixed");
    if (!given.starts_with("mixed")) {
        lengths_.push_back(std::stoul(given));
        return;
    }
    const std::size_t limit =
        given.starts_with("mixed:") ? std::stoul(given.substr(6)) : std::numeric_limits<std::size_t>::max();
    for (const std::size_t length : mixed) lengths_.push_back(std::min(length, limit));
}

std::size_t Content::max_length() const noexcept { return *std::max_element(lengths_.begin(), lengths_.end()); }

std::size_t Content::length(std::int64_t sequence) const noexcept {
    return lengths_[static_cast<std::size_t>(sequence) % lengths_.size()];
}

std::span<const std::byte> Content::write(std::int64_t sequence, std::span<std::byte> message) const noexcept {
    const std::size_t length = this->length(sequence);
    const std::size_t header = header_length(length);
    std::memcpy(message.data(), &sequence, header);
    for (std::size_t at = header; at < length; ++at) message[at] = octet(sequence, at);
    return message.first(length);
}

std::int64_t Content::sequence(std::span<const std::byte> message, std::int64_t otherwise) noexcept {
    std::memcpy(&otherwise, message.data(), header_length(message.size()));
    return otherwise;
}

std::string Content::difference(std::int64_t sequence, std::span<const std::byte> message) const {
    const std::size_t length = this->length(sequence);
    if (message.size() != length)
        return "length " + std::to_string(message.size()) + " instead of " + std::to_string(length);
    for (std::size_t at = header_length(length); at < length; ++at)
        if (message[at] != octet(sequence, at))
            return "byte " + std::to_string(at) + " of " + std::to_string(length) + " is " +
                   std::to_string(std::to_integer<int>(message[at])) + " instead of " +
                   std::to_string(std::to_integer<int>(octet(sequence, at)));
    return {};
}

std::byte Content::octet(std::int64_t sequence, std::size_t at) const noexcept {
    return static_cast<std::byte>(37 * static_cast<std::uint64_t>(sequence) + 7 * at + (at >> 8U) +
                                  static_cast<std::uint64_t>(seed_));
}

}  // namespace gale::interop

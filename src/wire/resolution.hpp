/// What drivers tell each other about names: a frame of entries of any length. docs/formats/wire.md, RES.
#pragma once

#include "base/bits.hpp"
#include "wire/frames.hpp"
#include "wire/rejection.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace gale::wire {

enum class ResolutionType : std::uint8_t { name_to_ipv4 = 1, name_to_ipv6 = 2 };

/// One driver's name and address. Address and name borrow the bytes they were read from.
struct ResolutionEntry {
    static constexpr std::uint8_t self = 0x80;  ///< flag: it describes who sends it
    ResolutionType type = ResolutionType::name_to_ipv4;
    std::uint8_t flags = 0;
    std::uint16_t port = 0;                ///< of the named driver's resolver
    std::int32_t age_ms = 0;               ///< since that driver was heard
    std::span<const std::byte> address{};  ///< 4 or 16 bytes as the type says, in network order
    std::string_view name{};               ///< 1 to 512 bytes
};

/// Bytes that an entry takes up, its name's end rounded up.
[[nodiscard]] constexpr std::size_t entry_footprint(std::size_t name_end) noexcept {
    return align_up(name_end, std::size_t{8});
}

/// What reading one entry came to: it is believed, and takes up `footprint` bytes, if `rejection` is none.
struct ParsedEntry {
    ResolutionEntry entry{};
    std::size_t footprint = 0;
    Rejection rejection = Rejection::none;
};
/// The entry at the front of `bytes`, whatever they hold.
[[nodiscard]] ParsedEntry parse_entry(std::span<const std::byte> bytes) noexcept;

/// The entries of a datagram, which were all checked when it was read. Borrows its bytes.
class ResolutionEntries {
public:
    class Iterator {
    public:
        explicit Iterator(std::span<const std::byte> rest) noexcept : rest_{rest} { parse(); }
        const ResolutionEntry& operator*() const noexcept { return parsed_.entry; }
        Iterator& operator++() noexcept {
            rest_ = rest_.subspan(parsed_.footprint);
            parse();
            return *this;
        }
        bool operator==(const Iterator& other) const noexcept { return rest_.size() == other.rest_.size(); }

    private:
        void parse() noexcept {
            if (!rest_.empty()) parsed_ = parse_entry(rest_);
        }
        std::span<const std::byte> rest_;
        ParsedEntry parsed_{};
    };

    explicit ResolutionEntries(std::span<const std::byte> checked) noexcept : bytes_{checked} {}
    [[nodiscard]] Iterator begin() const noexcept { return Iterator{bytes_}; }
    [[nodiscard]] Iterator end() const noexcept { return Iterator{bytes_.last(0)}; }

private:
    std::span<const std::byte> bytes_;
};

/// Fills a datagram with entries, as many as there is room for. Borrows the memory.
class ResolutionWriter {
public:
    /// `to` has room for the header at least.
    explicit ResolutionWriter(std::span<std::byte> to) noexcept;
    /// False, and nothing written, when there is no room. The entry is one that a reader would believe.
    [[nodiscard]] bool add(const ResolutionEntry& entry) noexcept;
    /// The frame so far.
    [[nodiscard]] std::span<const std::byte> frame() const noexcept { return to_.first(length_); }

private:
    void put_header() noexcept;

    std::span<std::byte> to_;
    std::size_t length_ = sizeof(CommonHeader);
};

}  // namespace gale::wire

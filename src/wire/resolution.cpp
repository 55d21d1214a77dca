#include "wire/resolution.hpp"

#include <cstring>

namespace gale::wire {

namespace {

struct EntryHeader {
    Field<ResolutionType> type;
    Field<std::uint8_t> flags;
    Field<std::uint16_t> port;
    Field<std::int32_t> age_ms;
};
static_assert(sizeof(EntryHeader) == 8 && offsetof(EntryHeader, port) == 2 && offsetof(EntryHeader, age_ms) == 4);

using NameLength = Field<std::int16_t>;

constexpr std::size_t address_length(ResolutionType type) noexcept {
    return type == ResolutionType::name_to_ipv4 ? 4 : 16;
}
constexpr bool is_name_length(std::int64_t length) noexcept { return length >= 1 && length <= max_driver_name_length; }

ParsedEntry rejected(Rejection why) noexcept { return {.rejection = why}; }

}  // namespace

ParsedEntry parse_entry(std::span<const std::byte> bytes) noexcept {
    const auto* const header = view<EntryHeader>(bytes);
    if (header == nullptr) return rejected(Rejection::entry_cut_off);
    const ResolutionType type = header->type;
    if (type != ResolutionType::name_to_ipv4 && type != ResolutionType::name_to_ipv6)
        return rejected(Rejection::entry_type);
    if (header->age_ms < 0) return rejected(Rejection::entry_age);

    const std::size_t name_length_at = sizeof(EntryHeader) + address_length(type);
    if (bytes.size() < name_length_at + sizeof(NameLength)) return rejected(Rejection::entry_cut_off);
    const std::int16_t claimed = *view<NameLength>(bytes.subspan(name_length_at));
    if (!is_name_length(claimed)) return rejected(Rejection::entry_name);

    const auto name_length = static_cast<std::size_t>(claimed);
    const std::size_t name_at = name_length_at + sizeof(NameLength);
    const std::size_t footprint = entry_footprint(name_at + name_length);
    if (bytes.size() < footprint) return rejected(Rejection::entry_cut_off);
    return {.entry = {.type = type,
                      .flags = header->flags,
                      .port = header->port,
                      .age_ms = header->age_ms,
                      .address = bytes.subspan(sizeof(EntryHeader), address_length(type)),
                      .name = as_text(bytes.subspan(name_at, name_length))},
            .footprint = footprint};
}

ResolutionWriter::ResolutionWriter(std::span<std::byte> to) noexcept : to_{to} { put_header(); }

bool ResolutionWriter::add(const ResolutionEntry& entry) noexcept {
    ensure(entry.address.size() == address_length(entry.type) && entry.age_ms >= 0 &&
               is_name_length(static_cast<std::int64_t>(entry.name.size())),
           "a resolution entry is one that may be sent");
    const std::size_t name_at = sizeof(EntryHeader) + entry.address.size() + sizeof(NameLength);
    const std::size_t footprint = entry_footprint(name_at + entry.name.size());
    if (to_.size() - length_ < footprint) return false;

    std::byte* const at = to_.data() + length_;
    std::memset(at, 0, footprint);
    const EntryHeader header{.type = entry.type, .flags = entry.flags, .port = entry.port, .age_ms = entry.age_ms};
    const NameLength name_length = static_cast<std::int16_t>(entry.name.size());
    std::memcpy(at, &header, sizeof header);
    std::memcpy(at + sizeof header, entry.address.data(), entry.address.size());
    std::memcpy(at + name_at - sizeof name_length, &name_length, sizeof name_length);
    std::memcpy(at + name_at, entry.name.data(), entry.name.size());
    length_ += footprint;
    put_header();
    return true;
}

void ResolutionWriter::put_header() noexcept {
    put(to_, CommonHeader{.frame_length = static_cast<std::int32_t>(length_),
                          .version = 0,
                          .flags = 0,
                          .type = FrameType::resolution});
}

}  // namespace gale::wire

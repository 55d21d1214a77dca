#include "wire/datagram.hpp"

#include <array>

namespace gale::wire {

namespace {

constexpr std::size_t max_datagram_length = 65535;

struct KnownType {
    FrameType type;
    std::size_t min_length;    // of the shortest datagram
    Datagram::Kind at_sender;  // what it is to a send endpoint
};

// docs/formats/wire.md, validation. A table, not a switch: the analyzer of clang 16 dies of a switch over these bytes.
constexpr std::array known_types{
    KnownType{FrameType::padding, sizeof(DataHeader), Datagram::Kind::foreign},
    KnownType{FrameType::data, sizeof(DataHeader), Datagram::Kind::foreign},
    KnownType{FrameType::nak, sizeof(Nak), Datagram::Kind::nak},
    KnownType{FrameType::status_message, sizeof(StatusMessage), Datagram::Kind::status_message},
    KnownType{FrameType::error, sizeof(ErrorFrame), Datagram::Kind::error},
    KnownType{FrameType::setup, sizeof(Setup), Datagram::Kind::foreign},
    KnownType{FrameType::rtt_measurement, sizeof(RttMeasurement), Datagram::Kind::rtt_measurement},
    KnownType{FrameType::resolution, 22, Datagram::Kind::foreign},
    KnownType{FrameType::response_setup, sizeof(ResponseSetup), Datagram::Kind::response_setup},
};

/// Null for types that nobody knows.
constexpr const KnownType* find_known(FrameType type) noexcept {
    for (const KnownType& known : known_types)
        if (known.type == type) return &known;
    return nullptr;
}

/// What every kind of endpoint asks of every datagram, whether it will hear it or not.
Rejection shape_fault(std::span<const std::byte> bytes) noexcept {
    if (bytes.empty()) return Rejection::empty;
    if (bytes.size() > max_datagram_length) return Rejection::too_long;
    const auto* const common = view<CommonHeader>(bytes);
    if (common == nullptr) return Rejection::too_short;
    if (common->version != 0) return Rejection::version;
    const std::int32_t frame_length = common->frame_length;
    if (frame_length < 0) return Rejection::frame_length;
    const FrameType type = common->type;
    const KnownType* const known = find_known(type);
    if (known == nullptr) return Rejection::unknown_type;
    if (bytes.size() < known->min_length) return Rejection::too_short;
    if (type <= FrameType::data)  // the length of data is that of its first frame only
        return bytes.size() % frame_alignment == 0 ? Rejection::none : Rejection::not_whole_frames;
    return static_cast<std::size_t>(frame_length) <= bytes.size() ? Rejection::none : Rejection::frame_length;
}

FrameType type_of(std::span<const std::byte> bytes) noexcept { return view<CommonHeader>(bytes)->type; }

Rejection fault(const Setup& setup) noexcept {
    if (!is_term_length(setup.term_length)) return Rejection::term_length;
    if (!is_term_offset(setup.term_offset, setup.term_length)) return Rejection::term_offset;
    if (!is_mtu(setup.mtu)) return Rejection::mtu;
    const auto raw = [](TermId id) { return static_cast<std::uint32_t>(id.value); };
    const std::uint32_t terms = raw(setup.active_term_id) - raw(setup.initial_term_id);  // ids wrap
    return static_cast<std::int32_t>(terms) >= 0 ? Rejection::none : Rejection::active_term;
}

Rejection fault(const StatusMessage& message) noexcept {
    if (message.fits(max_term_length)) return Rejection::none;
    return is_term_offset(message.term_offset, max_term_length) ? Rejection::window : Rejection::term_offset;
}

Rejection fault(const Nak& nak) noexcept {
    if (nak.fits(max_term_length)) return Rejection::none;
    return is_term_offset(nak.term_offset, max_term_length) ? Rejection::gap_length : Rejection::term_offset;
}

Rejection fault(const ErrorFrame& error) noexcept {
    const std::int32_t length = error.text_length;
    const bool is_inside = length >= 0 && length <= max_error_text_length &&
                           static_cast<std::int32_t>(sizeof error) + length <= error.common.frame_length;
    return is_inside ? Rejection::none : Rejection::text_length;
}

Rejection entries_fault(std::span<const std::byte> entries) noexcept {
    while (!entries.empty()) {
        const ParsedEntry parsed = parse_entry(entries);
        if (parsed.rejection != Rejection::none) return parsed.rejection;
        entries = entries.subspan(parsed.footprint);
    }
    return Rejection::none;
}

}  // namespace

Datagram Datagram::read_heartbeat(std::span<const std::byte> bytes) noexcept {
    const bool is_heartbeat = bytes.size() == sizeof(DataHeader) && type_of(bytes) == FrameType::data;
    return is_heartbeat ? Datagram{bytes, Kind::heartbeat} : Datagram{Rejection::data_frame_length};
}

Datagram Datagram::read_last_padding(std::span<const std::byte> bytes, std::uint32_t at,
                                     std::uint32_t footprint) noexcept {
    if (bytes.size() - at != sizeof(DataHeader)) return Datagram{Rejection::behind_padding};
    const std::int64_t covered = std::int64_t{at} + footprint;
    if (view<DataHeader>(bytes)->term_offset + covered > max_term_length) return Datagram{Rejection::term_end};
    return {bytes, Kind::data, static_cast<std::int32_t>(covered)};
}

Datagram Datagram::at_receiver_not_data(std::span<const std::byte> bytes) noexcept {
    if (const auto why = shape_fault(bytes); why != Rejection::none) return Datagram{why};
    if (type_of(bytes) == FrameType::rtt_measurement) return {bytes, Kind::rtt_measurement};
    if (type_of(bytes) != FrameType::setup) return {bytes, Kind::foreign};
    return checked<Setup>(bytes, Kind::setup);
}

Datagram Datagram::at_sender(std::span<const std::byte> bytes) noexcept {
    if (const auto why = shape_fault(bytes); why != Rejection::none) return Datagram{why};
    const Kind kind = find_known(type_of(bytes))->at_sender;
    if (kind == Kind::status_message) return checked<StatusMessage>(bytes, kind);
    if (kind == Kind::nak) return checked<Nak>(bytes, kind);
    if (kind == Kind::error) return checked<ErrorFrame>(bytes, kind);
    return {bytes, kind};
}

Datagram Datagram::at_resolver(std::span<const std::byte> bytes) noexcept {
    if (const auto why = shape_fault(bytes); why != Rejection::none) return Datagram{why};
    if (type_of(bytes) != FrameType::resolution) return Datagram{Rejection::unknown_type};
    if (view<CommonHeader>(bytes)->frame_length != static_cast<std::int32_t>(bytes.size()))
        return Datagram{Rejection::frame_length};
    const auto why = entries_fault(bytes.subspan(sizeof(CommonHeader)));
    return why == Rejection::none ? Datagram{bytes, Kind::resolution} : Datagram{why};
}

template <class Frame> Datagram Datagram::checked(std::span<const std::byte> bytes, Kind kind) noexcept {
    const auto why = fault(*view<Frame>(bytes));
    return why == Rejection::none ? Datagram{bytes, kind} : Datagram{why};
}

std::optional<std::int64_t> Datagram::group_tag() const noexcept {
    expect(Kind::status_message);
    const auto* const tagged = view<TaggedStatusMessage>(bytes());
    const bool is_tagged = tagged != nullptr && tagged->message.common.frame_length == std::int32_t{sizeof *tagged};
    return is_tagged ? std::optional<std::int64_t>{tagged->group_tag} : std::nullopt;
}

std::string_view Datagram::text() const noexcept {
    return as_text(bytes().subspan(sizeof(ErrorFrame), static_cast<std::size_t>(std::int32_t{error().text_length})));
}

ResolutionEntries Datagram::resolution() const noexcept {
    expect(Kind::resolution);
    return ResolutionEntries{bytes().subspan(sizeof(CommonHeader))};
}

}  // namespace gale::wire

// Frames that programs take apart by themselves: aeron_udp_protocol.h.
#include "capi/error.hpp"
#include "wire/frames.hpp"
#include "wire/resolution.hpp"

#include <aeron/protocol/aeron_udp_protocol.h>

#include <algorithm>
#include <cstring>

namespace gale::capi {
namespace {

static_assert(sizeof(aeron_status_message_header_t) == sizeof(wire::StatusMessage));
static_assert(sizeof(aeron_status_message_optional_header_t) == sizeof(wire::TaggedStatusMessage::group_tag));

template <class Entry> std::size_t entry_length(const Entry* entry) noexcept {
    if (entry == nullptr) return 0;
    const auto name_length = static_cast<std::size_t>(std::max<std::int16_t>(entry->name_length, 0));
    return wire::entry_footprint(sizeof(Entry) + name_length);
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
namespace wire = gale::wire;

int aeron_res_header_entry_length(void* res, size_t remaining) {
    if (res == nullptr) return fail(EINVAL, "the entry is null");
    const auto parsed = wire::parse_entry({static_cast<const std::byte*>(res), remaining});
    if (parsed.rejection == wire::Rejection::none) return static_cast<int>(parsed.footprint);
    return fail(EINVAL,
                "the entry of a resolution frame is cut off, or not one of a name and an address of IPv4 or IPv6");
}

size_t aeron_res_header_entry_length_ipv4(aeron_resolution_header_ipv4_t* header) { return entry_length(header); }
size_t aeron_res_header_entry_length_ipv6(aeron_resolution_header_ipv6_t* header) { return entry_length(header); }

int aeron_udp_protocol_group_tag(aeron_status_message_header_t* sm, int64_t* group_tag) {
    if (sm == nullptr || group_tag == nullptr)
        return fail(EINVAL, "the status message, or the place for its tag, is null");
    if (sm->frame_header.frame_length < static_cast<std::int32_t>(sizeof(wire::TaggedStatusMessage))) return 0;
    std::memcpy(group_tag, reinterpret_cast<const std::byte*>(sm) + sizeof *sm, sizeof *group_tag);
    return sizeof *group_tag;
}

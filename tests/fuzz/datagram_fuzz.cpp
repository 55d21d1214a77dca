// Any bytes as a datagram, at each kind of endpoint: whatever is believed obeys docs/formats/wire.md, validation.
#include "base/ensure.hpp"
#include "wire/datagram.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace {

using namespace gale;
using Kind = wire::Datagram::Kind;

volatile std::uint8_t sink;  // what is read must not be optimised away

void touch(std::span<const std::byte> bytes) {
    for (const std::byte byte : bytes) sink = std::to_integer<std::uint8_t>(byte);
}

void check(const wire::DataFrames& frames) {
    std::int64_t at = frames.first().term_offset;
    ensure(at >= 0 && at % wire::frame_alignment == 0, "data begins where a frame may begin");
    for (const auto& frame : frames) {
        const std::int32_t length = frame.header.common.frame_length;
        ensure(length >= wire::frame_header_length, "a frame has a header");
        ensure(frame.header.term_offset == at, "a frame begins where the one before ends");
        ensure(SessionId{frame.header.session_id} == SessionId{frames.first().session_id}, "one session");
        ensure(TermId{frame.header.term_id} == TermId{frames.first().term_id}, "one term");
        touch(frame.payload);
        at += align_up(std::int64_t{length}, wire::frame_alignment);
    }
    ensure(at == frames.first().term_offset + std::int64_t{frames.covered()}, "the frames cover what they say");
    ensure(at <= wire::max_term_length, "frames end within the longest term");
}

void check(const wire::Setup& setup) {
    ensure(wire::is_term_length(setup.term_length) && wire::is_mtu(setup.mtu), "a setup's lengths are possible");
    ensure(wire::is_term_offset(setup.term_offset, setup.term_length), "a setup's offset is in its term");
}

void check(const wire::ResolutionEntries& entries) {
    for (const auto& entry : entries) {
        ensure(!entry.name.empty() && entry.age_ms >= 0, "an entry names a driver that was heard");
        touch(as_bytes(entry.name));
        touch(entry.address);
    }
}

void check(const wire::Datagram& datagram) {
    switch (datagram.kind()) {
    case Kind::data: return check(datagram.data());
    case Kind::heartbeat: return ensure(datagram.heartbeat().common.frame_length == 0, "a heartbeat is empty");
    case Kind::setup: return check(datagram.setup());
    case Kind::status_message:
        ensure(datagram.status_message().fits(wire::max_term_length), "a status message fits the longest term");
        return touch({reinterpret_cast<const std::byte*>(&datagram.status_message()),
                      datagram.group_tag() ? sizeof(wire::TaggedStatusMessage) : sizeof(wire::StatusMessage)});
    case Kind::nak: return ensure(datagram.nak().fits(wire::max_term_length), "a gap fits the longest term");
    case Kind::rtt_measurement: return touch(std::as_bytes(std::span{&datagram.rtt_measurement(), 1}));
    case Kind::error:
        ensure(datagram.text().size() <= wire::max_error_text_length, "a text is not too long");
        return touch(as_bytes(datagram.text()));
    case Kind::response_setup: return touch(std::as_bytes(std::span{&datagram.response_setup(), 1}));
    case Kind::resolution: return check(datagram.resolution());
    case Kind::foreign: return;
    case Kind::rejected: return ensure(datagram.rejection() != wire::Rejection::none, "a refusal has a reason");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span{data, size});
    check(wire::Datagram::at_receiver(bytes));
    check(wire::Datagram::at_sender(bytes));
    check(wire::Datagram::at_resolver(bytes));
    return 0;
}

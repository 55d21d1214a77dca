/// Putting messages at the end of a stream, many threads at once or one alone. docs/formats/log-buffer.md, publishing.
#pragma once

#include "logbuffer/frame.hpp"
#include "logbuffer/log.hpp"

#include <gale/function_ref.hpp>
#include <gale/offer_result.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

namespace gale::logbuffer {

/// Computes the reserved value of a frame from its bytes (header and payload), before it is committed.
using ReservedValueSupplier = FunctionRef<std::int64_t(std::span<const std::byte> frame)>;

/// A message in one piece.
class SingleSource {
public:
    explicit SingleSource(std::span<const std::byte> message) noexcept
        : from_{message.data()}, length_{message.size()} {}
    [[nodiscard]] std::size_t length() const noexcept { return length_; }
    void copy(std::byte* to, std::size_t length) noexcept {
        copy_payload(to, from_, length);
        from_ += length;
    }

private:
    const std::byte* from_;
    std::size_t length_;
};

/// A message in several pieces, gathered while it is copied.
class VectorSource {
public:
    explicit VectorSource(std::span<const std::span<const std::byte>> pieces) noexcept : pieces_{pieces} {
        for (const auto piece : pieces) length_ += piece.size();
    }
    [[nodiscard]] std::size_t length() const noexcept { return length_; }
    void copy(std::byte* to, std::size_t length) noexcept {
        while (length > 0) {
            const auto rest = pieces_.front().subspan(used_);
            const std::size_t taken = std::min(rest.size(), length);
            if (taken > 0) std::memcpy(to, rest.data(), taken);
            to += taken;
            length -= taken;
            used_ += taken;
            if (used_ == pieces_.front().size()) {
                pieces_ = pieces_.subspan(1);
                used_ = 0;
            }
        }
    }

private:
    std::span<const std::span<const std::byte>> pieces_;
    std::size_t length_ = 0;
    std::size_t used_ = 0;
};

/// A frame claimed and not yet committed.
struct ClaimedFrame {
    std::byte* frame = nullptr;
    std::int32_t frame_length = 0;
    [[nodiscard]] std::span<std::byte> payload() const noexcept {
        return {frame + wire::frame_header_length, static_cast<std::size_t>(frame_length - wire::frame_header_length)};
    }
};

/// Turns what is claimed at `frame` into padding that readers skip.
inline void pad_frame(std::byte* frame, std::int32_t frame_length) noexcept {
    header_of(frame).type = wire::FrameType::padding;
    commit_frame(frame, frame_length);
}

/// The part that both kinds share: what the stream is, and how frames of one claim are filled.
class AppenderBase {
public:
    AppenderBase(const Log& log, StreamIdentity stream) noexcept
        : log_{log}, stream_{stream}, framing_{log.mtu_length() - wire::frame_header_length},
          max_message_length_{logbuffer::max_message_length(log.term_length())} {}

    [[nodiscard]] const Log& log() const noexcept { return log_; }
    [[nodiscard]] StreamIdentity stream() const noexcept { return stream_; }
    [[nodiscard]] std::int32_t max_payload_length() const noexcept { return framing_.max_payload_length; }
    [[nodiscard]] std::int32_t max_message_length() const noexcept { return max_message_length_; }
    [[nodiscard]] bool is_connected() const noexcept { return log_.metadata().is_connected.load_acquire() == 1; }

protected:
    [[nodiscard]] OfferResult blocked(Position at, std::int64_t length) const noexcept {
        if (at.value + length >= log_.geometry().max_position()) return OfferError::max_position_exceeded;
        return is_connected() ? OfferError::back_pressured : OfferError::not_connected;
    }

    template <class Source>
    void fill(std::byte* term, std::int32_t offset, TermId term_id, Source source,
              const ReservedValueSupplier* supplier) const {
        const auto length = static_cast<std::int32_t>(source.length());
        if (length <= framing_.max_payload_length) {
            fill_frame(term, offset, term_id, length, wire::flags::whole, source, supplier,
                       offset + framing_.framed_length(length));
            return;
        }
        const std::int32_t end = offset + framing_.framed_length(length);
        std::uint8_t flags = wire::flags::begin;
        for (std::int32_t rest = length; rest > 0;) {
            const std::int32_t part = std::min(rest, framing_.max_payload_length);
            rest -= part;
            if (rest == 0) flags |= wire::flags::end;
            fill_frame(term, offset, term_id, part, flags, source, supplier, end);
            offset += wire::footprint(part + wire::frame_header_length);
            flags = 0;
        }
    }

    void pad_to(std::byte* term, std::int32_t offset, std::int32_t end, TermId term_id) const noexcept {
        if (offset >= end) return;
        claim_frame(term + offset, end - offset, offset, stream_, term_id, wire::flags::whole,
                    wire::FrameType::padding);
        commit_frame(term + offset, end - offset);
    }

    Log log_;
    StreamIdentity stream_;
    Framing framing_;
    std::int32_t max_message_length_;

private:
    template <class Source>
    void fill_frame(std::byte* term, std::int32_t offset, TermId term_id, std::int32_t length, std::uint8_t flags,
                    Source& source, const ReservedValueSupplier* supplier, std::int32_t claim_end) const {
        std::byte* frame = term + offset;
        const std::int32_t frame_length = length + wire::frame_header_length;
        claim_frame(frame, frame_length, offset, stream_, term_id, flags);
        source.copy(frame + wire::frame_header_length, static_cast<std::size_t>(length));
        if (supplier != nullptr) {
            try {
                header_of(frame).reserved_value =
                    (*supplier)(std::span<const std::byte>{frame, static_cast<std::size_t>(frame_length)});
            } catch (...) {  // the whole claim becomes padding, so that nobody behind it waits
                pad_to(term, offset + wire::footprint(frame_length), claim_end, term_id);
                pad_frame(frame, frame_length);
                throw;
            }
        }
        commit_frame(frame, frame_length);
    }
};

/// Any number of threads of any number of processes append; a fetch_add on the tail gives each its own place.
class ConcurrentAppender : public AppenderBase {
public:
    using AppenderBase::AppenderBase;

    /// `limit` is the publisher limit counter, read before this call.
    template <class Source>
    OfferResult offer(std::int64_t limit, const Source& source, const ReservedValueSupplier* supplier) const {
        const Spot spot = look();
        if (spot.rotating) return OfferError::admin_action;
        const std::size_t length = source.length();
        if (spot.position.value >= limit) [[unlikely]]
            return blocked(spot.position, framed_for_max(length));
        if (length > static_cast<std::size_t>(max_message_length_)) return OfferError::error;
        const std::int32_t required = framing_.framed_length(static_cast<std::int32_t>(length));
        const Place place = take(spot, required);
        if (place.offset + required > log_.term_length()) [[unlikely]]
            return end_of_term(place, required);
        fill(log_.term(spot.partition), place.offset, place.term_id, source, supplier);
        return log_.geometry().position({place.term_id, place.offset + required});
    }

    /// `length` <= max_payload_length. Until the claim is committed or aborted, every reader stops in front of it.
    OfferResult claim(std::int64_t limit, std::int32_t length, ClaimedFrame& claimed) const noexcept {
        const Spot spot = look();
        if (spot.rotating) return OfferError::admin_action;
        if (spot.position.value >= limit) [[unlikely]]
            return blocked(spot.position, framed_for_max(static_cast<std::size_t>(length)));
        const std::int32_t required = framing_.framed_length(length);
        const Place place = take(spot, required);
        if (place.offset + required > log_.term_length()) [[unlikely]]
            return end_of_term(place, required);
        claimed = {log_.term(spot.partition) + place.offset, length + wire::frame_header_length};
        claim_frame(claimed.frame, claimed.frame_length, place.offset, stream_, place.term_id);
        return log_.geometry().position({place.term_id, place.offset + required});
    }

    [[nodiscard]] Position position() const noexcept { return log_.producer_position(); }

private:
    struct Spot {
        Position position;
        std::int32_t partition;
        bool rotating;
    };
    [[nodiscard]] Spot look() const noexcept {
        const LogMetadata& metadata = log_.metadata();
        const std::int32_t count = metadata.active_term_count.load_acquire();  // pairs with rotate_log
        const std::int32_t partition = partition_of(count);
        const RawTail tail{metadata.tails[static_cast<std::size_t>(partition)].load_acquire()};
        const TermId term_id = tail.term_id();
        return {.position = log_.geometry().position({term_id, tail.offset(log_.term_length())}),
                .partition = partition,
                .rotating = count != terms_between(log_.geometry().initial_term_id(), term_id)};
    }
    [[nodiscard]] Place take(const Spot& spot, std::int32_t required) const noexcept {
        const RawTail tail{log_.metadata().tails[static_cast<std::size_t>(spot.partition)].fetch_add(required)};
        return {tail.term_id(), tail.offset(log_.term_length())};
    }
    [[nodiscard]] OfferResult end_of_term(Place place, std::int32_t required) const noexcept;
    [[nodiscard]] static std::int64_t framed_for_max(std::size_t length) noexcept {
        constexpr std::size_t more_than_any = std::size_t{1} << 32U;
        return align_up(static_cast<std::int64_t>(std::min(length, more_than_any)) + wire::frame_header_length,
                        wire::frame_alignment);
    }
};

/// One thread of one process appends; it keeps its place to itself and tells the log.
class ExclusiveAppender : public AppenderBase {
public:
    /// Goes on where the log's tails stand.
    ExclusiveAppender(const Log& log, StreamIdentity stream) noexcept;

    template <class Source>
    OfferResult offer(std::int64_t limit, const Source& source, const ReservedValueSupplier* supplier) {
        const Position at = position();
        const std::size_t length = source.length();
        if (at.value >= limit) [[unlikely]]
            return blocked(at, static_cast<std::int64_t>(length));
        if (length > static_cast<std::size_t>(max_message_length_)) return OfferError::error;
        const std::int32_t required = framing_.framed_length(static_cast<std::int32_t>(length));
        if (required > log_.term_length() - offset_) [[unlikely]]
            return end_of_term();
        const std::int32_t end = advance_tail(required);
        const std::int32_t offset = std::exchange(offset_, end);
        fill(term_, offset, term_id_, source, supplier);
        return Position{term_begin_ + end};
    }

    /// `length` <= max_payload_length.
    OfferResult claim(std::int64_t limit, std::int32_t length, ClaimedFrame& claimed) noexcept {
        const Position at = position();
        if (at.value >= limit) [[unlikely]]
            return blocked(at, length);
        const std::int32_t required = framing_.framed_length(length);
        if (required > log_.term_length() - offset_) [[unlikely]]
            return end_of_term();
        const std::int32_t end = advance_tail(required);
        const std::int32_t offset = std::exchange(offset_, end);
        claimed = {term_ + offset, length + wire::frame_header_length};
        claim_frame(claimed.frame, claimed.frame_length, offset, stream_, term_id_);
        return Position{term_begin_ + end};
    }

    /// One padding frame over `length` bytes besides its header; readers skip it. `length` <= max_message_length.
    OfferResult append_padding(std::int64_t limit, std::int32_t length) noexcept;
    /// Frames laid out already, the first of them for just this place in the stream; all are checked before a byte is
    /// copied.
    OfferResult offer_block(std::int64_t limit, std::span<const std::byte> block) noexcept;

    [[nodiscard]] Position position() const noexcept { return Position{term_begin_ + offset_}; }

private:
    // The tail goes out before the frame: the driver derives the publisher position from it. It promises no bytes.
    [[nodiscard]] std::int32_t advance_tail(std::int32_t required) noexcept {
        const std::int32_t end = offset_ + required;
        tail_->store_release(RawTail{term_id_, end}.value);
        return end;
    }
    [[nodiscard]] OfferResult end_of_term() noexcept;
    void enter_next_term() noexcept;

    std::byte* term_;
    shm::Cell<std::int64_t>* tail_;
    std::int64_t term_begin_;
    TermId term_id_;
    std::int32_t offset_;
    std::int32_t partition_;
};

/// Makes term `count` + 1 the active one, unless somebody else has: safe for any number of helpers at once.
void rotate_log(LogMetadata& metadata, std::int32_t count, TermId term_id) noexcept;

}  // namespace gale::logbuffer

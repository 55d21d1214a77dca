/// For tests only: a small log in memory, its frames, and messages that can be told from one another.
#pragma once

#include "logbuffer/append.hpp"
#include "logbuffer/log.hpp"
#include "logbuffer/scan.hpp"
#include "shm/testing.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace gale::logbuffer {

struct Scanned {
    int fragments = 0;     ///< how many were handed over
    bool corrupt = false;  ///< stopped before a frame whose length cannot be
};

/// Hands committed data frames to `handler(payload, header, position behind the frame)`, at most `fragment_limit`, up
/// to the end of the term at most; skips padding uncounted. Moves `position` before each call, so that it is right also
/// when the handler throws.
template <class Handler>
Scanned scan(const Log& log, Position& position, Position end, int fragment_limit, Handler&& handler) {
    const Position term_begin = position - log.geometry().offset(position);
    FrameCursor cursor = cursor_at(log, position, end);
    Scanned scanned;
    while (scanned.fragments < fragment_limit && cursor.next()) {
        position = term_begin + cursor.next_offset();
        if (cursor.is_padding()) [[unlikely]]
            continue;
        ++scanned.fragments;
        handler(cursor.payload(), cursor.header(), position);
    }
    scanned.corrupt = cursor.corrupt();
    return scanned;
}

}  // namespace gale::logbuffer

namespace gale::testing {

inline constexpr std::int32_t small_term = 64 * 1024;
inline constexpr std::int64_t no_limit = std::numeric_limits<std::int64_t>::max();
/// Who writes in those tests.
inline constexpr logbuffer::StreamIdentity stream{SessionId{1}, StreamId{10}};

inline logbuffer::LogSettings small_log(TermId initial = TermId{3}) {
    return {.session_id = SessionId{1},
            .stream_id = StreamId{10},
            .initial_term_id = initial,
            .starting_term_id = initial,
            .term_length = small_term,
            .mtu_length = 1408};
}

/// A log with its memory.
struct LogInMemory {
    explicit LogInMemory(const logbuffer::LogSettings& settings = small_log())
        : memory{static_cast<std::size_t>(logbuffer::file_length(settings.term_length, settings.page_size))},
          log{logbuffer::Log::initialise(memory.bytes(), settings)} {}
    [[nodiscard]] logbuffer::LogMetadata& metadata() const noexcept { return log.metadata(); }
    [[nodiscard]] logbuffer::RawTail tail(std::size_t partition) const noexcept {
        return logbuffer::RawTail{log.metadata().tails[partition].load_acquire()};
    }
    [[nodiscard]] std::byte* at(std::int64_t position) const noexcept {
        const auto& geometry = log.geometry();
        return log.term(geometry.partition(Position{position})) + geometry.offset(Position{position});
    }
    [[nodiscard]] std::int32_t length_at(std::int64_t position) const noexcept {
        return logbuffer::frame_length_acquire(at(position));
    }
    [[nodiscard]] const wire::FrameHeader& header_at(std::int64_t position) const noexcept {
        return logbuffer::header_of(static_cast<const std::byte*>(at(position)));
    }

    Memory memory;
    logbuffer::Log log;
};

/// Message `number` as the recorded logs have it: no two alike, no byte the same for long.
inline std::vector<std::byte> message(std::int64_t number, std::size_t length) {
    std::vector<std::byte> bytes(length);
    for (std::size_t i = 0; i < length; ++i)
        bytes[i] = static_cast<std::byte>(37 * static_cast<std::uint64_t>(number) + 7 * i + (i >> 8U));
    return bytes;
}

/// Messages put together again from the frames between two positions, as text; padding leaves no trace.
inline std::vector<std::vector<std::byte>> messages_between(const logbuffer::Log& log, Position from, Position to) {
    std::vector<std::vector<std::byte>> messages;
    while (from < to) {
        const Position before = from;
        (void)logbuffer::scan(log, from, to, std::numeric_limits<int>::max(),
                              [&](std::span<const std::byte> payload, const wire::FrameHeader& header, Position) {
                                  if ((header.flags & wire::flags::begin) != 0) messages.emplace_back();
                                  if (messages.empty()) return;
                                  messages.back().insert(messages.back().end(), payload.begin(), payload.end());
                              });
        if (from == before) break;
    }
    return messages;
}

}  // namespace gale::testing

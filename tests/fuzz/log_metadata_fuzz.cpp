// A log is shared with processes that may write whatever they like to it, at any time.
#include "fuzz/fuzz.hpp"
#include "logbuffer/append.hpp"
#include "logbuffer/clean.hpp"
#include "logbuffer/scan.hpp"
#include "logbuffer/unblock.hpp"

#include <cstdlib>
#include <new>
#include <vector>

namespace {

using namespace gale;
using namespace gale::logbuffer;

constexpr std::int32_t term_length = 64 * 1024;
constexpr std::size_t log_length = 3 * std::size_t{term_length} + 4096;

// On the heap, where a step beyond its end is noticed.
struct alignas(4096) Storage {
    std::byte bytes[log_length];
};

void use(const Log& log, Position from) {
    std::size_t length = 0;
    for (FrameCursor cursor = cursor_at(log, from, no_end); cursor.next();)
        for (const std::byte byte : cursor.payload()) length += static_cast<std::size_t>(byte);
    const Block block = scan_block(log, from, 4096);
    for (std::int32_t i = 0; i < block.length; ++i) length += static_cast<std::size_t>(block.begin[i]);
    (void)unblock(log, from, Producers::may_live);
    (void)unblock(log, from, Producers::are_gone);
    (void)log.producer_position();
    const ConcurrentAppender concurrent{log, {SessionId{1}, StreamId{2}}};
    (void)concurrent.offer(INT64_MAX, SingleSource{as_bytes("a message")}, nullptr);
    ExclusiveAppender exclusive{log, {SessionId{1}, StreamId{2}}};
    for (int i = 0; i < 3; ++i) (void)exclusive.offer(INT64_MAX, SingleSource{as_bytes("a message")}, nullptr);
    Cleaner cleaner{log, from};
    (void)cleaner.advance(from + 4096, 8192);
    if (length == SIZE_MAX) std::abort();  // it cannot be; but to know that, the bytes have to be read
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input{data, size};
    const auto storage = std::make_unique<Storage>();
    const std::span<std::byte> bytes{storage->bytes};
    (void)Log::initialise(bytes, {.correlation_id = CorrelationId{1},
                                  .session_id = SessionId{2},
                                  .stream_id = StreamId{3},
                                  .initial_term_id = TermId{4},
                                  .starting_term_id = TermId{4},
                                  .term_length = term_length,
                                  .mtu_length = 1408});
    const Position from{input.number<std::uint32_t>() * std::int64_t{32}};  // whoever reads checks it before
    while (!input.empty()) {                                                // small pieces, anywhere
        const auto offset = input.number<std::uint32_t>();
        fuzz::scribble(bytes, offset, input.bytes(input.number<std::uint8_t>()));
    }
    if (Log::fault(bytes).empty()) use(Log{bytes}, from);
    return 0;
}

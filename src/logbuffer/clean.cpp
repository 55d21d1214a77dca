#include "logbuffer/clean.hpp"

#include "logbuffer/frame.hpp"

#include <algorithm>
#include <cstring>

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace gale::logbuffer {
namespace {

// Past the caches: the conductor must not fill its own with zeros that a publisher on another core will want as its
// own.
void zero(std::byte* from, std::int64_t length) noexcept {
#if defined(__x86_64__)
    const __m128i zeros = _mm_setzero_si128();
    for (std::int64_t at = 0; at < length; at += 32) {  // terms and positions are multiples of 32
        _mm_stream_si128(reinterpret_cast<__m128i*>(from + at), zeros);
        _mm_stream_si128(reinterpret_cast<__m128i*>(from + at + 16), zeros);
    }
    _mm_sfence();
#else
    std::memset(from, 0, static_cast<std::size_t>(length));
#endif
}

// A subscriber's position is a word that clients write: only whole steps of a frame's alignment count.
std::int64_t aligned_down(std::int64_t length) noexcept { return length & ~std::int64_t{wire::frame_alignment - 1}; }

}  // namespace

Cleaner::Cleaner(const Log& log, Position start) noexcept
    : log_{log}, clean_{std::max<std::int64_t>(aligned_down(start.value), 0)} {}

std::int64_t Cleaner::advance(Position target, std::int64_t limit) noexcept {
    if (target <= clean_) return 0;
    const std::int32_t offset = log_.geometry().offset(clean_);
    const std::int64_t length =
        aligned_down(std::min({target - clean_, static_cast<std::int64_t>(log_.term_length() - offset), limit}));
    if (length <= 0) return 0;
    std::byte* first = log_.term(log_.geometry().partition(clean_)) + offset;
    // The length of the first frame goes last, as a release: a straggler who still sees it also sees the header behind
    // it.
    zero(first + wire::frame_header_length, length - wire::frame_header_length);
    std::memset(first + 8, 0, wire::frame_header_length - 8);
    clear_first_word(first);
    clean_ += length;
    return length;  // published to publishers by the release of their limit
}

}  // namespace gale::logbuffer

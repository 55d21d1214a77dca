/// The records that the ring and the broadcast buffer share. docs/formats/rings.md, records.
#pragma once

#include "base/bits.hpp"
#include "shm/cell.hpp"
#include "shm/overlay.hpp"

#include <cstdint>
#include <span>

namespace gale::shm {

/// Aligned to 8; `length` counts this header and the payload, not the alignment.
struct RecordHeader {
    Cell<std::int32_t> length;
    Cell<std::int32_t> type;
};
static_assert(sizeof(RecordHeader) == 8);

inline constexpr std::int32_t record_header_length = 8;
inline constexpr std::int32_t record_alignment = 8;
inline constexpr std::int32_t padding_type = -1;

[[nodiscard]] constexpr std::int32_t record_footprint(std::int32_t length) noexcept {
    return align_up(length, record_alignment);
}

/// Copies between shared memory that another process may be writing and memory of ours, word by word, each word atomic:
/// the copy may be torn, never undefined. Both ends of `shared` have room up to the next multiple of 8.
void copy_out(std::span<const std::byte> shared, std::byte* ours) noexcept;
void copy_in(std::span<const std::byte> ours, std::byte* shared) noexcept;

}  // namespace gale::shm

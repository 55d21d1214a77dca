#include "logbuffer/scan.hpp"

namespace gale::logbuffer {

Block scan_block(const Log& log, Position position, std::int32_t limit) noexcept {
    FrameCursor cursor = cursor_at(log, position, no_end);
    const std::int32_t start = cursor.next_offset();
    Block block{.begin = log.term(log.geometry().partition(position)) + start};
    while (cursor.next()) {
        const std::int32_t length = cursor.next_offset() - start;
        if (cursor.is_padding()) {
            if (block.length == 0) {
                block.length = length;
                block.padding = true;
            }
            return block;
        }
        if (length > limit) return block;
        block.length = length;
    }
    block.corrupt = cursor.corrupt();
    return block;
}

}  // namespace gale::logbuffer

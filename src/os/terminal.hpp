/// Where a program's words come from and go to: terminals, pipes, files.
#pragma once

#include "os/signals.hpp"

#include <cstddef>
#include <cstdio>
#include <span>

namespace gale::os {

/// Whether a person is likely to look at what is written here.
[[nodiscard]] bool is_terminal(std::FILE* stream) noexcept;
/// Columns and rows of the terminal behind `stream`; 80 and 24 when there is none.
struct TerminalSize {
    int columns = 80;
    int rows = 24;
};
[[nodiscard]] TerminalSize terminal_size(std::FILE* stream) noexcept;

enum class InputState { data, end, stopped };
struct Input {
    InputState state = InputState::end;
    std::size_t length = 0;  ///< bytes at the front of the buffer, when `data`
};
/// Waits for bytes on standard input, or for a stop; a stop comes first. Throws when the system refuses.
[[nodiscard]] Input read_standard_input(std::span<std::byte> buffer, const StopSignals& stop);

}  // namespace gale::os

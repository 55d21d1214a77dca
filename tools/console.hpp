/// What a person looks at while the program works: a line that changes on a terminal, plain lines elsewhere.
#pragma once

#include "os/signals.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

namespace gale::tools {

enum class Ink { plain, bold, dim, green, yellow, red, cyan };

/// One output stream. Escape codes go to terminals only, and none at all when $NO_COLOR is set.
class Console {
public:
    explicit Console(std::FILE* stream) noexcept;
    [[nodiscard]] bool is_terminal() const noexcept { return terminal_; }
    [[nodiscard]] int columns() const noexcept;
    [[nodiscard]] std::string paint(Ink ink, std::string_view text) const;
    /// A line, out at once. Replaces the progress line, when there is one.
    void line(std::string_view text);
    /// How things are going: on a terminal over the line before, four times a second; elsewhere once a second.
    void progress(std::string_view text);
    /// Takes the progress line away.
    void clear_progress();
    /// How long to wait between two looks at something that makes progress.
    [[nodiscard]] std::chrono::nanoseconds progress_interval() const noexcept;

private:
    std::FILE* stream_;
    bool terminal_;
    bool colour_;
    bool progress_shown_ = false;
};

/// Somebody behind our pipe has seen enough: not an error of ours.
class OutputClosed : public std::exception {};

/// Bytes to `stream`. Throws OutputClosed when nobody reads it any more, Error when it cannot take them.
void write_all(std::FILE* stream, std::string_view bytes);
void flush(std::FILE* stream);

}  // namespace gale::tools

#include "console.hpp"

#include "os/failure.hpp"
#include "os/process.hpp"
#include "os/terminal.hpp"

#include <cerrno>

namespace gale::tools {
namespace {

std::string_view code(Ink ink) noexcept {
    switch (ink) {
    case Ink::plain: return "\x1b[0m";
    case Ink::bold: return "\x1b[1m";
    case Ink::dim: return "\x1b[2m";
    case Ink::green: return "\x1b[32m";
    case Ink::yellow: return "\x1b[33m";
    case Ink::red: return "\x1b[31m";
    case Ink::cyan: return "\x1b[36m";
    }
    return "";
}

[[noreturn]] void output_failed(int error) {
    if (error == EPIPE) throw OutputClosed{};
    os::fail("write to", "the output", error);
}

}  // namespace

Console::Console(std::FILE* stream) noexcept
    : stream_{stream}, terminal_{os::is_terminal(stream)},
      colour_{terminal_ && os::environment("NO_COLOR").value_or("").empty()} {}

int Console::columns() const noexcept { return os::terminal_size(stream_).columns; }

std::string Console::paint(Ink ink, std::string_view text) const {
    if (!colour_ || ink == Ink::plain) return std::string{text};
    return std::string{code(ink)} + std::string{text} + std::string{code(Ink::plain)};
}

void Console::line(std::string_view text) {
    clear_progress();
    write_all(stream_, text);
    write_all(stream_, "\n");
    flush(stream_);
}

void Console::progress(std::string_view text) {
    if (!terminal_) return line(text);
    write_all(stream_, "\r");
    write_all(stream_, text);
    write_all(stream_, "\x1b[K");
    flush(stream_);
    progress_shown_ = true;
}

void Console::clear_progress() {
    if (!progress_shown_) return;
    progress_shown_ = false;
    write_all(stream_, "\r\x1b[K");
    flush(stream_);
}

std::chrono::nanoseconds Console::progress_interval() const noexcept {
    return std::chrono::milliseconds{terminal_ ? 250 : 1000};
}

void write_all(std::FILE* stream, std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), stream) != bytes.size()) output_failed(errno);
}

void flush(std::FILE* stream) {
    if (std::fflush(stream) != 0) output_failed(errno);
}

}  // namespace gale::tools

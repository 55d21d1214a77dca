/// The two pipes to the test: commands come in, events go out, a line each.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace gale::interop {

/// Any thread may tell an event. It lives as long as the process: its reader may hang in a read for ever.
class Console {
public:
    /// Starts the reader.
    Console();
    Console(const Console&) = delete;

    /// Writes one event and flushes it; line breaks in it become ` | `.
    void tell(std::string_view event);
    /// Tells what went wrong and fails the process; only the first cause is told, the rest follows from it.
    void error(std::string_view what);
    [[nodiscard]] bool failed();
    /// True after "quit", the end of the input or an error.
    [[nodiscard]] bool finished();
    /// The next command, if one has come.
    [[nodiscard]] std::optional<std::string> command();
    /// Lets the role end, as if the test had written "quit".
    void quit();
    /// Waits for a command or the end, at most that long.
    void rest(std::chrono::microseconds at_most = std::chrono::milliseconds{10});
    void await_finish();

private:
    void read();
    void print(std::string_view event);

    std::mutex mutex_;
    std::condition_variable news_;
    std::deque<std::string> commands_;
    bool quitting_ = false;
    bool failed_ = false;
};

/// Waits a little longer each time that nothing happened, at most a millisecond.
class Backoff {
public:
    explicit Backoff(Console& console) noexcept : console_{console} {}
    void idle(int work);

private:
    Console& console_;
    int idled_ = 0;
};

}  // namespace gale::interop

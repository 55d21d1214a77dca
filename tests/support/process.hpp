/// Another program, driven through its standard input and output.
#pragma once

#include <gale/function_ref.hpp>

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::testing {

/// The end of a process.
struct Ending {
    int status = -1;  ///< what it returned; -1 when a signal ended it
    int signal = 0;   ///< what ended it; 0 when it returned
    bool operator==(const Ending&) const noexcept = default;
};

/// How long a test waits for what should come at once: a net for what hangs, never a measure.
inline constexpr std::chrono::seconds patience{60};

/// What to start. `arguments` without the program itself.
struct Command {
    std::string program;
    std::vector<std::string> arguments{};
    std::map<std::string, std::string> environment{};  ///< besides this process's own, which it overrides
    std::vector<std::string> unset{};                  ///< of this process's environment, what the child is not to see
    std::string directory{};                           ///< to start in; empty: this process's
    bool terminal = false;                             ///< both of its outputs are one terminal, read as its output
};

/// A child of this process with a pipe to its input and from each of its outputs (or a terminal for both). Owned: what
/// still runs when the owner goes is killed. Its outputs are read only during the calls here. One thread at a time.
class Process {
public:
    /// Throws std::system_error when it cannot be started.
    explicit Process(const Command& command);
    Process(Process&& other) noexcept;
    Process& operator=(Process&& other) noexcept;
    ~Process();

    /// Nothing happens when the process does not listen any more.
    void write(std::string_view text);
    void write_line(std::string_view line) { write(std::string{line} + '\n'); }
    void close_input() noexcept;

    /// The first line of its standard output from the `from`th on that `wanted` accepts, waited for; nothing when the
    /// output ends without, or after `at_most`.
    std::optional<std::string> wait_for_line(FunctionRef<bool(std::string_view)> wanted, std::size_t from = 0,
                                             std::chrono::milliseconds at_most = patience);
    /// Whole lines of its standard output that have been read, without the ends of lines.
    [[nodiscard]] const std::vector<std::string>& lines() const noexcept { return lines_; }
    /// Reads what is there, without waiting.
    void catch_up();
    /// Everything that has been read.
    [[nodiscard]] const std::string& output() const noexcept { return output_; }
    [[nodiscard]] const std::string& errors() const noexcept { return errors_; }

    [[nodiscard]] pid_t pid() const noexcept { return pid_; }
    void signal(int number) noexcept;
    /// Reads its outputs until it has ended. Nothing when it runs still after `at_most`.
    std::optional<Ending> wait(std::chrono::milliseconds at_most = patience);

private:
    using Deadline = std::chrono::steady_clock::time_point;
    bool pump(Deadline deadline, int other);
    void take(int& from, std::string& into);
    void split_lines();
    void end() noexcept;

    pid_t pid_ = -1;
    int pid_handle_ = -1;  // readable when the process has ended
    int input_ = -1;
    int output_pipe_ = -1;
    int errors_pipe_ = -1;
    std::string output_;
    std::string errors_;
    std::size_t split_ = 0;  // bytes of the output that are in lines
    std::vector<std::string> lines_;
    std::optional<Ending> ending_;
};

/// A program run to its end with this as its input.
struct Outcome {
    std::optional<Ending> ending;  ///< nothing when it had to be killed
    std::string output;
    std::string errors;
};
Outcome run(const Command& command, std::string_view input = {}, std::chrono::milliseconds at_most = patience);

}  // namespace gale::testing

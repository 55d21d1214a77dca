/// What each subcommand gets from main, and how it tells main what to run.
#pragma once

#include "command_line.hpp"
#include "os/signals.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace gale::tools {

/// Exit statuses of the program.
inline constexpr int success = 0;
inline constexpr int failure = 1;
inline constexpr int wrong_usage = 2;
inline constexpr int interrupted = 130;  ///< stopped by a signal before the work was done

/// The subcommands of one run. Each adds itself with its options, and sets `chosen` when it is the one.
struct Program {
    Command root;
    os::StopSignals& stop;
    std::function<int()> chosen{};  ///< returns the exit status; throws what went wrong
};

void add_demo(Program& program);
void add_driver(Program& program);
void add_pub(Program& program);
void add_sub(Program& program);
void add_ping(Program& program);
void add_pong(Program& program);
void add_bench(Program& program);
void add_stat(Program& program);
void add_streams(Program& program);
void add_errors(Program& program);
void add_loss(Program& program);
void add_doctor(Program& program);
void add_version(Program& program);

/// `--dir`, the same everywhere.
Option add_directory_option(Command command, std::string& directory);
/// A size as 64k, 16m or in bytes, within [low, high].
Option add_size_option(Command command, const std::string& names, std::int64_t& target, const std::string& help,
                       std::int64_t low, std::int64_t high);
/// A number as 250000, 250k or 2.5m (thousands, millions), at least `low`.
Option add_count_option(Command command, const std::string& names, std::int64_t& target, const std::string& help,
                        std::int64_t low = 0);
/// `--dir` if given, else $AERON_DIR, else this user's default.
[[nodiscard]] std::string resolve_directory(const std::string& option);

}  // namespace gale::tools

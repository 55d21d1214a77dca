/// The program `gale`: a media driver and every tool for it, one subcommand each.
#include "command.hpp"
#include "console.hpp"
#include "os/signals.hpp"
#include "text.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <exception>
#include <iostream>
#include <string>

namespace {

using namespace gale::tools;

void complain(std::string_view text) {
    std::string told = printable(text, Lines::keep);
    while (told.ends_with('\n')) told.pop_back();
    fmt::print(stderr, "gale: {}\n", told);
}

void add_commands(Program& program) {
    add_demo(program);
    add_driver(program);
    add_pub(program);
    add_sub(program);
    add_ping(program);
    add_pong(program);
    add_stat(program);
    add_streams(program);
    add_errors(program);
    add_loss(program);
    add_doctor(program);
    add_bench(program);
    add_version(program);
}

int run(int count, char** words) {
    gale::os::ignore_broken_pipes();
    gale::os::StopSignals stop;
    CommandLine line{
        "gale",
        "Gale moves messages between processes and machines: a media driver and its tools, compatible with Aeron.\n"
        "First steps: `gale demo`; then `gale driver` in one terminal, `gale sub` and `gale pub` in two others.",
        "gale " GALE_VERSION};
    Program program{.root = line.root(), .stop = stop};
    add_commands(program);
    if (const auto status = line.parse(count, words, complain)) return *status;
    return program.chosen();
}

}  // namespace

int main(int count, char** words) {
    try {
        return run(count, words);
    } catch (const OutputClosed&) {
        return success;  // whoever read our output has seen enough
    } catch (const gale::Error& error) {
        complain(error.what());
        if (error.code() == gale::ErrorCode::invalid_argument) return wrong_usage;
    } catch (const std::exception& error) {
        complain(error.what());
    }
    return failure;
}

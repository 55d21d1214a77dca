/// The program `gale`: a media driver and every tool for it, one subcommand each.
#include "command.hpp"
#include "console.hpp"
#include "os/signals.hpp"
#include "text.hpp"

#include <gale/error.hpp>

#include <CLI/CLI.hpp>
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
    add_bench(program);
    add_version(program);
}

/// How far the words on the command line lead.
struct Path {
    CLI::App* last;
    std::string words;      ///< as `gale bench rtt`
    std::string unknown{};  ///< where a subcommand was needed and this came
};

Path follow(CLI::App& app, int count, char** words) {
    Path path{.last = &app, .words = "gale"};
    for (int i = 1; i < count && path.last->get_require_subcommand_min() > 0; ++i) {
        const std::string word = words[i];
        const auto found = path.last->get_subcommands([&](CLI::App* below) { return below->check_name(word); });
        if (found.empty()) {
            if (!word.starts_with('-')) path.unknown = word;
            break;
        }
        path.last = found.front();
        path.words += " " + word;
    }
    return path;
}

int parse(CLI::App& app, int count, char** words) {
    try {
        app.parse(count, words);
        return success;
    } catch (const CLI::ParseError& refusal) {
        if (refusal.get_exit_code() == 0) {
            app.exit(refusal, std::cout, std::cerr);  // --help and --version
            std::cout.flush();
            return -1;
        }
        if (count < 2) {
            std::cerr << app.help();
        } else {
            const Path path = follow(app, count, words);
            if (path.unknown.empty()) {
                complain(fmt::format("{}. `{} --help` tells what it takes.", refusal.what(), path.words));
            } else {
                complain(fmt::format("there is no `{} {}`. `{} --help` lists what there is.", path.words, path.unknown,
                                     path.words));
            }
        }
        return wrong_usage;
    }
}

int run(int count, char** words) {
    gale::os::ignore_broken_pipes();
    gale::os::StopSignals stop;
    CLI::App app{
        "Gale moves messages between processes and machines: a media driver and its tools, compatible with Aeron.\n"
        "First steps: `gale demo`; then `gale driver` in one terminal, `gale sub` and `gale pub` in two others.",
        "gale"};
    app.set_version_flag("--version", "gale " GALE_VERSION);
    app.require_subcommand(1);
    app.get_formatter()->column_width(34);
    Program program{.app = app, .stop = stop};
    add_commands(program);
    if (const int refused = parse(app, count, words); refused != success) return refused < 0 ? success : refused;
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

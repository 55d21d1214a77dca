/// gale driver: the media driver, for all programs of this user.
#include "access.hpp"
#include "command.hpp"
#include "console.hpp"
#include "driver/options.hpp"
#include "os/process.hpp"
#include "text.hpp"

#include <gale/error.hpp>
#include <gale/media_driver.hpp>

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace gale::tools {
namespace {

using namespace std::chrono_literals;

struct Arguments {
    std::vector<std::string> files{};
    std::vector<std::string> options{};
    std::string directory{};
    std::string threading{};
};

void append(driver::Notes& notes, driver::Notes more) {
    for (std::string& note : more) notes.push_back(std::move(note));
}

/// Defaults, then the environment, then files, then the command line; the later wins.
driver::FromEnvironment collect(const Arguments& arguments) {
    driver::FromEnvironment collected = driver::read_environment();
    auto& [options, notes] = collected;
    const auto set = [&](std::string_view name, std::string_view value) {
        append(notes, driver::apply_property(options, name, value));
    };
    for (const std::string& file : arguments.files) append(notes, driver::load_properties_file(file, options));
    append(notes, apply_options(options, arguments.options));
    if (!arguments.directory.empty()) set("aeron.dir", arguments.directory);
    if (!arguments.threading.empty()) set("aeron.threading.mode", arguments.threading);
    driver::validate(options);
    return collected;
}

/// Until a stop is asked for, by whomever.
void keep_running(MediaDriver& driver, const os::StopSignals& stop) {
    const bool stepped = driver.options().threading_mode == ThreadingMode::invoker;
    while (driver.is_running()) {
        if (!stepped) {
            if (stop.wait_for(1s)) return;
        } else if (driver.do_work() == 0 && stop.wait_for(1ms)) {
            return;
        }
        if (stop.requested()) return;
    }
    throw Error{ErrorCode::generic, fmt::format("the driver has stopped by itself; `gale errors --dir {}` may tell why",
                                                driver.directory())};
}

int run(const Arguments& arguments, os::StopSignals& stop) {
    Console console{stdout};
    auto [options, notes] = collect(arguments);
    for (const std::string& note : notes) fmt::print(stderr, "gale: {}\n", printable(note));
    options.on_terminate = [&stop] { stop.request(); };
    MediaDriver driver = MediaDriver::launch(std::move(options));
    console.line(fmt::format("media driver ready in {}, pid {} (Ctrl-C stops it)", printable(driver.directory()),
                             os::process_id()));
    keep_running(driver, stop);
    driver.close();
    console.line("media driver stopped");
    return success;
}

}  // namespace

void add_driver(Program& program) {
    auto arguments = std::make_shared<Arguments>();
    Command command = program.root.add_subcommand("driver", "run the media driver until Ctrl-C");
    command.add_option("files", arguments->files, "property files, each line name=value").type_name("FILE");
    command.add_option("--option,-D", arguments->options, "one option of those listed below; stronger than files")
        .type_name("NAME=VALUE")
        .one_at_a_time();
    command.add_option("--dir", arguments->directory, "short for --option aeron.dir=...").type_name("DIRECTORY");
    command.add_option("--threading", arguments->threading, "short for --option aeron.threading.mode=...")
        .type_name("MODE");
    command.footer([] { return driver::help_text(); });
    command.callback(
        [arguments, &program] { program.chosen = [arguments, &program] { return run(*arguments, program.stop); }; });
}

}  // namespace gale::tools

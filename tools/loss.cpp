/// gale loss: what images have lost on the network, from the driver's loss report.
#include "access.hpp"
#include "command.hpp"
#include "console.hpp"
#include "os/directory.hpp"
#include "os/mapped_file.hpp"
#include "shm/loss_report.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <memory>
#include <string>

namespace gale::tools {
namespace {

struct LossOptions {
    std::string directory{};
    bool json = false;
};

int run(const LossOptions& options) {
    const std::string directory = resolve_directory(options.directory);
    const std::string path = directory + "/loss-report.dat";
    if (os::inspect_directory(directory) == os::DirectoryState::absent)
        throw Error{
            ErrorCode::driver_timeout,
            fmt::format("no media driver has run in {}: there is no such directory. Start one with `gale driver`, "
                        "or name the directory of one that runs with --dir.",
                        directory)};
    const os::MappedFile file = os::MappedFile::open(path, os::Access::read_only);
    nlohmann::json list = nlohmann::json::array();
    Console console{stdout};
    if (!options.json) {
        console.line("OBSERVATION_COUNT,TOTAL_BYTES_LOST,FIRST_OBSERVATION,LAST_OBSERVATION,SESSION_ID,STREAM_ID,"
                     "CHANNEL,SOURCE");
    }
    const int count = shm::read_loss_report(file.bytes(), [&](const shm::LossObservation& loss) {
        if (options.json) {
            list.push_back({{"observations", loss.count},
                            {"bytes_lost", loss.bytes_lost},
                            {"first_ms", loss.first.count()},
                            {"last_ms", loss.last.count()},
                            {"session", loss.session_id.value},
                            {"stream", loss.stream_id.value},
                            {"channel", loss.channel},
                            {"source", loss.source}});
            return;
        }
        console.line(fmt::format("{},{},{},{},{},{},{},{}", loss.count, loss.bytes_lost, long_date(loss.first),
                                 long_date(loss.last), loss.session_id.value, loss.stream_id.value,
                                 printable(loss.channel), printable(loss.source)));
    });
    if (options.json) {
        const nlohmann::json all{{"directory", directory}, {"losses", std::move(list)}};
        console.line(all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
    } else {
        console.line(fmt::format("{} entries read", count));
    }
    return success;
}

}  // namespace

void add_loss(Program& program) {
    auto options = std::make_shared<LossOptions>();
    Command command = program.root.add_subcommand("loss", "show what streams have lost on the network");
    add_directory_option(command, options->directory);
    command.add_flag("--json", options->json, "one JSON object");
    command.callback([options, &program] { program.chosen = [options] { return run(*options); }; });
}

}  // namespace gale::tools

/// What the benchmarks share.
#pragma once

#include "access.hpp"
#include "command.hpp"

#include <gale/client.hpp>

#include <optional>
#include <string>
#include <vector>

namespace gale::tools {

struct BenchOptions {
    std::string directory{};             ///< empty: embedded drivers
    std::vector<std::string> options{};  ///< of embedded drivers, NAME=VALUE
    int drivers = 1;
    bool json = false;
};
/// --dir, --option and --json.
void add_bench_options(Command command, BenchOptions& options);
/// --drivers, for benchmarks that may go over the network.
void add_drivers_option(Command command, BenchOptions& options);
void add_bench_setup(Command bench, Program& program);
void add_bench_idle(Command bench, Program& program);

/// `--udp` means: this channel. The system chooses the port.
inline constexpr const char* loopback_channel = "aeron:udp?endpoint=127.0.0.1:0";

/// The drivers that are measured, and a client at each end of what goes through them: of the same driver, or each of
/// its own. Embedded drivers end with it.
class BenchDrivers {
public:
    /// `streams` are laid out for, one after the other. Throws an Error when `over_network` is false and there shall be
    /// two drivers.
    BenchDrivers(const BenchOptions& options, int streams, bool over_network, const os::StopSignals& stop);
    [[nodiscard]] Client& sending() noexcept { return *sending_; }
    [[nodiscard]] Client& receiving() noexcept { return receiving_ ? *receiving_ : *sending_; }
    /// `embedded driver`, `two embedded drivers` or `running driver`.
    [[nodiscard]] const char* description() const noexcept { return description_; }

private:
    std::optional<PrivateDriver> first_;
    std::optional<PrivateDriver> second_;
    std::optional<Client> sending_;
    std::optional<Client> receiving_;
    const char* description_;
};

}  // namespace gale::tools

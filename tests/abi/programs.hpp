/// Programs that know the C ABI and nothing else of Gale, run to their end on a driver. For tests of any driver.
#pragma once

#include "support/process.hpp"
#include "support/temporary_directory.hpp"
#include "system/ports.hpp"

#include <gale/gale.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <ostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gale::testing {

/// The drivers that are programs.
enum class DriverProgram { aeronmd, gale_driver };
inline std::string name(DriverProgram program) { return program == DriverProgram::aeronmd ? "Aeronmd" : "GaleDriver"; }
inline std::ostream& operator<<(std::ostream& out, DriverProgram program) { return out << name(program); }

/// One of them, running, in a directory of its own; small, so that many fit into memory beside each other.
class ServingProgram {
public:
    explicit ServingProgram(DriverProgram program) : process_{command(program)} {
        // It is ready when a client has found it.
        const Context context{{.directory = directory(), .wait = patience}};
    }
    [[nodiscard]] std::string directory() const { return place_ / "aeron"; }
    /// Asks it to end, and answers what it said on standard error meanwhile.
    std::string stop() {
        process_.signal(SIGTERM);
        EXPECT_TRUE(process_.wait()) << "the driver does not end";
        return process_.errors();
    }

private:
    [[nodiscard]] Command command(DriverProgram program) const {
        Command command{.program = GALE_AERONMD,
                        .environment = {{"AERON_DIR", directory()},
                                        {"AERON_COUNTERS_BUFFER_LENGTH", "1m"},
                                        {"AERON_IPC_TERM_BUFFER_LENGTH", "1m"},
                                        {"AERON_TERM_BUFFER_LENGTH", "1m"},
                                        {"AERON_TIMER_INTERVAL", "100ms"},
                                        {"AERON_LOW_FILE_STORE_WARNING_THRESHOLD", "0"}}};
        if (program == DriverProgram::gale_driver) {
            command.program = GALE_PROGRAM;
            command.arguments = {"driver"};
        }
        return command;
    }
    TemporaryDirectory place_{"abi-programs"};
    Process process_;
};

/// Until the driver has given back what clients held that are gone: before, whoever joins a stream of theirs may hear
/// its end, as from Aeron's drivers.
inline void wait_until_nobody_is_left(const std::string& directory) {
    constexpr std::int32_t heartbeat_of_a_client = 11;
    const Client client = Client::connect({.directory = directory});
    const auto others = [&] {
        int count = 0;
        client.counters().for_each([&](const CounterInfo& counter) {
            const bool is_other = counter.registration_id != client.client_id().value;
            count += counter.type_id == heartbeat_of_a_client && is_other ? 1 : 0;
        });
        return count;
    };
    while (others() > 0) std::this_thread::yield();
}

/// Its status is 0, and all that it says is like `output`.
inline void expect_success(const Command& command, const std::string& output) {
    const Outcome outcome = run(command);
    EXPECT_EQ(outcome.ending, Ending{.status = 0}) << outcome.output << outcome.errors;
    EXPECT_THAT(outcome.output, ::testing::MatchesRegex(output)) << outcome.errors;
}

/// client_program.c, over shared memory and over the network.
inline void run_a_program_in_c(const std::string& directory) {
    for (const std::string& channel : {std::string{"aeron:ipc"}, new_channel()}) {
        SCOPED_TRACE(channel);
        expect_success({.program = GALE_CLIENT_PROGRAM, .arguments = {directory, channel}},
                       "1000 messages, 0 wrong, the counter says 1000\n");
    }
}

inline std::string new_endpoint() {
    const std::string channel = new_channel();
    return channel.substr(channel.find('=') + 1);
}

/// bindings/client_calls_of_bindings.py: every call of two bindings, by Python's ctypes.
inline void run_the_calls_of_bindings(const std::string& directory) {
    std::vector<std::string> arguments{GALE_BINDINGS "/client_calls_of_bindings.py", directory, GALE_LIBAERON};
    for (int i = 0; i < 11; ++i) arguments.push_back(new_endpoint());
    expect_success({.program = GALE_PYTHON, .arguments = arguments}, "16 and 137 functions called\n");
}

/// The benchmark that lies beside the repository, compiled as it is, where it was there: briefly, in each of its ways.
/// It fails by itself when a message is missing or out of order.
inline void run_abibench(const std::string& directory) {
#ifdef GALE_ABIBENCH
    const auto command = [&](std::vector<std::string> arguments) {
        return Command{.program = GALE_ABIBENCH,
                       .arguments = std::move(arguments),
                       .environment = {{"AERON_DIR", directory}, {"ABIBENCH_YIELD", "1"}}};
    };
    const auto measure = [&](std::vector<std::string> arguments, const std::string& output) {
        wait_until_nobody_is_left(directory);
        expect_success(command(std::move(arguments)), output);
    };
    const auto ipc = [] { return std::string{"aeron:ipc?term-length=1m"}; };
    const auto udp = [] { return new_channel() + "|term-length=1m"; };
    const std::string some = "[1-9][0-9]*";
    const std::string all_is_well = " msgs=" + some + " bad=0 rate=.*\n";
    for (const char* kind : {"exclusive", "shared"})
        for (const char* way : {"offer", "claim"}) {
            measure({"tput", ipc(), "64", "0.1", kind, way}, "tput .*" + all_is_well);
            measure({"tput", udp(), "64", "0.1", kind, way}, "tput .*" + all_is_well);
        }
    measure({"tput", udp(), "5000", "0.1"}, "tput .*" + all_is_well);
    measure({"fan", ipc(), "64", "0.1", "3"}, "tput .* subs=3" + all_is_well);
    measure({"rtt", ipc(), ipc(), "64", "200"}, "rtt .* n=200 .*\n");
    measure({"rtt", udp(), udp(), "64", "200"}, "rtt .* n=200 .*\n");
    measure({"lat", udp(), udp(), "64", "1000", "0.1"}, "lat .* n=100 lost=0 .*\n");
    measure({"setup", ipc(), "10"}, "setup .* n=10 .*\n");
    const std::string channel = udp();
    Process publisher{command({"pub", channel, "1004", "100", "0.3"})};
    expect_success(command({"sub", channel, "1004", "0.1"}), "sub .* msgs=" + some + " .* gaps=0 bad=0 .*\n");
    EXPECT_EQ(publisher.wait(), Ending{.status = 0}) << publisher.errors();
    EXPECT_THAT(publisher.output(), ::testing::MatchesRegex("pub .* offered=" + some + " .*\n"));
#else
    GTEST_SKIP() << "abibench.cpp was not beside the repository: " << directory << " was not measured";
#endif
}

}  // namespace gale::testing

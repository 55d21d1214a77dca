/// The program `gale` as its tests use it: in a directory of their own, by its output and its exit status.
#pragma once

#include "support/process.hpp"
#include "support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace gale::testing {

using Words = std::vector<std::string>;

inline constexpr Ending succeeded{.status = 0, .signal = 0};
inline constexpr Ending failed{.status = 1, .signal = 0};
inline constexpr Ending refused{.status = 2, .signal = 0};
inline constexpr Ending cut_short{.status = 130, .signal = 0};

class GaleProgram : public ::testing::Test {
protected:
    [[nodiscard]] Command gale(Words words) const {
        return {.program = GALE_PROGRAM,
                .arguments = std::move(words),
                .environment = {{"AERON_DIR", aeron()}},
                .unset = {"NO_COLOR"}};
    }
    [[nodiscard]] std::string aeron() const { return directory_ / "aeron"; }
    [[nodiscard]] Outcome run_gale(Words words, std::string_view input = {}) const {
        return run(gale(std::move(words)), input);
    }
    [[nodiscard]] Process start(Words words) const { return Process{gale(std::move(words))}; }
    [[nodiscard]] Process start_on_terminal(Words words) const {
        Command command = gale(std::move(words));
        command.terminal = true;
        return Process{command};
    }

    /// A driver that is ready for clients; small, so that many tests fit into memory beside each other.
    [[nodiscard]] Process start_driver(Words more = {}) const {
        Words words{"driver",
                    "--option",
                    "counters.buffer.length=1m",
                    "--option",
                    "ipc.term.buffer.length=1m",
                    "--option",
                    "low.file.store.warning.threshold=0"};
        words.insert(words.end(), more.begin(), more.end());
        Process driver = start(std::move(words));
        const auto ready =
            driver.wait_for_line([](std::string_view line) { return line.starts_with("media driver ready"); });
        EXPECT_TRUE(ready) << "the driver did not become ready: " << driver.errors();
        return driver;
    }

    /// Whether `text` came on standard error, waited for.
    static bool said(Process& process, std::string_view text) {
        const auto deadline = std::chrono::steady_clock::now() + patience;
        while (process.errors().find(text) == std::string::npos) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            process.catch_up();
            std::this_thread::yield();
        }
        return true;
    }

    /// What Ctrl-C makes of it.
    static std::optional<Ending> interrupt(Process& process, int signal = SIGINT) {
        process.signal(signal);
        return process.wait();
    }

    [[nodiscard]] nlohmann::json json_of(Words words) const {
        const Outcome outcome = run_gale(words);
        EXPECT_EQ(outcome.ending, succeeded) << outcome.errors;
        return parsed(outcome.output);
    }

    [[nodiscard]] static nlohmann::json parsed(const std::string& text) {
        nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
        EXPECT_FALSE(json.is_discarded()) << text;
        return json;
    }

    TemporaryDirectory directory_{"gale-program"};
};

}  // namespace gale::testing

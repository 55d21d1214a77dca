/// One peer of an interop test: a process of ours, of upstream's or by the C ABI, and what it said. README.md has roles
/// and events.
#pragma once

#include "support/process.hpp"

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace gale::interop {

/// `c` is c_peer.c, which publishes and subscribes only; `aeron_c` is Aeron's own client and driver in C.
enum class Language { gale, java, c, aeron_c };
[[nodiscard]] std::string_view name(Language language) noexcept;
/// What runs the peer of Aeron's own client and driver in C, where it is at hand.
[[nodiscard]] std::optional<std::string> aeron_c_interpreter();
inline std::ostream& operator<<(std::ostream& out, Language language) { return out << name(language); }

/// Every call throws what fails the test: what the peer said instead. A peer of a test that failed shows all its
/// output.
class Peer {
public:
    using Words = std::vector<std::string>;
    Peer(Language language, std::string role, const std::string& directory, const Words& words);
    Peer(Peer&&) = default;
    Peer& operator=(Peer&&) = default;
    ~Peer();

    /// Waits for a line that matches, whole, and returns it.
    std::string expect(const std::string& pattern);
    /// The same for what comes as line `from` or later.
    std::string expect_from(std::size_t from, const std::string& pattern);
    /// The number after `name=` in the first line that has it, waited for.
    std::int64_t number(const std::string& name);
    /// Whole lines that match, of those said so far.
    std::vector<std::string> said(const std::string& pattern);
    /// How many lines it has said.
    std::size_t told();
    void tell(std::string_view command) { process_.write_line(command); }

    /// "quit": it has to end well, and must have had nothing to complain of.
    void stop();
    /// It ends by itself, well.
    void end_well();
    /// It ends by itself after `error ...` that matches.
    void fails(const std::string& pattern);
    /// SIGKILL, and waits for the end.
    void kill();
    [[nodiscard]] const std::string& output() const noexcept { return process_.output(); }
    [[nodiscard]] pid_t pid() const noexcept { return process_.pid(); }

private:
    [[noreturn]] void give_up(const std::string& why);
    int ended();

    std::string title_;
    testing::Process process_;
    int exceptions_;  // that were on their way when it started
};

/// The number after `name=` in a line.
[[nodiscard]] std::int64_t number_in(std::string_view line, const std::string& name);

}  // namespace gale::interop

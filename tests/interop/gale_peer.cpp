/// One process of Gale, driven by its command line and standard input, telling events on standard output: README.md.
#include "interop/gale/arguments.hpp"
#include "interop/gale/console.hpp"
#include "interop/gale/roles.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace gale::interop {
namespace {

using Role = void (*)(Arguments&, Console&);
const std::map<std::string_view, Role> roles{
    {"driver", run_driver},     {"publish", run_publish},         {"subscribe", run_subscribe},
    {"reject", run_reject},     {"add-fails", run_add_fails},     {"next-session", run_next_session},
    {"counters", run_counters}, {"add-counter", run_add_counter}, {"static-counter", run_static_counter},
};

/// `aeron.timer.interval=1s` as the Java peer has it is AERON_TIMER_INTERVAL=1s to us.
void set_property(const std::string& assignment) {
    const auto equals = assignment.find('=');
    if (equals == 0 || equals == std::string::npos)
        throw std::invalid_argument{"--prop wants name=value, got " + assignment};
    std::string name = assignment.substr(0, equals);
    std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
        return letter == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    });
    setenv(name.c_str(), assignment.substr(equals + 1).c_str(), 1);
}

void run(const std::vector<std::string>& words, Console& console) {
    const auto role = words.empty() ? roles.end() : roles.find(words.front());
    if (role == roles.end()) throw std::invalid_argument{"the first argument is no role of this peer"};
    Arguments arguments{{words.begin() + 1, words.end()}};
    for (const auto& assignment : arguments.all("prop")) set_property(assignment);
    role->second(arguments, console);
    arguments.reject_unused();
}

}  // namespace
}  // namespace gale::interop

int main(int count, char** words) {
    auto& console = *new gale::interop::Console;  // its reader outlives main
    try {
        gale::interop::run({words + 1, words + count}, console);
    } catch (const std::exception& failure) {
        console.error(failure.what());
    }
    std::_Exit(console.failed() ? 1 : 0);  // not a return: what was told is told, and the reader still reads
}

#include "system/hosts.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <utility>

namespace gale::testing {
namespace {

constexpr std::string_view prefix = "gale-lab-";
constexpr const char* bridge = "lab";

Outcome ip(std::vector<std::string> arguments) {
    try {
        return run({.program = "/sbin/ip", .arguments = std::move(arguments), .environment = {{"LC_ALL", "C"}}});
    } catch (const std::system_error& error) {
        throw std::runtime_error{std::string{"cannot run ip, of Debian's iproute2: "} + error.what()};
    }
}

/// What the kernel says when it will not, or has not been made for it.
bool forbids(std::string_view errors) {
    constexpr std::array<std::string_view, 4> words{"Operation not permitted", "Permission denied", "not supported",
                                                    "Unknown device type"};
    return std::ranges::any_of(words, [&](std::string_view word) { return errors.find(word) != errors.npos; });
}

void must(const std::vector<std::string>& arguments) {
    const Outcome outcome = ip(arguments);
    if (outcome.ending == Ending{.status = 0}) return;
    std::string what = "ip";
    for (const std::string& each : arguments) what += ' ' + each;
    what += ": " + outcome.errors;
    if (forbids(outcome.errors)) throw NoNamespaces{what};
    throw std::runtime_error{what};
}

/// Of a process that is not there any more.
bool is_left_behind(std::string_view name) {
    if (!name.starts_with(prefix)) return false;
    name.remove_prefix(prefix.size());
    pid_t owner = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), owner);
    return error == std::errc{} && owner > 0 && ::kill(owner, 0) != 0 && errno == ESRCH;
}

void remove_left_behind() {
    std::error_code none;
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator{"/run/netns", none})
        if (is_left_behind(entry.path().filename().string())) names.push_back(entry.path().filename());
    for (const std::string& name : names) static_cast<void>(ip({"netns", "del", name}));  // or another was faster
}

std::string cable(std::size_t host) { return "port" + std::to_string(host); }

}  // namespace

Namespaces::Namespaces(std::size_t hosts) {
    remove_left_behind();
    try {
        const std::string middle = name("bridge");
        add_namespace(middle);
        must({"-n", middle, "link", "add", bridge, "type", "bridge", "mcast_snooping", "0"});
        must({"-n", middle, "link", "set", bridge, "up"});
        for (std::size_t host = 0; host < hosts; ++host) {
            const std::string here = name(std::to_string(host));
            add_namespace(here);
            must({"-n", middle, "link", "add", cable(host), "type", "veth", "peer", "name", "eth0", "netns", here});
            must({"-n", middle, "link", "set", cable(host), "master", bridge, "up"});
            must({"-n", here, "addr", "add", "10.88.0." + std::to_string(host + 1) + "/24", "dev", "eth0"});
            for (const char* device : {"lo", "eth0"}) must({"-n", here, "link", "set", device, "up"});
        }
    } catch (...) {
        for (const std::string& each : made_) static_cast<void>(ip({"netns", "del", each}));
        throw;
    }
}

Namespaces::~Namespaces() {
    for (const std::string& each : made_) {
        try {
            static_cast<void>(ip({"netns", "del", each}));
        } catch (const std::runtime_error&) {
            continue;  // the next who makes some removes it
        }
    }
}

std::string Namespaces::name(std::string_view what) const {
    return std::string{prefix} + std::to_string(::getpid()) + '-' + std::string{what};
}

void Namespaces::add_namespace(const std::string& name) {
    must({"netns", "add", name});
    made_.push_back(name);
}

void Namespaces::set_cable(std::size_t host, std::string_view state) const {
    must({"-n", name("bridge"), "link", "set", cable(host), std::string{state}});
}

// Not `ip netns exec`, which mounts things: only the network is another one.
Command Namespaces::on(std::size_t host, const Command& command) const {
    Command moved = command;
    moved.program = "/usr/bin/nsenter";
    moved.arguments = {"--net=/run/netns/" + name(std::to_string(host)), "--", command.program};
    moved.arguments.insert(moved.arguments.end(), command.arguments.begin(), command.arguments.end());
    return moved;
}

}  // namespace gale::testing

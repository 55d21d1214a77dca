#include "interop/peer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <regex>
#include <stdexcept>
#include <utility>

namespace gale::interop {
namespace {

std::string program_of(Language language) {
    switch (language) {
    case Language::gale: return GALE_INTEROP_PEER;
    case Language::java: return GALE_SOURCE_DIR "/tests/interop/java/peer";
    case Language::c: return GALE_INTEROP_C_PEER;
    case Language::aeron_c: return aeron_c_interpreter().value_or("(no interpreter for Aeron's C client)");
    }
    return {};
}

testing::Command command_for(Language language, const std::string& role, const std::string& directory,
                             const Peer::Words& words) {
    testing::Command command{.program = program_of(language), .arguments = {role, "--dir", directory}};
    if (language == Language::aeron_c)
        command.arguments.insert(command.arguments.begin(), GALE_SOURCE_DIR "/tests/interop/aeron_c/peer.py");
    std::copy(words.begin(), words.end(), std::back_inserter(command.arguments));
    return command;
}

bool matches(std::string_view line, const std::regex& pattern) {
    return std::regex_match(line.begin(), line.end(), pattern);
}

}  // namespace

std::optional<std::string> aeron_c_interpreter() {
    const char* path = std::getenv("GALE_INTEROP_AERON_C");
    if (path == nullptr || !std::filesystem::exists(path)) return {};
    return path;
}

std::string_view name(Language language) noexcept {
    switch (language) {
    case Language::gale: return "Gale";
    case Language::java: return "Java";
    case Language::c: return "C";
    case Language::aeron_c: return "AeronC";
    }
    return {};
}

Peer::Peer(Language language, std::string role, const std::string& directory, const Words& words)
    : title_{std::string{name(language)} + ' ' + role}, process_{command_for(language, role, directory, words)},
      exceptions_{std::uncaught_exceptions()} {
    for (const auto& word : words) title_ += ' ' + word;
}

Peer::~Peer() {
    if (process_.pid() < 0) return;  // moved away
    if (std::uncaught_exceptions() == exceptions_ && !::testing::Test::HasFailure()) return;
    process_.catch_up();
    std::cerr << "--- " << title_ << " (" << process_.pid() << ")\n" << process_.output() << process_.errors();
}

std::string Peer::expect(const std::string& pattern) { return expect_from(0, pattern); }

std::string Peer::expect_from(std::size_t from, const std::string& pattern) {
    const std::regex wanted{pattern};
    const auto line = process_.wait_for_line([&](std::string_view said) { return matches(said, wanted); }, from);
    if (!line) give_up("never said: " + pattern);
    return *line;
}

std::int64_t Peer::number(const std::string& name) {
    return number_in(expect("(.* )?" + name + "=-?[0-9]+( .*)?"), name);
}

std::vector<std::string> Peer::said(const std::string& pattern) {
    const std::regex wanted{pattern};
    process_.catch_up();
    std::vector<std::string> lines;
    std::copy_if(process_.lines().begin(), process_.lines().end(), std::back_inserter(lines),
                 [&](const std::string& line) { return matches(line, wanted); });
    return lines;
}

std::size_t Peer::told() {
    process_.catch_up();
    return process_.lines().size();
}

int Peer::ended() {
    const auto ending = process_.wait();
    if (!ending) give_up("does not end");
    if (ending->signal != 0) give_up("ended by signal " + std::to_string(ending->signal));
    return ending->status;
}

void Peer::stop() {
    tell("quit");
    end_well();
}

void Peer::end_well() {
    const int status = ended();
    if (status != 0) give_up("ended with status " + std::to_string(status));
    if (const auto complaints = said("(error|mismatch|warning)( .*)?"); !complaints.empty())
        give_up("complained: " + complaints.front());
}

void Peer::fails(const std::string& pattern) {
    expect("error " + pattern);
    if (const int status = ended(); status != 1) give_up("ended with status " + std::to_string(status));
}

void Peer::kill() {
    process_.signal(SIGKILL);
    if (!process_.wait()) give_up("does not end");
}

void Peer::give_up(const std::string& why) { throw std::runtime_error{title_ + ' ' + why}; }

std::int64_t number_in(std::string_view line, const std::string& name) {
    const std::string padded = ' ' + std::string{line};
    const auto at = padded.find(' ' + name + '=');
    if (at == std::string::npos) throw std::runtime_error{"no " + name + " in: " + std::string{line}};
    return std::stoll(padded.substr(at + name.size() + 2));
}

}  // namespace gale::interop

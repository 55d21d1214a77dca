#include "interop/gale/console.hpp"

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <thread>

namespace gale::interop {
namespace {

std::string one_line(std::string_view text) {
    std::string line;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of("\r\n"), text.size());
        if (end > 0) line += (line.empty() ? "" : " | ") + std::string{text.substr(0, end)};
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return line;
}

}  // namespace

Console::Console() { std::thread{&Console::read, this}.detach(); }

void Console::print(std::string_view event) {
    std::puts(one_line(event).c_str());
    std::fflush(stdout);
}

void Console::tell(std::string_view event) {
    const std::lock_guard lock{mutex_};
    print(event);
}

void Console::error(std::string_view what) {
    const std::lock_guard lock{mutex_};
    if (!failed_) print("error " + std::string{what});
    failed_ = true;
    news_.notify_all();
}

bool Console::failed() {
    const std::lock_guard lock{mutex_};
    return failed_;
}

bool Console::finished() {
    const std::lock_guard lock{mutex_};
    return quitting_ || failed_;
}

std::optional<std::string> Console::command() {
    const std::lock_guard lock{mutex_};
    if (commands_.empty()) return std::nullopt;
    std::string first = std::move(commands_.front());
    commands_.pop_front();
    return first;
}

void Console::quit() {
    const std::lock_guard lock{mutex_};
    quitting_ = true;
    news_.notify_all();
}

void Console::rest(std::chrono::microseconds at_most) {
    std::unique_lock lock{mutex_};
    news_.wait_for(lock, at_most, [&] { return quitting_ || failed_ || !commands_.empty(); });
}

void Console::await_finish() {
    std::unique_lock lock{mutex_};
    news_.wait(lock, [&] { return quitting_ || failed_; });
}

void Console::read() {
    for (std::string line; std::getline(std::cin, line) && line != "quit";) {
        const std::lock_guard lock{mutex_};
        commands_.push_back(line);
        news_.notify_all();
    }
    quit();
}

void Backoff::idle(int work) {
    constexpr int spins = 10;
    constexpr int yields = 10;
    idled_ = work > 0 ? 0 : idled_ + 1;
    if (idled_ <= spins) return;
    if (idled_ <= spins + yields)
        std::this_thread::yield();
    else
        console_.rest(std::chrono::microseconds{1 << std::min(idled_ - spins - yields, 10)});
}

}  // namespace gale::interop

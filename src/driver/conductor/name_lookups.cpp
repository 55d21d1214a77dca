#include "driver/conductor/name_lookups.hpp"

#include <gale/error.hpp>

#include <algorithm>
#include <utility>

namespace gale::driver {
namespace {

// An answer is told of so often until it was taken: who is about to sleep may miss it once.
constexpr auto tell_interval = std::chrono::milliseconds{1};

// Not by the thread's id: `stop` changes that while others may ask.
thread_local const void* desk_of_this_thread = nullptr;

}  // namespace

// Both under the lock.
std::string NameLookups::Desk::next() {
    current = std::move(questions.front());
    questions.pop_front();
    open.store(questions.size(), std::memory_order_release);
    return current;
}

void NameLookups::Desk::put(NameAnswer answer) {
    current.clear();
    answers.push_back(std::move(answer));
    answered.store(answers.size(), std::memory_order_release);
}

void NameLookups::ask(const std::string& host) {
    {
        const std::scoped_lock lock{desk_->mutex};
        auto& questions = desk_->questions;
        if (desk_->current == host || std::ranges::find(questions, host) != questions.end()) return;
        questions.push_back(host);
        desk_->open.store(questions.size(), std::memory_order_release);
    }
    desk_->changed.notify_one();
}

std::vector<NameAnswer> NameLookups::take() {
    if (!has_answers()) return {};
    std::vector<NameAnswer> taken;
    {
        const std::scoped_lock lock{desk_->mutex};
        desk_->answered.store(0, std::memory_order_relaxed);
        taken = std::exchange(desk_->answers, {});
    }
    desk_->changed.notify_one();
    return taken;
}

NameAnswer NameLookups::look_up(net::Network& network, std::string host) {
    NameAnswer answer{.host = std::move(host)};
    try {
        answer.ip = network.resolve(answer.host);
    } catch (const std::exception& error) {
        answer.trouble = error.what();
    }
    return answer;
}

int NameLookups::do_work(Clock& clock) {
    if (desk_->open.load(std::memory_order_acquire) == 0) return 0;
    std::string host;
    {
        const std::scoped_lock lock{desk_->mutex};
        if (desk_->questions.empty()) return 0;
        host = desk_->next();
    }
    const Nanos begin = clock.tick().now;
    NameAnswer answer = look_up(network_, std::move(host));
    answer.took = clock.tick().now - begin;
    const std::scoped_lock lock{desk_->mutex};
    desk_->put(std::move(answer));
    return 1;
}

void NameLookups::start(ThreadParts parts) {
    thread_ = std::thread{[desk = desk_, &network = network_, parts = std::move(parts)] { run(desk, network, parts); }};
}

// What `parts` names is used under the lock only, and not once the desk is closed: it may be gone then.
void NameLookups::run(const std::shared_ptr<Desk>& desk, net::Network& network, const ThreadParts& parts) {
    os::name_thread(std::string{thread_name});
    desk_of_this_thread = desk.get();
    try {
        if (parts.on_start) parts.on_start(thread_name);
    } catch (const std::exception& error) {
        parts.on_error(error);
    }
    std::unique_lock lock{desk->mutex};
    while (true) {
        desk->changed.wait(lock, [&] { return desk->closed || !desk->questions.empty(); });
        if (desk->closed) return;
        const Nanos begin = parts.clock.tick().now;
        std::string host = desk->next();
        lock.unlock();
        NameAnswer answer = look_up(network, std::move(host));
        lock.lock();
        if (desk->closed) return;
        answer.took = parts.clock.tick().now - begin;
        desk->put(std::move(answer));
        const auto is_heard = [&] { return desk->closed || desk->answers.empty(); };
        do parts.on_answer();
        while (!desk->changed.wait_for(lock, tell_interval, is_heard));
        if (desk->closed) return;
    }
}

bool NameLookups::runs_here() const noexcept { return desk_of_this_thread == desk_.get(); }

void NameLookups::stop() noexcept {
    if (home_.is_elsewhere()) return os::forget(thread_);
    if (!thread_.joinable()) return;
    bool is_busy = false;
    {
        const std::scoped_lock lock{desk_->mutex};
        desk_->closed = true;
        is_busy = !desk_->current.empty();
    }
    desk_->changed.notify_all();
    if (runs_here() || (is_busy && lives_ == NetworkLives::forever))
        thread_.detach();
    else
        thread_.join();
}

}  // namespace gale::driver

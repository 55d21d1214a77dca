#include "driver/conductor/name_lookups.hpp"

#include <gale/error.hpp>

#include <algorithm>

namespace gale::driver {

void NameLookups::ask(const std::string& host) {
    {
        const std::scoped_lock lock{mutex_};
        if (current_ == host || std::ranges::find(questions_, host) != questions_.end()) return;
        questions_.push_back(host);
        open_.store(questions_.size(), std::memory_order_release);
    }
    ring_();
}

std::vector<NameAnswer> NameLookups::take() {
    if (answered_.load(std::memory_order_acquire) == 0) return {};
    const std::scoped_lock lock{mutex_};
    answered_.store(0, std::memory_order_relaxed);
    return std::exchange(answers_, {});
}

int NameLookups::do_work(Clock& clock) {
    if (!has_work()) return 0;
    NameAnswer answer;
    {
        const std::scoped_lock lock{mutex_};
        if (questions_.empty()) return 0;
        answer.host = current_ = std::move(questions_.front());
        questions_.pop_front();
        open_.store(questions_.size(), std::memory_order_release);
    }
    const Nanos begin = clock.tick().now;
    try {
        answer.ip = network_.resolve(answer.host);
    } catch (const std::exception& error) {
        answer.trouble = error.what();
    }
    answer.took = clock.tick().now - begin;
    const std::scoped_lock lock{mutex_};
    current_.clear();
    answers_.push_back(std::move(answer));
    answered_.store(answers_.size(), std::memory_order_release);
    return 1;
}

}  // namespace gale::driver

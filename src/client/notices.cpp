#include "client/notices.hpp"

#include <utility>

namespace gale::client {

/// While it lives, this thread is the one whose handlers run.
class Notices::Turn {
public:
    explicit Turn(Notices& notices) : notices_{notices}, lock_{notices.turn_} {
        before_ = notices_.running_.exchange(std::this_thread::get_id());
    }
    ~Turn() { notices_.running_.store(before_); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    Notices& notices_;
    std::lock_guard<std::recursive_mutex> lock_;
    std::thread::id before_;
};

namespace {

void guarded(const Notices::Notice& notice, const std::function<void()>& failed) {
    try {
        notice();
    } catch (...) {
        failed();
    }
}

}  // namespace

void Notices::post(Notice notice) {
    const std::lock_guard lock{queue_mutex_};
    queue_.push_back(std::move(notice));
}

int Notices::run(const std::function<void()>& failed) {
    if (in_handler()) return 0;
    {
        const std::lock_guard lock{queue_mutex_};
        if (queue_.empty()) return 0;
    }
    const Turn turn{*this};
    for (int count = 0;; ++count) {
        Notice next;
        {
            const std::lock_guard lock{queue_mutex_};
            if (queue_.empty()) return count;
            next = std::move(queue_.front());
            queue_.pop_front();
        }
        guarded(next, failed);
    }
}

void Notices::call(const Notice& notice, const std::function<void()>& failed) {
    const Turn turn{*this};
    guarded(notice, failed);
}

void Notices::settle() { const std::lock_guard lock{turn_}; }

bool Notices::in_handler() const noexcept { return running_.load() == std::this_thread::get_id(); }

}  // namespace gale::client

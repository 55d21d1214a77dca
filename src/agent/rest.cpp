#include "agent/rest.hpp"

#include "os/process.hpp"

#include <algorithm>
#include <atomic>

namespace gale::agent {

void ThreadRest::begin_cycle() noexcept { seen_ = doorbell_ ? doorbell_->word_.value() : os::WakeWord{&own_}.value(); }

void ThreadRest::wake() noexcept {
    std::atomic_ref<std::uint32_t>(own_).fetch_add(1, std::memory_order_release);  // pairs with WakeWord::value
    if (doorbell_)
        doorbell_->word_.wake();
    else
        os::WakeWord{&own_}.wake();
}

void ThreadRest::spin() noexcept { os::spin_hint(); }
void ThreadRest::yield() noexcept { os::yield_thread(); }

void ThreadRest::park(Nanos duration) noexcept {
    if (!doorbell_) return os::WakeWord{&own_}.wait(seen_, duration);
    const os::WakeWord word = doorbell_->word_;
    if (!doorbell_->head_) return word.wait(seen_, duration);
    const auto head = doorbell_->head_();
    if (seen_ == head)
        return word.wait(head, duration);  // nothing claimed before the cycle; a claim since ends the wait
    word.wait(word.value(), std::min(duration, unsettled_rest));
}

Nanos ThreadRest::processor_time() const noexcept { return os::thread_processor_time(); }

}  // namespace gale::agent

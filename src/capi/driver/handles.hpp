/// Pointers for C programs that are safe to hand in again, whatever became of what they stood for.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace gale::capi::driver {

/// Each handle is the address of an object that stays for ever and says nothing: what it stands for is found by that
/// address, so a closed handle, or one of another kind, is recognised and never read. An address is given out once.
/// Any thread. A few bytes for each handle that there ever was: for what a program makes few of.
template <class Handle, class Object> class Handles {
public:
    Handle* add(std::shared_ptr<Object> object) {
        const std::lock_guard lock{mutex_};
        Handle* const handle = &places_.emplace_back();
        living_.emplace(handle, std::move(object));
        return handle;
    }
    /// Null when it is none, or none any more.
    [[nodiscard]] std::shared_ptr<Object> find(const Handle* handle) const {
        const std::lock_guard lock{mutex_};
        const auto found = living_.find(handle);
        return found == living_.end() ? nullptr : found->second;
    }
    /// False when somebody else was first.
    bool remove(const Handle* handle) {
        const std::lock_guard lock{mutex_};
        return living_.erase(handle) == 1;
    }

private:
    mutable std::mutex mutex_;
    std::deque<Handle> places_;
    std::unordered_map<const Handle*, std::shared_ptr<Object>> living_;
};

}  // namespace gale::capi::driver

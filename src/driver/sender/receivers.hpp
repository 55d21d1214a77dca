/// Who listens to a publication: receivers that sent a status message lately.
#pragma once

#include "base/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace gale::driver::sender {

class Receivers {
public:
    /// As many are told apart at most; memory is taken at once.
    explicit Receivers(std::size_t capacity) { receivers_.reserve(capacity); }

    [[nodiscard]] bool empty() const noexcept { return receivers_.empty(); }
    [[nodiscard]] bool is_one() const noexcept { return receivers_.size() == 1; }
    void heard(std::int64_t id, Nanos now) noexcept {
        const auto found = find(id);
        if (found != receivers_.end())
            found->last = now;
        else if (receivers_.size() < receivers_.capacity())
            receivers_.push_back({id, now});
    }
    /// False when it was not there.
    bool remove(std::int64_t id) noexcept {
        const auto found = find(id);
        if (found == receivers_.end()) return false;
        *found = receivers_.back();
        receivers_.pop_back();
        return true;
    }
    /// Those go from whom nothing was heard since `deadline` or before.
    void expire(Nanos deadline) noexcept {
        std::erase_if(receivers_, [&](const Receiver& receiver) { return receiver.last <= deadline; });
    }

private:
    struct Receiver {
        std::int64_t id;
        Nanos last;
    };
    [[nodiscard]] std::vector<Receiver>::iterator find(std::int64_t id) noexcept {
        return std::ranges::find(receivers_, id, &Receiver::id);
    }
    std::vector<Receiver> receivers_;
};

}  // namespace gale::driver::sender

/// What stands behind the handle of a counter.
#pragma once

#include "client/cnc_mapping.hpp"

#include <gale/types.hpp>

#include <atomic>
#include <memory>
#include <utility>

namespace gale::client {

class ClientCore;

class CounterState {
public:
    /// `id` is within the counters' capacity.
    CounterState(std::shared_ptr<ClientCore> core, std::shared_ptr<CncMapping> cnc, CorrelationId request, CounterId id,
                 std::int64_t registration_id, bool is_static) noexcept
        : value_{&cnc->counters().value(id)}, request_{request}, id_{id}, registration_id_{registration_id},
          is_static_{is_static}, cnc_{std::move(cnc)}, core_{std::move(core)} {}
    CounterState(const CounterState&) = delete;
    CounterState& operator=(const CounterState&) = delete;

    [[nodiscard]] bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
    /// The shared word; not for writing once closed, since it may become another counter's.
    [[nodiscard]] shm::Cell<std::int64_t>& cell() const noexcept { return *value_; }
    [[nodiscard]] std::int64_t value() const noexcept { return is_closed() ? last_value_ : value_->load_acquire(); }
    [[nodiscard]] CorrelationId request() const noexcept { return request_; }
    [[nodiscard]] CounterId id() const noexcept { return id_; }
    [[nodiscard]] std::int64_t registration_id() const noexcept { return registration_id_; }
    [[nodiscard]] bool is_static() const noexcept { return is_static_; }
    [[nodiscard]] const std::shared_ptr<ClientCore>& core() const noexcept { return core_; }

    /// The core, under its lock, once.
    void mark_closed() noexcept {
        last_value_ = value_->load_acquire();
        closed_.store(true, std::memory_order_release);
    }

private:
    std::atomic<bool> closed_{false};
    std::int64_t last_value_ = 0;  // written before closed_, read after it
    shm::Cell<std::int64_t>* value_;
    CorrelationId request_;
    CounterId id_;
    std::int64_t registration_id_;
    bool is_static_;
    std::shared_ptr<CncMapping> cnc_;
    std::shared_ptr<ClientCore> core_;
};

}  // namespace gale::client

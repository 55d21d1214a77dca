#include "client/client_core.hpp"

#include <gale/counter.hpp>

#include <utility>

namespace gale {
namespace {

CounterInfo info_of(const shm::CounterView& view) noexcept {
    return {.id = view.id,
            .type_id = view.type_id,
            .value = view.value,
            .registration_id = view.registration_id,
            .owner_id = view.owner_id,
            .reference_id = view.reference_id,
            .label = view.label,
            .key = view.key};
}

}  // namespace

Counter::Counter() noexcept = default;
Counter::Counter(std::shared_ptr<client::CounterState> state) noexcept : state_{std::move(state)} {}
Counter::Counter(Counter&& other) noexcept = default;
Counter& Counter::operator=(Counter&& other) noexcept {
    if (this == &other) return *this;
    close();
    state_ = std::move(other.state_);
    return *this;
}
Counter::~Counter() { close(); }

std::int64_t Counter::value() const noexcept { return state_ ? state_->value() : 0; }
void Counter::set(std::int64_t value) noexcept {
    if (!is_closed()) state_->cell().store_release(value);
}
std::int64_t Counter::add(std::int64_t delta) noexcept {
    return is_closed() ? value() : state_->cell().fetch_add(delta);
}
bool Counter::compare_and_set(std::int64_t expected, std::int64_t desired) noexcept {
    return !is_closed() && state_->cell().compare_exchange(expected, desired);
}
CounterId Counter::id() const noexcept { return state_ ? state_->id() : no_counter; }
std::int64_t Counter::registration_id() const noexcept { return state_ ? state_->registration_id() : -1; }
bool Counter::is_closed() const noexcept { return !state_ || state_->is_closed(); }
void Counter::close() noexcept {
    if (!is_closed()) state_->core()->release(*state_);
}

CountersReader::CountersReader(std::shared_ptr<client::CncMapping> mapping) noexcept : mapping_{std::move(mapping)} {}
void CountersReader::for_each(FunctionRef<void(const CounterInfo&)> handler) const {
    mapping_->counters().for_each([&](const shm::CounterView& view) { handler(info_of(view)); });
}
std::optional<CounterInfo> CountersReader::look(CounterId id) const noexcept {
    const auto view = mapping_->counters().look(id);
    if (!view) return std::nullopt;
    return info_of(*view);
}
std::optional<std::int64_t> CountersReader::value(CounterId id) const noexcept {
    const auto view = mapping_->counters().look(id);
    if (!view) return std::nullopt;
    return view->value;
}
std::optional<CounterId> CountersReader::find(std::int32_t type_id, std::int64_t registration_id) const noexcept {
    return mapping_->counters().find(type_id, registration_id);
}
CounterId CountersReader::max_counter_id() const noexcept { return CounterId{mapping_->counters().capacity() - 1}; }

}  // namespace gale

#include "shm/counters.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace gale::shm {
namespace {

// As memcpy, but an empty source may be null.
void copy_bytes(void* to, const void* from, std::size_t length) noexcept {
    if (length > 0) std::memcpy(to, from, length);
}

}  // namespace

Counters::Counters(std::span<std::byte> metadata, std::span<std::byte> values) noexcept
    : metadata_{metadata}, values_{values},
      capacity_{static_cast<std::int32_t>(
          std::min(metadata.size() / sizeof(CounterMetadata), values.size() / sizeof(CounterValue)))} {}

CounterMetadata& Counters::metadata(CounterId id) const noexcept {
    ensure(contains(id), "the counter id is within the counters' capacity");
    return overlay<CounterMetadata>(metadata_, static_cast<std::size_t>(id.value) * sizeof(CounterMetadata));
}

CounterValue& Counters::record(CounterId id) const noexcept {
    ensure(contains(id), "the counter id is within the counters' capacity");
    return overlay<CounterValue>(values_, static_cast<std::size_t>(id.value) * sizeof(CounterValue));
}

CounterState Counters::state(CounterId id) const noexcept {
    if (!contains(id)) return CounterState::unused;
    return CounterState{metadata(id).state.load_acquire()};  // pairs with the last store in allocate
}

std::optional<CounterView> Counters::look(CounterId id) const noexcept {
    if (state(id) != CounterState::allocated) return std::nullopt;
    const CounterMetadata& meta = metadata(id);
    const CounterValue& values = record(id);
    const auto length = std::clamp<std::int32_t>(meta.label_length.load_acquire(), 0, max_label_length);
    return CounterView{.id = id,
                       .type_id = meta.type_id.load_relaxed(),
                       .value = values.value.load_acquire(),
                       .registration_id = values.registration_id.load_acquire(),
                       .owner_id = values.owner_id.load_relaxed(),
                       .reference_id = values.reference_id.load_relaxed(),
                       .label = {meta.label, static_cast<std::size_t>(length)},
                       .key = std::as_bytes(std::span{meta.key})};
}

void Counters::for_each(FunctionRef<void(const CounterView&)> handler) const {
    for (CounterId id{0}; contains(id); ++id.value) {
        const CounterState now = state(id);
        if (now == CounterState::unused) return;
        if (const auto view = look(id)) handler(*view);
    }
}

std::optional<CounterId> Counters::find(std::int32_t type_id, std::int64_t registration_id) const noexcept {
    for (CounterId id{0}; contains(id); ++id.value) {
        const CounterState now = state(id);
        if (now == CounterState::unused) break;
        if (now == CounterState::allocated && metadata(id).type_id.load_relaxed() == type_id &&
            record(id).registration_id.load_acquire() == registration_id)
            return id;
    }
    return std::nullopt;
}

void append_label(CounterMetadata& metadata, std::string_view text) noexcept {
    const auto length =
        static_cast<std::size_t>(std::clamp<std::int32_t>(metadata.label_length.load_relaxed(), 0, max_label_length));
    const auto added = std::min(text.size(), max_label_length - length);
    copy_bytes(metadata.label + length, text.data(), added);
    metadata.label_length.store_release(static_cast<std::int32_t>(length + added));
}

CountersManager::CountersManager(std::span<std::byte> metadata, std::span<std::byte> values,
                                 Millis free_to_reuse) noexcept
    : Counters{metadata, values}, free_to_reuse_{free_to_reuse} {}

std::optional<CounterId> CountersManager::allocate(const CounterSpec& spec, Tick tick) {
    CounterId id;
    const auto free = std::ranges::find_if(freed_, [&](const Freed& entry) { return entry.reusable_at <= tick.now; });
    if (free != freed_.end()) {
        id = free->id;
        freed_.erase(free);
    } else {
        if (high_water_ + 1 >= capacity_) return std::nullopt;
        id = CounterId{++high_water_};
        in_use_.push_back(false);
    }
    in_use_[static_cast<std::size_t>(id.value)] = true;
    CounterValue& values = record(id);
    CounterMetadata& meta = metadata(id);
    values.registration_id.store_release(spec.registration_id);
    values.owner_id.store_relaxed(spec.owner_id);
    values.reference_id.store_relaxed(spec.reference_id);
    values.value.store_release(spec.initial_value);
    meta.type_id.store_relaxed(spec.type_id);
    meta.free_for_reuse_deadline_ms.store_relaxed(std::numeric_limits<std::int64_t>::max());
    std::memset(meta.key, 0, sizeof meta.key);
    copy_bytes(meta.key, spec.key.data(), std::min(spec.key.size(), max_key_length));
    relabel(id, spec.label);
    meta.state.store_release(static_cast<std::int32_t>(CounterState::allocated));
    return id;
}

void CountersManager::relabel(CounterId id, std::string_view label) noexcept {
    CounterMetadata& meta = metadata(id);
    const auto length = std::min(label.size(), max_label_length);
    copy_bytes(meta.label, label.data(), length);
    meta.label_length.store_release(static_cast<std::int32_t>(length));
}

void CountersManager::free(CounterId id, Tick tick) {
    ensure(contains(id) && in_use_[static_cast<std::size_t>(id.value)], "only an allocated counter is freed");
    in_use_[static_cast<std::size_t>(id.value)] = false;
    CounterMetadata& meta = metadata(id);
    meta.state.store_release(static_cast<std::int32_t>(CounterState::reclaimed));
    std::memset(meta.key, 0, sizeof meta.key);
    meta.free_for_reuse_deadline_ms.store_release((tick.wall + free_to_reuse_).count());
    freed_.push_back({id, tick.now + free_to_reuse_});
}

std::int32_t CountersManager::available(Tick tick) const noexcept {
    const auto cooled = std::ranges::count_if(freed_, [&](const Freed& each) { return each.reusable_at <= tick.now; });
    return capacity_ - 1 - high_water_ + static_cast<std::int32_t>(cooled);
}

}  // namespace gale::shm

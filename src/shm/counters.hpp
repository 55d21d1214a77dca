/// Numbers that anybody may watch: two parallel arrays, one of values and one of what they mean.
/// docs/formats/counters.md.
#pragma once

#include "base/time.hpp"
#include "shm/cell.hpp"
#include "shm/overlay.hpp"

#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gale::shm {

enum class CounterState : std::int32_t { unused = 0, allocated = 1, reclaimed = -1 };

inline constexpr std::size_t max_key_length = 112;
inline constexpr std::size_t max_label_length = 380;

struct CounterMetadata {
    Cell<std::int32_t> state;                       // the driver's conductor, last
    Cell<std::int32_t> type_id;                     // the driver's conductor
    Cell<std::int64_t> free_for_reuse_deadline_ms;  // the driver's conductor; 2^63 - 1 while in use
    std::byte key[max_key_length];                  // the driver's conductor
    Cell<std::int32_t> label_length;                // the driver's conductor; a client for its heartbeat
    char label[max_label_length];                   // as label_length
};
static_assert(sizeof(CounterMetadata) == 512 && offsetof(CounterMetadata, key) == 16);
static_assert(offsetof(CounterMetadata, label_length) == 128 && offsetof(CounterMetadata, label) == 132);

struct CounterValue {
    Cell<std::int64_t> value;            // its one writer, or several by fetch_add
    Cell<std::int64_t> registration_id;  // the driver's conductor, as all below
    Cell<std::int64_t> owner_id;
    Cell<std::int64_t> reference_id;
    std::byte unused[96];
};
static_assert(sizeof(CounterValue) == 128);

/// What one look at a counter found. Numbers are copies; label and key are borrowed.
struct CounterView {
    CounterId id;
    std::int32_t type_id;
    std::int64_t value;
    std::int64_t registration_id;
    std::int64_t owner_id;
    std::int64_t reference_id;
    std::string_view label;          ///< in shared memory: its owner may append to it, so copy what you keep
    std::span<const std::byte> key;  ///< 112 bytes in shared memory, zero once the counter is freed
};

/// Reading, by any thread of any process.
class Counters {
public:
    Counters(std::span<std::byte> metadata, std::span<std::byte> values) noexcept;
    [[nodiscard]] std::int32_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] bool contains(CounterId id) const noexcept { return id.value >= 0 && id.value < capacity_; }
    [[nodiscard]] CounterState state(CounterId id) const noexcept;
    /// Nothing unless the counter is allocated.
    [[nodiscard]] std::optional<CounterView> look(CounterId id) const noexcept;
    /// Every allocated counter, ids upwards, up to the first that was never used.
    void for_each(FunctionRef<void(const CounterView&)> handler) const;
    [[nodiscard]] std::optional<CounterId> find(std::int32_t type_id, std::int64_t registration_id) const noexcept;
    /// The word itself, for its writer. `id` is contained.
    [[nodiscard]] Cell<std::int64_t>& value(CounterId id) const noexcept { return record(id).value; }
    [[nodiscard]] CounterValue& record(CounterId id) const noexcept;
    [[nodiscard]] CounterMetadata& metadata(CounterId id) const noexcept;

protected:
    std::span<std::byte> metadata_;
    std::span<std::byte> values_;
    std::int32_t capacity_;
};

/// Adds `text` to a counter's label as far as there is room. For the label's one writer.
void append_label(CounterMetadata& metadata, std::string_view text) noexcept;

/// What a new counter is made of.
struct CounterSpec {
    std::int32_t type_id = 0;
    std::span<const std::byte> key{};  ///< at most 112 bytes count
    std::string_view label{};          ///< at most 380 bytes count
    std::int64_t registration_id = 0;
    std::int64_t owner_id = 0;
    std::int64_t reference_id = 0;
    std::int64_t initial_value = 0;
};

/// Allocating and freeing, by the driver's conductor only.
class CountersManager : public Counters {
public:
    CountersManager(std::span<std::byte> metadata, std::span<std::byte> values, Millis free_to_reuse) noexcept;
    /// Nothing when every id is taken or still cooling down.
    [[nodiscard]] std::optional<CounterId> allocate(const CounterSpec& spec, Tick tick);
    /// Its id cools down by the monotonic clock; who watches is told when that ends by the wall's.
    void free(CounterId id, Tick tick);
    /// How many could be allocated now.
    [[nodiscard]] std::int32_t available(Tick tick) const noexcept;
    /// Replaces the label.
    void relabel(CounterId id, std::string_view label) noexcept;

private:
    struct Freed {
        CounterId id;
        Nanos reusable_at;
    };
    Millis free_to_reuse_;
    std::int32_t high_water_ = -1;
    std::deque<Freed> freed_;
    std::vector<bool> in_use_;  // our own: clients can write the shared states
};

}  // namespace gale::shm

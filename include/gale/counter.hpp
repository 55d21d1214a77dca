/// Numbers of one's own that anybody may watch, and everybody else's to watch.
#pragma once

#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gale {

namespace client {
class CounterState;
class CncMapping;
}  // namespace client

/// One counter, as one look found it.
struct CounterInfo {
    CounterId id;
    std::int32_t type_id = 0;  ///< below 1000: the driver's and other parts of the system
    std::int64_t value = 0;
    std::int64_t registration_id = 0;
    std::int64_t owner_id = 0;
    std::int64_t reference_id = 0;
    std::string_view label;          ///< up to 380 bytes, in shared memory: copy what you keep
    std::span<const std::byte> key;  ///< 112 bytes, in shared memory
};

/// What a counter is made of.
struct CounterOptions {
    std::int32_t type_id = 1000;
    std::string label{};               ///< at most 380 bytes count
    std::span<const std::byte> key{};  ///< at most 112 bytes count
};

/// A counter that this client made (or a static one that it found). Movable, closes itself. Any thread; after `close`,
/// or when the client has gone, reading gives the last value and writing does nothing.
class Counter {
public:
    Counter() noexcept;
    explicit Counter(std::shared_ptr<client::CounterState> state) noexcept;
    Counter(Counter&& other) noexcept;
    Counter& operator=(Counter&& other) noexcept;
    ~Counter();

    [[nodiscard]] std::int64_t value() const noexcept;
    void set(std::int64_t value) noexcept;
    /// Adds and returns what it was before.
    std::int64_t add(std::int64_t delta) noexcept;
    bool compare_and_set(std::int64_t expected, std::int64_t desired) noexcept;
    [[nodiscard]] CounterId id() const noexcept;
    [[nodiscard]] std::int64_t registration_id() const noexcept;
    [[nodiscard]] bool is_closed() const noexcept;
    /// A static counter stays in the driver; any other is freed.
    void close() noexcept;
    [[nodiscard]] const std::shared_ptr<client::CounterState>& state() const noexcept { return state_; }

private:
    std::shared_ptr<client::CounterState> state_;
};

/// Every counter of a driver. Any thread; keeps the file mapped.
class CountersReader {
public:
    explicit CountersReader(std::shared_ptr<client::CncMapping> mapping) noexcept;
    /// Allocated counters, ids upwards.
    void for_each(FunctionRef<void(const CounterInfo&)> handler) const;
    [[nodiscard]] std::optional<CounterInfo> look(CounterId id) const noexcept;
    [[nodiscard]] std::optional<std::int64_t> value(CounterId id) const noexcept;
    [[nodiscard]] std::optional<CounterId> find(std::int32_t type_id, std::int64_t registration_id) const noexcept;
    /// Highest id that could ever be.
    [[nodiscard]] CounterId max_counter_id() const noexcept;

private:
    std::shared_ptr<client::CncMapping> mapping_;
};

}  // namespace gale

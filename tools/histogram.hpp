/// How often each duration occurred, in fixed memory: every value is kept to within 1 %.
#pragma once

#include <gale/types.hpp>

#include <nlohmann/json_fwd.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace gale::tools {

class Console;

/// Which bucket counts a value: 128 of them per power of two, from 0 to 2^42 - 1.
struct Buckets {
    static constexpr int shift = 7;
    static constexpr std::uint64_t linear = 1U << (shift + 1);  // below this every value has its own bucket
    static constexpr std::int64_t top = (std::int64_t{1} << 42) - 1;
    static constexpr std::size_t count = (42 - shift + 1) << shift;
    [[nodiscard]] static constexpr std::size_t index_of(std::uint64_t value) noexcept {
        if (value < linear) return value;
        const int exponent = static_cast<int>(std::bit_width(value)) - 1 - shift;
        return (static_cast<std::size_t>(exponent) << shift) + (value >> exponent);
    }
    [[nodiscard]] static constexpr std::uint64_t upper_end(std::size_t index) noexcept {
        if (index < linear) return index;
        const std::size_t exponent = (index >> shift) - 1;
        return (((index & ((1U << shift) - 1)) + (1U << shift) + 1) << exponent) - 1;
    }
};
static_assert(Buckets::upper_end(Buckets::index_of(255)) == 255 && Buckets::upper_end(Buckets::index_of(256)) == 257);
static_assert(Buckets::upper_end(Buckets::index_of(1000)) == 1003 &&
              Buckets::index_of(Buckets::top) + 1 == Buckets::count);

/// Durations up to 73 minutes; longer ones count as that. Recording allocates nothing and takes a few nanoseconds.
class Histogram {
public:
    void record(Nanos duration) noexcept {
        const std::int64_t value = std::clamp<std::int64_t>(duration.count(), 0, Buckets::top);
        ++counts_[Buckets::index_of(static_cast<std::uint64_t>(value))];
        ++count_;
        sum_ += value;
        max_ = std::max(max_, value);
        min_ = std::min(min_, value);
    }
    [[nodiscard]] std::int64_t count() const noexcept { return count_; }
    /// The smallest duration that `percent` of all do not exceed: the upper end of its bucket, at most the maximum.
    [[nodiscard]] Nanos percentile(double percent) const noexcept;
    [[nodiscard]] Nanos max() const noexcept { return Nanos{max_}; }
    [[nodiscard]] Nanos min() const noexcept { return Nanos{count_ == 0 ? 0 : min_}; }
    [[nodiscard]] Nanos mean() const noexcept { return Nanos{count_ == 0 ? 0 : sum_ / count_}; }

private:
    std::array<std::int64_t, Buckets::count> counts_{};
    std::int64_t count_ = 0;
    std::int64_t sum_ = 0;
    std::int64_t max_ = 0;
    std::int64_t min_ = Buckets::top;
};

/// Percentiles and the rest in nanoseconds.
[[nodiscard]] nlohmann::json to_json(const Histogram& histogram);
/// A line per percentile, each with a bar on a logarithmic scale.
void print_percentiles(Console& console, const Histogram& histogram);

}  // namespace gale::tools

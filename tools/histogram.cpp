#include "histogram.hpp"

#include "console.hpp"
#include "text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace gale::tools {
namespace {

constexpr std::array<std::pair<double, const char*>, 4> shown{{{50, "p50"}, {90, "p90"}, {99, "p99"}, {99.9, "p99.9"}}};

}  // namespace

Nanos Histogram::percentile(double percent) const noexcept {
    if (count_ == 0) return Nanos::zero();
    const auto wanted =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(percent / 100 * static_cast<double>(count_))));
    std::int64_t seen = 0;
    for (std::size_t index = 0; index < counts_.size(); ++index) {
        seen += counts_[index];
        if (seen >= wanted) return Nanos{std::min(static_cast<std::int64_t>(Buckets::upper_end(index)), max_)};
    }
    return max();
}

nlohmann::json to_json(const Histogram& histogram) {
    nlohmann::json json{{"count", histogram.count()},
                        {"min_ns", histogram.min().count()},
                        {"mean_ns", histogram.mean().count()},
                        {"max_ns", histogram.max().count()}};
    for (const auto& [percent, name] : shown) {
        std::string key{name};
        std::replace(key.begin(), key.end(), '.', '_');
        json[key + "_ns"] = histogram.percentile(percent).count();
    }
    return json;
}

void print_percentiles(Console& console, const Histogram& histogram) {
    // From the fastest to the slowest: the bar grows with each factor of ten.
    const double base = std::log10(std::max(1.0, static_cast<double>(histogram.min().count()) * 0.7));
    const double span = std::max(0.1, std::log10(std::max(2.0, static_cast<double>(histogram.max().count()))) - base);
    const auto line = [&](std::string_view name, Nanos value) {
        const double place = (std::log10(std::max(1.0, static_cast<double>(value.count()))) - base) / span;
        const auto width = static_cast<std::size_t>(std::clamp(place * 40, 1.0, 40.0));
        console.line(fmt::format("    {:<6} {:>9}  {}", name, duration_text(value),
                                 console.paint(Ink::cyan, std::string(width, '='))));
    };
    for (const auto& [percent, name] : shown) line(name, histogram.percentile(percent));
    line("max", histogram.max());
}

}  // namespace gale::tools

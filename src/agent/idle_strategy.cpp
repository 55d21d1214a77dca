#include "agent/idle_strategy.hpp"

#include "base/text.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace gale::agent {
namespace {

struct Name {
    std::string_view name;
    IdleKind kind;
    Nanos sleep{};           // sleeping: when no argument is given
    Nanos shortest_sleep{};  // sleeping: the least that an argument may say
};
constexpr Nanos nanosecond{1};
constexpr Nanos microsecond{1'000};
constexpr Nanos millisecond{1'000'000};
constexpr std::array<Name, 17> names{{
    {"backoff", IdleKind::backoff},
    {"spin", IdleKind::spin},
    {"yield", IdleKind::yield},
    {"noop", IdleKind::noop},
    {"sleeping", IdleKind::sleeping, microsecond, nanosecond},
    {"sleep-ns", IdleKind::sleeping, microsecond, nanosecond},
    {"sleep-ms", IdleKind::sleeping, millisecond, millisecond},
    {"aeron_idle_strategy_backoff", IdleKind::backoff},
    {"aeron_idle_strategy_busy_spinning", IdleKind::spin},
    {"aeron_idle_strategy_yielding", IdleKind::yield},
    {"aeron_idle_strategy_noop", IdleKind::noop},
    {"aeron_idle_strategy_sleeping", IdleKind::sleeping, microsecond, nanosecond},
    {"BackoffIdleStrategy", IdleKind::backoff},
    {"BusySpinIdleStrategy", IdleKind::spin},
    {"YieldingIdleStrategy", IdleKind::yield},
    {"NoOpIdleStrategy", IdleKind::noop},
    {"SleepingIdleStrategy", IdleKind::sleeping, microsecond, nanosecond},
}};
constexpr Name java_millis{"SleepingMillisIdleStrategy", IdleKind::sleeping, millisecond, millisecond};
constexpr std::string_view java_package = "org.agrona.concurrent.";

const Name* find(std::string_view name) noexcept {
    if (name.starts_with(java_package)) name.remove_prefix(java_package.size());
    if (name == java_millis.name) return &java_millis;
    const auto* found = std::ranges::find(names, name, &Name::name);
    return found == names.end() ? nullptr : found;
}

[[noreturn]] void refuse(std::string_view option, std::string_view given, std::string_view allowed) {
    throw Error{ErrorCode::invalid_argument, fmt::format("{}: '{}' given, allowed: {}", option, given, allowed)};
}

constexpr std::string_view backoff_grammar =
    "<spins>-<yields>-<minPark>-<maxPark>, two counts and two durations (10-20-1us-1ms), 1ns <= minPark <= maxPark";

std::optional<std::int64_t> parse_count(std::string_view text) noexcept {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    return digits ? parse_int64(text) : std::nullopt;
}

/// The four fields, or nothing when there are more or fewer.
std::optional<std::array<std::string_view, 4>> split(std::string_view text) noexcept {
    if (std::ranges::count(text, '-') != 3) return std::nullopt;
    std::array<std::string_view, 4> fields;
    for (auto& field : fields) {
        const auto end = std::min(text.find('-'), text.size());
        field = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return fields;
}

Nanos parse_sleep(std::string_view text, const Name& strategy, std::string_view option) {
    const auto duration = parse_duration(text);
    if (duration && *duration >= strategy.shortest_sleep) return *duration;
    refuse(option, text, fmt::format("one duration of at least {}", format_duration(strategy.shortest_sleep)));
}

}  // namespace

Backoff parse_backoff(std::string_view text, std::string_view option) {
    const auto fields = split(text);
    if (!fields) refuse(option, text, backoff_grammar);
    const auto spins = parse_count((*fields)[0]);
    const auto yields = parse_count((*fields)[1]);
    const auto min_park = parse_duration((*fields)[2]);
    const auto max_park = parse_duration((*fields)[3]);
    const bool sound = spins && yields && min_park && max_park && *min_park >= nanosecond && *max_park >= *min_park;
    if (!sound) refuse(option, text, backoff_grammar);
    return {.spins = *spins, .yields = *yields, .min_park = *min_park, .max_park = *max_park};
}

IdleStrategy IdleStrategy::parse(std::string_view name, std::string_view arguments, std::string_view option) {
    const Name* strategy = find(name);
    if (strategy == nullptr)
        refuse(
            option, name,
            "backoff, spin, yield, noop, sleeping, sleep-ns, sleep-ms, aeron_idle_strategy_* and Java's class names");
    const auto about_arguments = fmt::format("{} {}, arguments", option, strategy->name);
    switch (strategy->kind) {
    case IdleKind::backoff:
        return arguments.empty() ? IdleStrategy{} : backoff(parse_backoff(arguments, about_arguments));
    case IdleKind::sleeping:
        return sleeping(arguments.empty() ? strategy->sleep : parse_sleep(arguments, *strategy, about_arguments));
    case IdleKind::spin:
    case IdleKind::yield:
    case IdleKind::noop: break;
    }
    if (!arguments.empty()) refuse(about_arguments, arguments, "none");
    return plain(strategy->kind);
}

IdleStrategy IdleStrategy::backoff(Backoff steps) noexcept {
    IdleStrategy strategy;
    strategy.steps_ = steps;
    strategy.thrifty_ = false;
    strategy.park_ = steps.min_park;
    return strategy;
}

IdleStrategy IdleStrategy::sleeping(Nanos duration) noexcept {
    IdleStrategy strategy;
    strategy.kind_ = IdleKind::sleeping;
    strategy.sleep_ = duration;
    return strategy;
}

IdleStrategy IdleStrategy::plain(IdleKind kind) noexcept {
    IdleStrategy strategy;
    strategy.kind_ = kind;
    return strategy;
}

std::string_view IdleStrategy::name() const noexcept {
    switch (kind_) {
    case IdleKind::backoff: return "backoff";
    case IdleKind::spin: return "spin";
    case IdleKind::yield: return "yield";
    case IdleKind::noop: return "noop";
    case IdleKind::sleeping: return "sleeping";
    }
    return "";
}

std::string IdleStrategy::arguments() const {
    if (kind_ == IdleKind::sleeping) return format_duration(sleep_);
    if (kind_ != IdleKind::backoff || thrifty_) return {};
    return fmt::format("{}-{}-{}-{}", steps_.spins, steps_.yields, format_duration(steps_.min_park),
                       format_duration(steps_.max_park));
}

void IdleStrategy::idle(int work, Rest& rest) noexcept {
    if (work > 0) return start_anew();
    switch (kind_) {
    case IdleKind::backoff: return back_off(rest);
    case IdleKind::spin: return rest.spin();
    case IdleKind::yield: return rest.yield();
    case IdleKind::noop: return;
    case IdleKind::sleeping: return rest.park(sleep_);
    }
}

void IdleStrategy::start_anew() noexcept {
    idle_calls_ = 0;
    park_ = steps_.min_park;
    silence_ = Nanos::zero();
    sampled_parks_ = 0;
}

void IdleStrategy::back_off(Rest& rest) noexcept {
    if (idle_calls_ < steps_.spins) {
        ++idle_calls_;
        return rest.spin();
    }
    if (idle_calls_ - steps_.spins < steps_.yields) {
        ++idle_calls_;
        return rest.yield();
    }
    if (park_ == steps_.max_park && thrifty_ && rest.can_be_woken()) return park_thriftily(rest);
    rest.park(park_);
    silence_ += thrifty_ ? park_ : Nanos::zero();
    park_ = park_ > steps_.max_park / 2 ? steps_.max_park : park_ * 2;
}

void IdleStrategy::park_thriftily(Rest& rest) noexcept {
    if (sampled_parks_ == 0) sample_start_ = rest.processor_time();
    const Nanos park = std::clamp(silence_ / Thrift::patience, steps_.max_park, longest_);
    rest.park(park);
    silence_ = std::min(silence_ + park, Nanos{Thrift::longest_limit * Thrift::patience});
    if (++sampled_parks_ < Thrift::sample) return;
    const auto cost = static_cast<double>((rest.processor_time() - sample_start_).count()) / sampled_parks_;
    const auto affordable = static_cast<std::int64_t>(std::min(cost / Thrift::share, 1e9));
    longest_ = std::clamp((longest_ + Nanos{affordable}) / 2, steps_.max_park, Thrift::longest_limit);
    sampled_parks_ = 0;
}

}  // namespace gale::agent

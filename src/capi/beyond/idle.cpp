// What a thread does that has nothing to do, for threads of others: aeron_agent.h.
#include "agent/idle_strategy.hpp"
#include "base/text.hpp"
#include "capi/error.hpp"
#include "os/process.hpp"
#include "os/symbol.hpp"

#include <aeron/aeron_agent.h>
#include <aeron/aeron_alloc.h>

#include <algorithm>
#include <array>
#include <new>

namespace gale::capi {
namespace {

/// What the state of a back-off points to. agent::IdleStrategy rests on things that a foreign thread has not.
struct BackoffState {
    std::uint64_t max_spins;
    std::uint64_t max_yields;
    std::uint64_t min_park_ns;
    std::uint64_t max_park_ns;
    std::uint64_t idle_calls = 0;
    std::uint64_t park_ns = 0;  ///< the rest that comes next
};

template <class State> int make_state(void** place, const State& state) noexcept {
    if (place == nullptr) return fail(EINVAL, "there is no place for the state of the idle strategy: null");
    if (aeron_alloc(place, sizeof(State)) < 0) return -1;
    new (*place) State{state};
    return 0;
}

std::string_view option_of(const char* variable) noexcept { return variable == nullptr ? "idle strategy" : variable; }
std::string_view text_of(const char* arguments) noexcept { return arguments == nullptr ? "" : arguments; }

int init_sleeping(void** state, const char* variable, const char* arguments) {
    return guarded([&] {
        const auto parsed = agent::IdleStrategy::parse("sleeping", text_of(arguments), option_of(variable));
        const auto sleep = parse_duration(parsed.arguments()).value_or(Nanos{1'000});
        return make_state(state, static_cast<std::uint64_t>(sleep.count()));
    });
}

int init_backoff(void** state, const char* variable, const char* arguments) {
    return guarded([&] {
        agent::Backoff steps{.spins = AERON_IDLE_STRATEGY_BACKOFF_MAX_SPINS,
                             .yields = AERON_IDLE_STRATEGY_BACKOFF_MAX_YIELDS,
                             .min_park = Nanos{AERON_IDLE_STRATEGY_BACKOFF_MIN_PARK_PERIOD_NS},
                             .max_park = Nanos{AERON_IDLE_STRATEGY_BACKOFF_MAX_PARK_PERIOD_NS}};
        if (const auto given = text_of(arguments); !given.empty())
            steps = agent::parse_backoff(given, option_of(variable));
        return aeron_idle_strategy_backoff_state_init(
            state, static_cast<std::uint64_t>(steps.spins), static_cast<std::uint64_t>(steps.yields),
            static_cast<std::uint64_t>(steps.min_park.count()), static_cast<std::uint64_t>(steps.max_park.count()));
    });
}

struct NamedStrategy {
    std::string_view name;
    const aeron_idle_strategy_t& strategy;
};
// By the names of their symbols, too: those the system does not find where only this library's user has loaded it.
constexpr std::array named_strategies{
    NamedStrategy{"sleeping", aeron_idle_strategy_sleeping},
    NamedStrategy{"sleep-ns", aeron_idle_strategy_sleeping},
    NamedStrategy{"aeron_idle_strategy_sleeping", aeron_idle_strategy_sleeping},
    NamedStrategy{"yield", aeron_idle_strategy_yielding},
    NamedStrategy{"aeron_idle_strategy_yielding", aeron_idle_strategy_yielding},
    NamedStrategy{"spin", aeron_idle_strategy_busy_spinning},
    NamedStrategy{"aeron_idle_strategy_busy_spinning", aeron_idle_strategy_busy_spinning},
    NamedStrategy{"noop", aeron_idle_strategy_noop},
    NamedStrategy{"aeron_idle_strategy_noop", aeron_idle_strategy_noop},
    NamedStrategy{"backoff", aeron_idle_strategy_backoff},
    NamedStrategy{"aeron_idle_strategy_backoff", aeron_idle_strategy_backoff},
};

aeron_idle_strategy_func_t load_known(const aeron_idle_strategy_t& strategy, void** state, const char* variable,
                                      const char* arguments) noexcept {
    return strategy.init(state, variable, arguments) < 0 ? nullptr : strategy.idle;
}

aeron_idle_strategy_func_t load_symbol(const std::string& name, void** state, const char* variable,
                                       const char* arguments) {
    const auto* symbol = static_cast<const aeron_idle_strategy_t*>(os::find_symbol(name));
    if (symbol == nullptr || symbol->idle == nullptr)
        throw Error{ErrorCode::invalid_argument,
                    "there is no idle strategy '" + name.substr(0, 80) +
                        "': sleeping, sleep-ns, yield, spin, noop, backoff, or the name of a symbol of this process"};
    if (symbol->init != nullptr && symbol->init(state, variable, arguments) < 0)
        throw Error{ErrorCode::invalid_argument, "the idle strategy " + name + " refused its arguments"};
    return symbol->idle;
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

aeron_idle_strategy_t aeron_idle_strategy_sleeping{aeron_idle_strategy_sleeping_idle, init_sleeping};
aeron_idle_strategy_t aeron_idle_strategy_yielding{aeron_idle_strategy_yielding_idle, aeron_idle_strategy_init_null};
aeron_idle_strategy_t aeron_idle_strategy_busy_spinning{aeron_idle_strategy_busy_spinning_idle,
                                                        aeron_idle_strategy_init_null};
aeron_idle_strategy_t aeron_idle_strategy_noop{aeron_idle_strategy_noop_idle, aeron_idle_strategy_init_null};
aeron_idle_strategy_t aeron_idle_strategy_backoff{aeron_idle_strategy_backoff_idle, init_backoff};

void aeron_idle_strategy_sleeping_idle(void* state, int work_count) {
    if (work_count <= 0) aeron_nano_sleep(state == nullptr ? 1 : *static_cast<const std::uint64_t*>(state));
}

void aeron_idle_strategy_yielding_idle(void*, int work_count) {
    if (work_count <= 0) gale::os::yield_thread();
}

void aeron_idle_strategy_busy_spinning_idle(void*, int work_count) {
    if (work_count <= 0) gale::os::spin_hint();
}

void aeron_idle_strategy_noop_idle(void*, int) {}

void aeron_idle_strategy_backoff_idle(void* state, int work_count) {
    if (state == nullptr) return aeron_idle_strategy_yielding_idle(nullptr, work_count);
    auto& backoff = *static_cast<BackoffState*>(state);
    if (work_count > 0) {
        backoff.idle_calls = 0;
        backoff.park_ns = backoff.min_park_ns;
        return;
    }
    if (backoff.idle_calls < backoff.max_spins) {
        ++backoff.idle_calls;
        return gale::os::spin_hint();
    }
    if (backoff.idle_calls - backoff.max_spins < backoff.max_yields) {
        ++backoff.idle_calls;
        return gale::os::yield_thread();
    }
    aeron_nano_sleep(backoff.park_ns);
    backoff.park_ns = backoff.park_ns > backoff.max_park_ns / 2 ? backoff.max_park_ns : backoff.park_ns * 2;
}

int aeron_idle_strategy_backoff_state_init(void** state, uint64_t max_spins, uint64_t max_yields,
                                           uint64_t min_park_period_ns, uint64_t max_park_period_ns) {
    if (min_park_period_ns == 0 || min_park_period_ns > max_park_period_ns)
        return fail(EINVAL, "the shortest rest must be above 0, and not above the longest");
    return make_state(state, BackoffState{.max_spins = max_spins,
                                          .max_yields = max_yields,
                                          .min_park_ns = min_park_period_ns,
                                          .max_park_ns = max_park_period_ns,
                                          .park_ns = min_park_period_ns});
}

int aeron_idle_strategy_init_null(void** state, const char*, const char*) {
    if (state == nullptr) return fail(EINVAL, "there is no place for the state of the idle strategy: null");
    *state = nullptr;
    return 0;
}

aeron_idle_strategy_func_t aeron_idle_strategy_load(const char* idle_strategy_name, void** idle_strategy_state,
                                                    const char* env_var, const char* load_args) {
    if (idle_strategy_name == nullptr || idle_strategy_state == nullptr) {
        set_error(EINVAL, "the name of the idle strategy, or the place for its state, is null");
        return nullptr;
    }
    *idle_strategy_state = nullptr;
    const auto* known = std::ranges::find(named_strategies, std::string_view{idle_strategy_name}, &NamedStrategy::name);
    if (known != named_strategies.end()) return load_known(known->strategy, idle_strategy_state, env_var, load_args);
    return guarded([&] { return load_symbol(idle_strategy_name, idle_strategy_state, env_var, load_args); }, nullptr);
}

aeron_agent_on_start_func_t aeron_agent_on_start_load(const char* name) {
    void* symbol = name == nullptr ? nullptr : gale::os::find_symbol(name);
    if (symbol == nullptr)
        set_error(EINVAL, name == nullptr ? std::string{"the name of the function is null"}
                                          : "no library of this process has a function " + std::string{name});
    return reinterpret_cast<aeron_agent_on_start_func_t>(symbol);
}

/// What runs in duty cycles: any object with `int do_work(Tick)`, which does a little and says how much.
#pragma once

#include "base/time.hpp"

#include <concepts>
#include <exception>
#include <initializer_list>
#include <memory>
#include <type_traits>
#include <vector>

namespace gale::agent {

template <class T>
concept Agent = requires(T agent, Tick tick) {
    { agent.do_work(tick) } -> std::convertible_to<int>;
};

/// A borrowed agent, whatever its type: two words. The agent outlives it.
class AgentRef {
public:
    template <class T>
        requires(Agent<T> && !std::is_same_v<std::remove_cv_t<T>, AgentRef>)
    AgentRef(T& agent) noexcept  // NOLINT(google-explicit-constructor): a call site names its agent
        : agent_{std::addressof(agent)},
          do_work_{[](void* object, Tick tick) -> int { return static_cast<T*>(object)->do_work(tick); }} {}
    int do_work(Tick tick) const { return do_work_(agent_, tick); }

private:
    void* agent_;
    int (*do_work_)(void*, Tick);
};

/// Several agents on one thread, in this order. One that throws does not keep the others from their work.
class CompositeAgent {
public:
    CompositeAgent(std::initializer_list<AgentRef> agents) : agents_{agents} {}
    /// The sum of what they did. What the first one threw is thrown again when all had their turn.
    int do_work(Tick tick) {
        int work = 0;
        std::exception_ptr thrown;
        for (const AgentRef& agent : agents_) {
            try {
                work += agent.do_work(tick);
            } catch (...) {
                if (!thrown) thrown = std::current_exception();
            }
        }
        if (thrown) std::rethrow_exception(thrown);
        return work;
    }

private:
    std::vector<AgentRef> agents_;
};

}  // namespace gale::agent

// Duty cycles on threads of their own, for programs that have none: aeron_agent.h.
#include "capi/error.hpp"
#include "os/process.hpp"

#include <aeron/aeron_agent.h>

#include <memory>
#include <string>
#include <thread>

namespace gale::capi {
namespace {

static_assert(sizeof(std::thread) == sizeof(aeron_agent_runner_t::thread));

std::thread& thread_of(aeron_agent_runner_t& runner) noexcept { return reinterpret_cast<std::thread&>(runner.thread); }

bool is_running(aeron_agent_runner_t& runner) noexcept {
    return __atomic_load_n(&runner.running, __ATOMIC_ACQUIRE);  // C's inline functions look at the same byte
}
void set_running(aeron_agent_runner_t& runner, bool running) noexcept {
    __atomic_store_n(&runner.running, running, __ATOMIC_RELEASE);
}

void run_agent(aeron_agent_runner_t& runner) noexcept {
    os::name_thread(runner.role_name);
    if (runner.on_start != nullptr) runner.on_start(runner.on_start_state, runner.role_name);
    while (is_running(runner)) runner.idle_strategy(runner.idle_strategy_state, runner.do_work(runner.agent_state));
}

int refuse_state(std::string_view text) noexcept { return fail(EINVAL, text); }

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_agent_init(aeron_agent_runner_t* runner, const char* role_name, void* state,
                     aeron_agent_on_start_func_t on_start, void* on_start_state, aeron_agent_do_work_func_t do_work,
                     aeron_agent_on_close_func_t on_close, aeron_idle_strategy_func_t idle_strategy_func,
                     void* idle_strategy_state) {
    if (runner == nullptr || role_name == nullptr || do_work == nullptr || idle_strategy_func == nullptr)
        return fail(EINVAL, "the runner, its name, its work or its idle strategy is null");
    return guarded([&] {
        const std::string name{role_name};
        auto copy = std::make_unique<char[]>(name.size() + 1);
        name.copy(copy.get(), name.size());
        *runner = {.role_name = copy.release(),
                   .agent_state = state,
                   .idle_strategy_state = idle_strategy_state,
                   .on_start_state = on_start_state,
                   .on_start = on_start,
                   .do_work = do_work,
                   .on_close = on_close,
                   .idle_strategy = idle_strategy_func,
                   .thread = 0,
                   .running = true,
                   .state = AERON_AGENT_STATE_INITED};
        std::construct_at(&thread_of(*runner));
    });
}

int aeron_agent_start(aeron_agent_runner_t* runner) {
    if (runner == nullptr || runner->state != AERON_AGENT_STATE_INITED)
        return refuse_state("the runner is not ready to be started");
    return guarded([&] {
        thread_of(*runner) = std::thread{[runner] { run_agent(*runner); }};
        runner->state = AERON_AGENT_STATE_STARTED;
    });
}

int aeron_agent_stop(aeron_agent_runner_t* runner) {
    if (runner == nullptr) return refuse_state("the runner is null");
    if (runner->state != AERON_AGENT_STATE_STARTED) return 0;
    return guarded([&] {
        set_running(*runner, false);
        thread_of(*runner).join();
        runner->state = AERON_AGENT_STATE_STOPPED;
    });
}

int aeron_agent_close(aeron_agent_runner_t* runner) {
    if (runner == nullptr || runner->state == AERON_AGENT_STATE_STARTED)
        return refuse_state("the runner is null, or runs");
    if (runner->state == AERON_AGENT_STATE_UNUSED) return 0;
    std::destroy_at(&thread_of(*runner));
    delete[] std::exchange(runner->role_name, nullptr);
    runner->state = AERON_AGENT_STATE_UNUSED;
    if (runner->on_close != nullptr) runner->on_close(runner->agent_state);
    return 0;
}

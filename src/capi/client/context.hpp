/// Options and handlers of one client, as C sets them.
#pragma once

#include "agent/idle_strategy.hpp"
#include "capi/client/handles.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace gale::capi {

/// A handler with what it is handed.
template <class Function> struct Callback {
    Function function = nullptr;
    void* clientd = nullptr;
};

/// How the conductor rests: one of ours, or a function of the program's.
struct Idle {
    std::string name = "sleep-ns";
    std::optional<agent::IdleStrategy> ours;  // none: `theirs`
    aeron_idle_strategy_func_t theirs = nullptr;
    void* state = nullptr;
};

struct Options {
    std::string directory;
    std::uint64_t driver_timeout_ms = 10'000;
    std::uint64_t keepalive_interval_ns = 500'000'000;
    std::uint64_t resource_linger_ns = 3'000'000'000;
    std::uint64_t idle_sleep_ns = 16'000'000;
    std::optional<std::string> idle_arguments = "16000000";
    std::optional<Idle> idle;
    bool pre_touch = false;
    std::string client_name;
    bool invoker = false;

    Callback<aeron_error_handler_t> on_error;
    Callback<aeron_publication_error_frame_handler_t> on_error_frame;
    Callback<aeron_on_new_publication_t> on_new_publication;
    Callback<aeron_on_new_publication_t> on_new_exclusive_publication;
    Callback<aeron_on_new_subscription_t> on_new_subscription;
    Callback<aeron_on_available_counter_t> on_available_counter;
    Callback<aeron_on_unavailable_counter_t> on_unavailable_counter;
    Callback<aeron_on_close_client_t> on_close;
    Callback<aeron_agent_on_start_func_t> on_start;
};

/// What a context begins with, the environment not counted.
[[nodiscard]] const Options& default_options();

struct ContextObject {
    static constexpr Kind kind = Kind::context;
    using Handle = aeron_context_t;
    std::unique_ptr<Options> options;
};

}  // namespace gale::capi

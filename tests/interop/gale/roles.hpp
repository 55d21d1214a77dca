/// What the peer can be. Options, events and commands as of the Java peer: tests/interop/README.md.
#pragma once

#include "interop/gale/arguments.hpp"
#include "interop/gale/console.hpp"

#include <gale/client.hpp>

#include <functional>

namespace gale::interop {

void run_driver(Arguments& arguments, Console& console);
void run_publish(Arguments& arguments, Console& console);
void run_subscribe(Arguments& arguments, Console& console);
void run_reject(Arguments& arguments, Console& console);
void run_add_fails(Arguments& arguments, Console& console);
void run_next_session(Arguments& arguments, Console& console);
void run_counters(Arguments& arguments, Console& console);
void run_add_counter(Arguments& arguments, Console& console);
void run_static_counter(Arguments& arguments, Console& console);

/// How every role connects: events are told soon.
[[nodiscard]] ClientOptions client_options(Arguments& arguments, Console& console);
/// Tells `available` and `unavailable`.
[[nodiscard]] SubscriptionHandlers tell_images(Console& console);

}  // namespace gale::interop

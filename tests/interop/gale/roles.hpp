/// What the peer can be. Options, events and commands as of the Java peer: tests/interop/README.md.
#pragma once

#include "interop/gale/arguments.hpp"
#include "interop/gale/console.hpp"

#include <gale/client.hpp>

#include <functional>
#include <string>
#include <string_view>

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
/// `add-destination CHANNEL` and `remove-destination CHANNEL` for a publication or subscription; false when it is
/// neither.
template <class Endpoint>
[[nodiscard]] bool change_destinations(std::string_view command, Console& console, Endpoint& of) {
    constexpr std::string_view add = "add-destination ";
    constexpr std::string_view remove = "remove-destination ";
    if (command.starts_with(add))
        static_cast<void>(of.add_destination(command.substr(add.size())));
    else if (command.starts_with(remove))
        of.remove_destination(command.substr(remove.size()));
    else
        return false;
    console.tell("done " + std::string{command});
    return true;
}
/// Tells `available` and `unavailable`.
[[nodiscard]] SubscriptionHandlers tell_images(Console& console);

}  // namespace gale::interop

/// How the conductor reaches the network and the two agents that use it.
#pragma once

#include "driver/conductor/name_lookups.hpp"
#include "driver/receiver/messages.hpp"
#include "driver/sender/messages.hpp"
#include "net/network.hpp"

#include <functional>

namespace gale::driver {

/// All of it outlives the conductor. It writes commands with `push` and reads events; at the end of each duty cycle it
/// wakes whom it has left something for.
struct NetworkAccess {
    net::Network& network;  ///< opens what endpoints send and hear with; names are not looked up here but by `lookups`
    net::Network& send_network;     ///< the same as publications see it: options may make it lose something
    net::Network& receive_network;  ///< and as subscriptions see it
    NameLookups& lookups;
    sender::Commands& to_sender;
    sender::Events& from_sender;
    receiver::Commands& to_receiver;
    receiver::Events& from_receiver;
    std::function<void()> wake_sender;
    std::function<void()> wake_receiver;
};

}  // namespace gale::driver

/// Asking the driver for something and waiting for its answer, with a text that says what was asked.
#pragma once

#include "everyday/connection.hpp"
#include "everyday/idle.hpp"

#include <gale/client.hpp>
#include <gale/config.hpp>

#include <optional>
#include <string>

namespace gale::everyday {

/// Of `what` ("a publication"), which could not be had. Its code is that of `error`.
[[nodiscard]] Error cannot_add(const char* what, const Config& config, const Error& error);
[[nodiscard]] Error no_answer(Nanos timeout);

/// The resource that `ask` asks for. Giving up drops the request, and with it whatever the driver makes of it later.
template <class Resource, class Ask>
Resource add(const char* what, Connection& connection, const Config& config, Ask ask) {
    try {
        Pending<Resource> pending = ask(connection.client());
        std::optional<Resource> resource;
        if (config.add_timeout <= Nanos::zero()) {
            resource = pending.wait();
        } else {
            const auto answered = [&] { return (resource = pending.poll()).has_value(); };
            if (!wait_until(answered, config.add_timeout, {})) throw no_answer(config.add_timeout);
        }
        connection.settle_anew();
        return std::move(*resource);
    } catch (const Error& error) {
        throw cannot_add(what, config, error);
    }
}

}  // namespace gale::everyday

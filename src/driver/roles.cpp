#include "driver/roles.hpp"

#include "os/process.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

namespace gale::driver {

int processor_of(const Role& role, const DriverOptions& options) {
    const int wanted = options.*role.processor;
    if (wanted < 0 || !options.cpuset_affinity) return wanted;
    const auto& allowed = os::allowed_processors();
    if (static_cast<std::size_t>(wanted) < allowed.size()) return allowed[static_cast<std::size_t>(wanted)];
    throw Error{ErrorCode::invalid_argument,
                fmt::format("aeron.driver.cpuset.affinity: {} wants number {} of the {} processors that this process "
                            "may use, counted from 0",
                            role.classic, wanted, allowed.size())};
}

int processor_of(std::string_view name, const DriverOptions& options) {
    for (const Role* role :
         {&conductor_role, &sender_role, &receiver_role, &network_role, &shared_role, &resource_role})
        if (name == role->classic || name == role->modern) return processor_of(*role, options);
    return -1;
}

}  // namespace gale::driver

/// The driver's threads by what they do: what they are called, and which processor is theirs.
#pragma once

#include <gale/driver_options.hpp>

#include <string>
#include <string_view>

namespace gale::driver {

struct Role {
    const char* classic;
    const char* modern;
    int DriverOptions::*processor;

    [[nodiscard]] std::string name(ThreadNaming naming) const {
        return naming == ThreadNaming::modern ? modern : classic;
    }
};
inline constexpr Role conductor_role{"conductor", "aeron-md-cnd", &DriverOptions::conductor_cpu};
inline constexpr Role sender_role{"sender", "aeron-md-snd", &DriverOptions::sender_cpu};
inline constexpr Role receiver_role{"receiver", "aeron-md-rcv", &DriverOptions::receiver_cpu};
inline constexpr Role network_role{"[sender, receiver]", "aeron-md-net", &DriverOptions::sender_cpu};
inline constexpr Role shared_role{"[conductor, sender, receiver]", "aeron-md-shd", &DriverOptions::conductor_cpu};
inline constexpr Role resource_role{"aeron-md-nra", "aeron-md-nra", &DriverOptions::resource_cpu};

/// Of the thread of that name, -1 for any. Throws Error{invalid_argument}: the process may not use so many, and
/// `cpuset_affinity` counts those.
[[nodiscard]] int processor_of(const Role& role, const DriverOptions& options);
/// By either name; -1 also for a name that no thread has.
[[nodiscard]] int processor_of(std::string_view name, const DriverOptions& options);

}  // namespace gale::driver

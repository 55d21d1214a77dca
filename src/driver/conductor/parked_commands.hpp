/// Commands that wait until the names in their channels are looked up. Meanwhile the conductor serves everybody else;
/// what the same client says later waits behind, so that each client is obeyed in order.
#pragma once

#include "control/commands.hpp"
#include "driver/conductor/name_lookups.hpp"

#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gale::driver {

/// What the names in one command's channel lead to.
using Names = std::map<std::string, NameAnswer, std::less<>>;

/// Where one of them leads. Throws Error{unknown_host} with the reason when it leads nowhere.
[[nodiscard]] channel::IpAddress address_of(const Names& names, std::string_view host);

/// The hosts in the command's channel that are names. Nothing when it does not parse: that is told when it is obeyed.
[[nodiscard]] std::set<std::string> names_in(const control::Command& command);
/// Of anything: who sent it.
[[nodiscard]] control::Request request_of(const control::Command& command) noexcept;

class ParkedCommands {
public:
    static constexpr std::size_t most = 1024;  ///< commands at once; beyond that clients are asked to try again

    explicit ParkedCommands(NameLookups& lookups) noexcept : lookups_{lookups} {}

    /// True when the command has to wait and is kept. Throws Error{temporarily_unavailable} when too many wait.
    [[nodiscard]] bool park(const control::Command& command, std::int32_t type, std::span<const std::byte> payload);
    void on_answer(const NameAnswer& answer);
    /// Hands over, in order, what waits no longer; how many.
    int release(FunctionRef<void(std::int32_t type, std::span<const std::byte> payload, const Names& names)> obey);
    void drop_client(ClientId client) noexcept;

private:
    struct Parked {
        ClientId client;
        std::int32_t type;
        std::vector<std::byte> payload;
        std::set<std::string> waits_for;
        Names names;
    };
    NameLookups& lookups_;
    std::deque<Parked> parked_;
};

}  // namespace gale::driver

#include "driver/conductor/parked_commands.hpp"

#include "channel/keys.hpp"
#include "channel/values.hpp"

#include <gale/error.hpp>

#include <algorithm>
#include <variant>

namespace gale::driver {
namespace {

std::string_view channel_of(const control::Command& command) noexcept {
    return std::visit(
        [](const auto& each) -> std::string_view {
            if constexpr (requires { each.channel; }) return each.channel;
            return {};
        },
        command);
}

}  // namespace

control::Request request_of(const control::Command& command) noexcept {
    return std::visit([](const auto& each) { return each.request; }, command);
}

channel::IpAddress address_of(const Names& names, std::string_view host) {
    const auto found = names.find(host);
    if (found == names.end())
        throw Error{ErrorCode::unknown_host, "the address of host " + std::string{host} + " was not looked up"};
    if (!found->second.ip) throw Error{ErrorCode::unknown_host, found->second.trouble};
    return *found->second.ip;
}

std::set<std::string> names_in(const control::Command& command) {
    std::set<std::string> names;
    const std::string_view text = channel_of(command);
    if (text.empty()) return names;
    try {
        const channel::Uri uri = channel::Uri::parse(text);
        if (!uri.is_udp()) return names;
        for (const std::string_view key : {channel::key::endpoint, channel::key::control}) {
            const auto address = channel::read_if<channel::Address>(uri, key, channel::parse_address);
            if (address && !address->ip) names.insert(address->host);
        }
        const auto interface =
            channel::read_if<channel::Interface>(uri, channel::key::interface, channel::parse_interface);
        if (interface && !interface->is_named() && !interface->ip) names.insert(interface->host);
    } catch (const Error&) {
        names.clear();
    }
    return names;
}

bool ParkedCommands::park(const control::Command& command, std::int32_t type, std::span<const std::byte> payload) {
    if (std::holds_alternative<control::ClientKeepalive>(command)) return false;  // a sign of life is never late
    const ClientId client = request_of(command).client_id;
    const bool others_wait = std::ranges::any_of(parked_, [&](const Parked& each) { return each.client == client; });
    std::set<std::string> names = names_in(command);
    if (!others_wait && names.empty()) return false;
    if (parked_.size() == most)
        throw Error{ErrorCode::temporarily_unavailable,
                    "too many requests wait for names to be looked up: try again in a moment"};
    for (const std::string& name : names) lookups_.ask(name);
    parked_.push_back({client, type, {payload.begin(), payload.end()}, std::move(names), {}});
    return true;
}

void ParkedCommands::on_answer(const NameAnswer& answer) {
    for (Parked& each : parked_)
        if (each.waits_for.erase(answer.host) > 0) each.names.emplace(answer.host, answer);
}

int ParkedCommands::release(
    FunctionRef<void(std::int32_t type, std::span<const std::byte> payload, const Names& names)> obey) {
    int count = 0;
    std::set<ClientId> blocked;
    for (auto each = parked_.begin(); each != parked_.end();) {
        if (!each->waits_for.empty() || blocked.contains(each->client)) {
            blocked.insert(each->client);
            ++each;
            continue;
        }
        const Parked ready = std::move(*each);
        each = parked_.erase(each);
        obey(ready.type, ready.payload, ready.names);
        ++count;
    }
    return count;
}

void ParkedCommands::drop_client(ClientId client) noexcept {
    std::erase_if(parked_, [&](const Parked& each) { return each.client == client; });
}

}  // namespace gale::driver

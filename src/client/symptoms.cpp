#include "client/symptoms.hpp"

#include "channel/keys.hpp"
#include "channel/parameters.hpp"

#include <gale/error.hpp>
#include <gale/publication.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace gale::client {

using control::CounterCopy;
using control::CounterType;

std::optional<channel::Uri> uri_of(const std::string& channel) {
    try {
        return channel::Uri::parse(channel);
    } catch (const Error&) {
        return std::nullopt;  // a label that was cut
    }
}

std::string parameter(const std::optional<channel::Uri>& uri, std::string_view key) {
    const auto value = uri ? uri->find(key) : std::nullopt;
    return std::string{value.value_or("")};
}

bool share_address(const std::optional<channel::Uri>& a, const std::optional<channel::Uri>& b) {
    if (!a || !b || !a->is_udp() || !b->is_udp()) return false;
    for (const std::string_view key : {channel::key::endpoint, channel::key::control})
        if (parameter(a, key) != parameter(b, key)) return false;
    return true;
}

std::string bytes_text(std::int64_t bytes) {
    constexpr std::array<const char*, 4> units{"B", "KiB", "MiB", "GiB"};
    auto number = static_cast<double>(std::max<std::int64_t>(0, bytes));
    std::size_t unit = 0;
    while (number >= 1024 && unit + 1 < units.size()) {
        number /= 1024;
        ++unit;
    }
    return unit == 0 ? fmt::format("{} B", std::max<std::int64_t>(0, bytes))
                     : fmt::format("{:.3g} {}", number, units.at(unit));
}

Seen seen_by(const CounterCopy& counter) {
    Seen seen{.channel = control::full_channel(counter)};
    seen.uri = uri_of(seen.channel);
    if (counter.stream) {
        seen.session_id = counter.stream->session_id;
        seen.stream_id = counter.stream->stream_id;
    }
    return seen;
}

std::optional<Socket> socket_of(const Evidence& evidence, CounterType type, const std::string& channel,
                                const std::optional<channel::Uri>& uri) {
    const CounterCopy* found = nullptr;
    for (const CounterCopy& each : evidence.counters) {
        if (each.type_id != static_cast<std::int32_t>(type)) continue;
        const std::string its = control::full_channel(each);
        if (its == channel) found = &each;  // the very same
        if (found == nullptr && share_address(uri_of(its), uri)) found = &each;
    }
    if (found == nullptr) return std::nullopt;
    Socket socket{.status = found->value, .addresses = {}};
    const std::string prefix = fmt::format("{} ", found->id.value);
    for (const CounterCopy& each : evidence.counters) {
        if (each.type_id != static_cast<std::int32_t>(CounterType::local_socket_address)) continue;
        const auto at = each.label.find(": " + prefix);
        if (at == std::string::npos) continue;
        if (!socket.addresses.empty()) socket.addresses += ", ";
        socket.addresses += each.label.substr(at + 2 + prefix.size());
    }
    return socket;
}

std::string error_about(const Evidence& evidence, const std::vector<std::string>& words) {
    for (auto text = evidence.errors.rbegin(); text != evidence.errors.rend(); ++text)
        for (const std::string& word : words)
            if (!word.empty() && text->find(word) != std::string::npos) return *text;
    return {};
}

Diagnosis of_socket(const Evidence& evidence, const Socket& socket, const Seen& seen) {
    switch (static_cast<ChannelStatus>(socket.status)) {
    case ChannelStatus::errored: {
        const std::string error = error_about(evidence, {seen.channel, parameter(seen.uri, channel::key::endpoint),
                                                         parameter(seen.uri, channel::key::control)});
        return {.finding = Finding::channel_error,
                .what = "the driver has given its socket up: " +
                        (error.empty() ? std::string{"its error log does not say why"} : error),
                .advice = "mend what the error names, close the stream and add it again; `gale errors` has all errors"};
    }
    case ChannelStatus::initialising:
        return {.finding = Finding::channel_not_ready,
                .what = "the driver is still opening its socket, or looking up a name",
                .advice = "look again in a moment; if it stays so, see `gale errors`"};
    case ChannelStatus::closing:
        return {.finding = Finding::channel_not_ready,
                .what = "the driver is closing its socket",
                .advice = "nothing will come of it any more: add the stream again"};
    case ChannelStatus::active: break;
    }
    return {};
}

std::string neighbours(const Evidence& evidence, CounterType type, const std::optional<channel::Uri>& uri,
                       std::optional<StreamId> but) {
    std::set<std::int32_t> streams;
    for (const CounterCopy& each : evidence.counters)
        if (each.type_id == static_cast<std::int32_t>(type) && each.stream && each.stream->stream_id != but &&
            share_address(uri_of(control::full_channel(each)), uri))
            streams.insert(each.stream->stream_id.value);
    return fmt::format("{}", fmt::join(streams, ", "));
}

std::int64_t start_of(const Seen& seen, std::int32_t term_length) {
    try {
        if (!seen.uri || term_length == 0) return 0;
        const auto start = channel::parse_publication(*seen.uri, {}).start;
        return start ? start->position(term_length).value : 0;
    } catch (const Error&) {
        return 0;
    }
}

const CounterCopy* slowest_of(const std::vector<const CounterCopy*>& readers) {
    const auto found = std::ranges::min_element(readers, {}, &CounterCopy::value);
    return found == readers.end() ? nullptr : *found;
}

std::string client_of(const Evidence& evidence, std::int64_t client) {
    const CounterCopy* heartbeat = evidence.find(CounterType::client_heartbeat, client);
    if (heartbeat == nullptr) return fmt::format("client {}", client);
    const auto begin = heartbeat->label.find(" name=");
    if (begin == std::string::npos) return fmt::format("client {}", client);
    const auto end = heartbeat->label.find(" version=", begin + 6);
    return fmt::format("client {} {}", client, heartbeat->label.substr(begin + 6, end - (begin + 6)));
}

std::string motion(const Looks& looks, const CounterCopy& now) {
    if (looks.before == nullptr) return {};
    for (const CounterCopy& before : looks.before->counters)
        if (before.id == now.id && before.registration_id == now.registration_id && before.type_id == now.type_id)
            return before.value == now.value
                       ? ", and does not move"
                       : fmt::format(", and moved on by {} meanwhile", bytes_text(now.value - before.value));
    return {};
}

Diagnosis slow_subscriber(const Looks& looks, const CounterCopy& reader, std::int64_t behind) {
    return {.finding = Finding::slow_subscriber,
            .what = fmt::format("subscription {} of {} holds it up: {} wait for it{}", reader.registration_id,
                                client_of(looks.now, reader.owner_id), bytes_text(behind), motion(looks, reader)),
            .advice = "that program has to poll more often or do less for each message; or it subscribes with "
                      "tether=false, so that it may be left behind"};
}

std::string Seen::sub_command() const { return fmt::format("`gale sub '{}' {}`", channel, stream_id.value); }

std::string Seen::doctor_command() const {
    return fmt::format("`gale doctor '{}' --stream {}`", channel, stream_id.value);
}

}  // namespace gale::client

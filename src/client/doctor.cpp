#include "client/doctor.hpp"

#include "channel/keys.hpp"
#include "client/symptoms.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gale::client {
namespace {

using control::CounterCopy;
using control::CounterType;

/// As many unread bytes are no sign of a slow reader: half of the window that receivers begin with.
std::int64_t harmless_backlog(const Evidence& evidence, std::int64_t image) {
    constexpr std::int64_t most = 64 * 1024;
    const auto log = evidence.logs.find(image);
    return log == evidence.logs.end() ? most : std::min<std::int64_t>(most, log->second.term_length / 4);
}

/// What a publisher has to say to reach a subscription.
std::string publishing_channel(const Seen& seen, const Socket& socket) {
    const std::string control = parameter(seen.uri, channel::key::control);
    const std::string endpoint = parameter(seen.uri, channel::key::endpoint);
    if (!control.empty() && parameter(seen.uri, channel::key::control_mode) == "dynamic")
        return "aeron:udp?control=" + control + "|control-mode=dynamic";
    // A port that the system chose, and destinations that were added.
    if (endpoint.empty() || endpoint.ends_with(":0")) return "aeron:udp?endpoint=" + socket.addresses;
    return seen.channel;
}

std::string print_without_spy(const Seen& seen) {
    return seen.channel.starts_with(channel::spy_qualifier) ? seen.channel.substr(channel::spy_qualifier.size())
                                                            : seen.channel;
}

}  // namespace

Diagnosis diagnose_image(const Looks& looks, std::int64_t image_id) {
    const Evidence& now = looks.now;
    const auto readers = now.readers(image_id);
    const CounterCopy* slowest = slowest_of(readers);
    const CounterCopy* received = now.find(CounterType::receiver_position, image_id);
    const auto published = now.value(CounterType::publisher_position, image_id);
    if (slowest == nullptr || (received == nullptr && !published))
        return {.finding = Finding::no_image,
                .what = "the stream has ended, or nobody reads it any more",
                .advice = "see whether its publisher still runs"};
    const std::int64_t position = received == nullptr ? *published : received->value;
    const std::int64_t behind = position - slowest->value;
    const bool still = looks.before != nullptr && [&] {
        const auto before = looks.before->readers(image_id);
        const CounterCopy* then = slowest_of(before);
        return then != nullptr && then->value == slowest->value && then->registration_id == slowest->registration_id;
    }();
    if (behind > harmless_backlog(now, image_id) || (behind > 0 && still))
        return slow_subscriber(looks, *slowest, behind);
    const auto highest = now.value(CounterType::receiver_high_water_mark, image_id);
    if (highest && *highest > position)
        return {.finding = Finding::repairing,
                .what = fmt::format("bytes are missing at position {}, {} have come that lie behind them; {} times "
                                    "asked for lost ones{}",
                                    position, bytes_text(*highest - position),
                                    now.value(CounterType::receiver_naks_sent, image_id).value_or(0),
                                    motion(looks, *received)),
                .advice = "the network loses datagrams: `gale loss` tells how many. If the position does not move, "
                          "the sender does not hear what is asked for, or it has gone"};
    return {.finding = Finding::all_well,
            .what = fmt::format("received up to position {}, the slowest of {} subscriptions is {} behind; {} times "
                                "asked for lost bytes",
                                position, readers.size(), bytes_text(behind),
                                now.value(CounterType::receiver_naks_sent, image_id).value_or(0))};
}

Diagnosis diagnose_listening(const Evidence& now, std::string_view channel, std::optional<StreamId> stream,
                             Interest interest) {
    const Seen seen{.channel = std::string{channel}, .uri = uri_of(std::string{channel})};
    const std::string id = stream ? std::to_string(stream->value) : "STREAM";
    const std::string its = stream ? "stream " + id : std::string{"any stream that is subscribed to"};
    if (!seen.uri || !seen.uri->is_udp() || seen.uri->is_spy())
        return {.finding = Finding::no_image,
                .what = fmt::format("nobody publishes {} on this channel in this driver", its),
                .advice = fmt::format("start a publisher with the same stream and directory: `gale pub '{}' {}`",
                                      print_without_spy(seen), id)};
    const auto socket = socket_of(now, CounterType::receive_channel_status, seen.channel, seen.uri);
    if (!socket)
        return {.finding = Finding::not_there,
                .what = "the driver does not listen on this channel",
                .advice = fmt::format("start a subscriber: `gale sub '{}' {}`", channel, id)};
    if (Diagnosis found = of_socket(now, *socket, seen); !found.is_well()) return found;
    if (socket->addresses.empty())
        return {.finding = Finding::no_destination,
                .what = "it listens at destinations that its program adds, and there is none",
                .advice = "add one: subscription.add_destination(\"aeron:udp?endpoint=...\")"};
    const std::string publish = fmt::format("`gale pub '{}' {}`", publishing_channel(seen, *socket), id);
    if (const std::string other = neighbours(now, CounterType::publisher_limit, seen.uri, stream); !other.empty())
        return {.finding = Finding::wrong_stream,
                .what = fmt::format("it listens at {}, where this driver publishes stream {}, but nobody publishes {}",
                                    socket->addresses, other, its),
                .advice = "publisher and subscriber must name the same stream"};
    if (const std::string other = neighbours(now, CounterType::receiver_position, seen.uri, stream); !other.empty())
        return {.finding = Finding::wrong_stream,
                .what = fmt::format("it listens at {} and receives stream {} there, but not {}", socket->addresses,
                                    other, its),
                .advice = "publisher and subscriber must name the same stream: " + publish};
    return {.finding = Finding::no_image,
            .what = interest == Interest::known
                        ? fmt::format("it listens at {}, and no set-up of {} has come", socket->addresses, its)
                        : fmt::format("it listens at {}, and receives nothing: no set-up of {} has come, or nobody "
                                      "subscribes to the stream that it is of",
                                      socket->addresses, its),
            .advice = fmt::format("is a publisher there, as {}, with the stream of the subscription? On its machine "
                                  "`gale doctor` tells where it sends. Firewalls must let UDP in",
                                  publish)};
}

bool is_meant(const std::string& wanted, const std::string& channel) {
    if (wanted == channel) return true;
    const auto a = uri_of(wanted);
    const auto b = uri_of(channel);
    if (!a || !b || a->media() != b->media()) return false;
    return std::ranges::all_of(a->parameters(), [&](const channel::Parameter& each) {
        const auto value = b->find(each.key);
        return value && *value == each.value;
    });
}

}  // namespace gale::client

namespace gale {

std::string_view name(Finding finding) noexcept {
    switch (finding) {
    case Finding::all_well: return "all-well";
    case Finding::closed: return "closed";
    case Finding::no_driver: return "no-driver";
    case Finding::bad_channel: return "bad-channel";
    case Finding::not_there: return "not-there";
    case Finding::channel_error: return "channel-error";
    case Finding::channel_not_ready: return "channel-not-ready";
    case Finding::no_destination: return "no-destination";
    case Finding::no_answer: return "no-answer";
    case Finding::wrong_stream: return "wrong-stream";
    case Finding::receiver_refused: return "receiver-refused";
    case Finding::receivers_missing: return "receivers-missing";
    case Finding::receiver_gone: return "receiver-gone";
    case Finding::no_subscriber: return "no-subscriber";
    case Finding::window_closed: return "window-closed";
    case Finding::slow_subscriber: return "slow-subscriber";
    case Finding::slow_receiver: return "slow-receiver";
    case Finding::no_image: return "no-image";
    case Finding::repairing: return "repairing";
    }
    return {};
}

}  // namespace gale

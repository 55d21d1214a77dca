// What keeps a publication from its subscribers.
#include "channel/keys.hpp"
#include "channel/parameters.hpp"
#include "client/symptoms.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gale::client {
namespace {

using control::CounterCopy;
using control::CounterType;
using control::SystemCounter;

class PublicationCase {
public:
    PublicationCase(const Looks& looks, const CounterCopy& limit)
        : looks_{looks}, now_{looks.now}, id_{limit.registration_id}, seen_{seen_by(limit)}, limit_{limit.value},
          position_{now_.value(CounterType::publisher_position, id_).value_or(limit.value)},
          sent_{now_.value(CounterType::sender_position, id_)},
          sender_limit_{now_.value(CounterType::sender_limit, id_)} {
        const auto log = now_.logs.find(id_);
        if (log != now_.logs.end()) log_ = log->second;
    }

    [[nodiscard]] Diagnosis judge() const {
        if (log_ && log_->end_of_stream)
            return {.finding = Finding::closed,
                    .what = fmt::format("it was closed at position {}; the driver keeps it for those who lag",
                                        *log_->end_of_stream),
                    .advice = {}};
        if (!sent_) return over_shared_memory();
        const auto socket = socket_of(now_, CounterType::send_channel_status, seen_.channel, seen_.uri);
        if (socket) {
            if (Diagnosis found = of_socket(now_, *socket, seen_); !found.is_well()) return found;
        }
        return is_connected() ? connected() : not_connected(socket ? socket->addresses : std::string{});
    }

private:
    [[nodiscard]] bool is_connected() const {
        // Without the log: a driver takes the limit back to where the sender stands when nobody is there.
        return log_ ? log_->is_connected : limit_ > sent_.value_or(position_);
    }

    [[nodiscard]] Diagnosis over_shared_memory() const {
        const auto readers = now_.readers(id_);
        const CounterCopy* slowest = slowest_of(readers);
        if (slowest == nullptr)
            return {.finding = Finding::no_subscriber,
                    .what = "nobody subscribes to it in this driver",
                    .advice = "start a subscriber with the same stream and directory: " + seen_.sub_command()};
        if (position_ >= limit_ && slowest->value < position_)
            return slow_subscriber(looks_, *slowest, position_ - slowest->value);
        return well(fmt::format("connected, {} subscriptions read it; the slowest is {} behind", readers.size(),
                                bytes_text(position_ - slowest->value)));
    }

    [[nodiscard]] Diagnosis not_connected(const std::string& local) const {
        const std::string endpoint = parameter(seen_.uri, channel::key::endpoint);
        const std::string control = parameter(seen_.uri, channel::key::control);
        const std::string rejected = error_about(now_, {fmt::format("rejected publication {}:", id_)});
        if (!rejected.empty())
            return {.finding = Finding::receiver_refused,
                    .what = rejected,
                    .advice = "ask whoever runs that receiver; a publication that is closed and added again is a new "
                              "session"};
        if (const auto destinations = destination_count()) return to_destinations(*destinations, control);
        if (const auto receivers = now_.value(CounterType::flow_control_receivers, id_); receivers && *receivers > 0)
            return {.finding = Finding::receivers_missing,
                    .what = fmt::format("{} receivers answer, and the channel waits for more", *receivers),
                    .advice = "start the missing receivers, or lower the group size: fc=min,g:/N in the channel, or "
                              "the driver's aeron.flow.control.group.min.size"};
        const std::int64_t start = start_of(seen_, log_ ? log_->term_length : 0);
        if (std::max(sender_limit_.value_or(start), *sent_) > start)
            return {.finding = Finding::receiver_gone,
                    .what =
                        fmt::format("a receiver was there, and the stream was sent up to position {}; since then none "
                                    "has been heard for the connection timeout",
                                    *sent_),
                    .advice = "see whether its program and its driver still run, and whether the network lets its "
                              "status messages through" +
                              (local.empty() ? std::string{} : ", back to " + local)};
        if (const std::string other = neighbours(now_, CounterType::receiver_position, seen_.uri, seen_.stream_id);
            !other.empty())
            return {.finding = Finding::wrong_stream,
                    .what = fmt::format("this driver itself listens at {}, and receives stream {} there, but nobody "
                                        "subscribes to stream {}",
                                        endpoint, other, seen_.stream_id.value),
                    .advice = "publisher and subscriber must name the same stream: " + seen_.sub_command()};
        if (strangers_answer())
            return {.finding = Finding::wrong_stream,
                    .what = fmt::format("status messages reach this driver, but none for stream {} session {}",
                                        seen_.stream_id.value, seen_.session_id.value),
                    .advice = "publisher and subscriber must name the same stream, and a session-id in the "
                              "subscription's channel must be this one: " +
                              seen_.sub_command()};
        return {.finding = Finding::no_answer,
                .what = fmt::format("set-ups leave for {}{}, and no status message has come back", endpoint,
                                    local.empty() ? "" : " from " + local) +
                        rejected_ones(),
                .advice = fmt::format("is a subscriber there, as {}? On its machine {} tells whether it listens. UDP "
                                      "must pass there, and back{}{}",
                                      seen_.sub_command(), seen_.doctor_command(), local.empty() ? "" : " to " + local,
                                      is_multicast() ? "; for multicast check interface= and ttl= on both sides" : "")};
    }

    [[nodiscard]] Diagnosis to_destinations(std::int64_t count, const std::string& control) const {
        const bool manual = parameter(seen_.uri, channel::key::control_mode) == "manual";
        if (count == 0 && manual)
            return {.finding = Finding::no_destination,
                    .what = "it sends to destinations that its program adds, and there is none",
                    .advice = "add one: publication.add_destination(\"aeron:udp?endpoint=...\")"};
        const std::string subscriber =
            fmt::format("aeron:udp?endpoint=0.0.0.0:PORT|control={}|control-mode=dynamic", control);
        if (count == 0)
            return {.finding = Finding::no_answer,
                    .what = fmt::format("no receiver has announced itself at the control address {}", control),
                    .advice =
                        fmt::format("subscribers must name it: `gale sub '{}' {}`", subscriber, seen_.stream_id.value)};
        if (manual)
            return {.finding = Finding::no_answer,
                    .what = fmt::format("set-ups leave for its {} destinations, and none has answered", count),
                    .advice = fmt::format("is a subscriber of stream {} at one of them? UDP must pass in both "
                                          "directions",
                                          seen_.stream_id.value)};
        return {.finding = Finding::wrong_stream,
                .what = fmt::format("{} receivers have announced themselves at the control address {}, but none "
                                    "answers for stream {} session {}",
                                    count, control, seen_.stream_id.value, seen_.session_id.value),
                .advice = fmt::format("they may subscribe to other streams, or not hear the set-ups at their "
                                      "endpoint: `gale sub '{}' {}`",
                                      subscriber, seen_.stream_id.value)};
    }

    [[nodiscard]] Diagnosis connected() const {
        const auto spies = now_.readers(id_);
        const CounterCopy* spy = slowest_of(spies);
        const bool held = position_ >= limit_;
        if (held && spy != nullptr && spy->value < *sent_) return slow_subscriber(looks_, *spy, position_ - spy->value);
        const std::int64_t waiting = position_ - *sent_;
        // Less than a datagram's worth may be left: nothing is sent in bits.
        const bool closed = sender_limit_ && *sender_limit_ - *sent_ < (log_ ? log_->mtu : LogFacts{}.mtu);
        if (sender_limit_ && *sender_limit_ <= start_of(seen_, log_ ? log_->term_length : 0))
            return {.finding = Finding::window_closed,
                    .what = "a receiver answers, but its window is zero: nothing has been let in yet",
                    .advice = "look at its side: " + seen_.doctor_command()};
        // A receiver of this driver, when both ends are here: then its readers are known.
        if (held && waiting > 0 && closed) {
            for (const CounterCopy& each : now_.counters) {
                if (each.type_id != static_cast<std::int32_t>(CounterType::receiver_position) || !each.stream ||
                    each.stream->session_id != seen_.session_id || each.stream->stream_id != seen_.stream_id)
                    continue;
                const auto readers = now_.readers(each.registration_id);
                const CounterCopy* reader = slowest_of(readers);
                if (reader != nullptr && reader->value < each.value)
                    return slow_subscriber(looks_, *reader, position_ - reader->value);
            }
            return {.finding = Finding::slow_receiver,
                    .what = fmt::format("the sender may go no further: receivers let it to position {}{}, {} wait",
                                        *sender_limit_, motion(looks_, *now_.find(CounterType::sender_limit, id_)),
                                        bytes_text(waiting)),
                    .advice = "a subscriber there reads too slowly, or the network loses too much; on its machine " +
                              seen_.doctor_command() + " tells which"};
        }
        return well(fmt::format("connected; sent up to position {}, {} more allowed{}, {} not sent yet; {} times asked "
                                "for lost bytes, {} times at the receiver's limit",
                                *sent_, bytes_text(sender_limit_.value_or(*sent_) - *sent_), spies_text(spies.size()),
                                bytes_text(waiting), now_.value(CounterType::sender_naks_received, id_).value_or(0),
                                now_.value(CounterType::sender_back_pressure, id_).value_or(0)));
    }

    static std::string spies_text(std::size_t spies) { return spies == 0 ? "" : fmt::format(", {} spies", spies); }
    static Diagnosis well(std::string what) { return {.finding = Finding::all_well, .what = std::move(what)}; }

    [[nodiscard]] bool is_multicast() const {
        try {
            return seen_.uri && channel::parse_publication(*seen_.uri, {}).udp.is_multicast();
        } catch (const Error&) {
            return false;
        }
    }

    /// Of a channel with several destinations; nothing of others.
    [[nodiscard]] std::optional<std::int64_t> destination_count() const {
        for (const CounterCopy& each : now_.counters)
            if (each.type_id == static_cast<std::int32_t>(CounterType::mdc_destinations) &&
                (control::full_channel(each) == seen_.channel ||
                 share_address(uri_of(control::full_channel(each)), seen_.uri)))
                return each.value;
        return std::nullopt;
    }

    /// Status messages came between two looks while no publication of the driver over the network is connected.
    [[nodiscard]] bool strangers_answer() const {
        constexpr auto counter = SystemCounter::status_messages_received;
        if (looks_.before == nullptr || now_.value(counter) == looks_.before->value(counter)) return false;
        return std::ranges::none_of(now_.counters, [&](const CounterCopy& each) {
            if (each.type_id != static_cast<std::int32_t>(CounterType::sender_position)) return false;
            const auto limit = now_.value(CounterType::publisher_limit, each.registration_id);
            return limit && *limit > each.value;
        });
    }

    [[nodiscard]] std::string rejected_ones() const {
        const std::int64_t count = now_.value(SystemCounter::status_messages_rejected);
        return count == 0 ? ""
                          : fmt::format("; {} that came to this driver named positions that cannot be, and were "
                                        "rejected",
                                        count);
    }

    const Looks& looks_;
    const Evidence& now_;
    std::int64_t id_;
    Seen seen_;
    std::int64_t limit_;
    std::int64_t position_;
    std::optional<std::int64_t> sent_;  // nothing over shared memory
    std::optional<std::int64_t> sender_limit_;
    std::optional<LogFacts> log_{};
};

}  // namespace

Diagnosis diagnose_publication(const Looks& looks, std::int64_t registration_id) {
    const CounterCopy* limit = looks.now.find(CounterType::publisher_limit, registration_id);
    if (limit == nullptr)
        return {.finding = Finding::not_there,
                .what = "the driver does not know the publication any more",
                .advice = "add it again"};
    return PublicationCase{looks, *limit}.judge();
}

}  // namespace gale::client

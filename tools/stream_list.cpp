#include "stream_list.hpp"

#include "client/symptoms.hpp"
#include "control/counter_types.hpp"
#include "os/mapped_file.hpp"
#include "shm/loss_report.hpp"

#include <gale/error.hpp>

#include <map>
#include <tuple>
#include <utility>

namespace gale::tools {
namespace {

using control::CounterType;

/// Takes what a counter says of its stream; false when it says nothing that is shown.
bool take(Stream& stream, const CounterCopy& counter, const std::string& client) {
    const auto publisher = [&]() -> StreamPublisher& {
        if (!stream.publisher) stream.publisher = StreamPublisher{.registration_id = counter.registration_id};
        return *stream.publisher;
    };
    const auto received = [&]() -> StreamImage& {
        if (!stream.received) stream.received = StreamImage{.registration_id = counter.registration_id};
        return *stream.received;
    };
    switch (static_cast<CounterType>(counter.type_id)) {
    case CounterType::publisher_position:
        publisher().exclusive = counter.label.starts_with("pub-pos (exclusive)");
        publisher().position = counter.value;
        publisher().client = client;
        return true;
    case CounterType::publisher_limit:
        publisher().limit = counter.value;
        publisher().client = client;
        return true;
    case CounterType::sender_position: publisher().sent = counter.value; return true;
    case CounterType::sender_limit: publisher().sender_limit = counter.value; return true;
    case CounterType::sender_back_pressure: publisher().times_held_back = counter.value; return true;
    case CounterType::sender_naks_received: publisher().naks_received = counter.value; return true;
    case CounterType::flow_control_receivers: publisher().receivers = counter.value; return true;
    case CounterType::receiver_position: received().position = counter.value; return true;
    case CounterType::receiver_high_water_mark: received().highest = counter.value; return true;
    case CounterType::receiver_naks_sent: received().naks_sent = counter.value; return true;
    case CounterType::subscriber_position:
        stream.readers.push_back({counter.registration_id, counter.value, client});
        return true;
    default: return false;
    }
}

}  // namespace

std::vector<Stream> find_streams(const client::Evidence& evidence, const CounterFilter& filter) {
    std::map<std::int64_t, Stream> by_log;
    std::map<std::string, std::int64_t> destinations;
    for (const CounterCopy& counter : evidence.counters) {
        if (counter.type_id == static_cast<std::int32_t>(CounterType::mdc_destinations))
            destinations[control::full_channel(counter)] = counter.value;
        if (!counter.stream || !filter.wants(counter)) continue;
        // The reference of a subscriber's position is the publication, or the image, that it reads.
        const bool reads = counter.type_id == static_cast<std::int32_t>(CounterType::subscriber_position);
        const std::int64_t log = reads ? counter.reference_id : counter.registration_id;
        Stream stream = by_log.contains(log) ? std::move(by_log[log]) : Stream{};
        const bool is_shown = take(stream, counter, client::client_of(evidence, counter.owner_id));
        if (is_shown) {
            stream.stream_id = counter.stream->stream_id.value;
            stream.session_id = counter.stream->session_id.value;
            if (!reads || stream.channel.empty()) stream.channel = control::full_channel(counter);
        }
        if (is_shown || by_log.contains(log)) by_log[log] = std::move(stream);
    }
    std::vector<Stream> streams;
    for (auto& [id, stream] : by_log) {
        const auto found = destinations.find(stream.channel);
        if (stream.publisher && found != destinations.end()) stream.publisher->destinations = found->second;
        streams.push_back(std::move(stream));
    }
    // A publication stands before its own image.
    std::ranges::stable_sort(streams, [](const Stream& a, const Stream& b) {
        return std::tuple{a.channel, a.stream_id, a.session_id, !a.publisher} <
               std::tuple{b.channel, b.stream_id, b.session_id, !b.publisher};
    });
    return streams;
}

void add_losses(std::vector<Stream>& streams, const std::string& directory) {
    try {
        const os::MappedFile file = os::MappedFile::open(directory + "/loss-report.dat", os::Access::read_only);
        for (Stream& stream : streams)
            if (stream.received) stream.received->bytes_lost = stream.received->losses = 0;
        shm::read_loss_report(file.bytes(), [&](const shm::LossObservation& loss) {
            for (Stream& stream : streams) {
                if (!stream.received || stream.session_id != loss.session_id.value ||
                    stream.stream_id != loss.stream_id.value || stream.channel != loss.channel)
                    continue;
                *stream.received->bytes_lost += loss.bytes_lost;
                *stream.received->losses += loss.count;
            }
        });
    } catch (const Error&) {
        // A driver without a report; what is not known is not shown.
    }
}

}  // namespace gale::tools

/// The streams of a driver as its counters show them, each with both of its ends.
#pragma once

#include "client/evidence.hpp"
#include "counters_view.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gale::tools {

struct StreamReader {
    std::int64_t registration_id;
    std::int64_t position;
    std::string client;
};

using Number = std::optional<std::int64_t>;  ///< nothing when the driver has no such counter

/// Who publishes here.
struct StreamPublisher {
    std::int64_t registration_id = 0;
    bool exclusive = false;
    std::string client{};
    Number position{};
    Number limit{};  ///< up to where it may go
    // Over the network only.
    Number sent{};
    Number sender_limit{};  ///< up to where receivers let the sender go
    Number times_held_back{};
    Number naks_received{};
    Number receivers{};     ///< that govern the limit, of min and tagged flow control
    Number destinations{};  ///< of a channel with several

    [[nodiscard]] bool is_networked() const { return sent.has_value(); }
    /// A driver takes the limit back to where the sender stands when nobody is there.
    [[nodiscard]] bool is_connected() const { return limit && sent && *limit > *sent; }
    [[nodiscard]] Number window() const {
        return sent && sender_limit ? Number{std::max<std::int64_t>(0, *sender_limit - *sent)} : Number{};
    }
};

/// What came from the network.
struct StreamImage {
    std::int64_t registration_id = 0;
    Number position{};  ///< up to where nothing is missing
    Number highest{};
    Number naks_sent{};
    Number bytes_lost{};  ///< and were asked for again, or given up
    Number losses{};

    [[nodiscard]] std::int64_t missing() const {
        return std::max<std::int64_t>(0, highest.value_or(0) - position.value_or(0));
    }
};

struct Stream {
    std::string channel{};
    std::int32_t stream_id = 0;
    std::int32_t session_id = 0;
    std::optional<StreamPublisher> publisher{};
    std::optional<StreamImage> received{};
    std::vector<StreamReader> readers{};

    [[nodiscard]] std::int64_t backlog(const StreamReader& reader) const {
        const Number end = received ? received->position : publisher ? publisher->position : Number{};
        return std::max<std::int64_t>(0, end.value_or(reader.position) - reader.position);
    }
    [[nodiscard]] const StreamReader* slowest() const {
        const auto found = std::ranges::min_element(readers, {}, &StreamReader::position);
        return found == readers.end() ? nullptr : &*found;
    }
    [[nodiscard]] bool back_pressured() const {
        if (!publisher || !publisher->position || !publisher->limit || *publisher->position < *publisher->limit)
            return false;
        return publisher->is_networked() ? publisher->is_connected() : !readers.empty();
    }
};

/// By channel, stream and session; a publication before an image of its own.
[[nodiscard]] std::vector<Stream> find_streams(const client::Evidence& evidence, const CounterFilter& filter);
/// What the loss report of `directory` says of each image; nothing is added when it cannot be read.
void add_losses(std::vector<Stream>& streams, const std::string& directory);

}  // namespace gale::tools

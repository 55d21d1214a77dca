#include "client/publication_state.hpp"

#include "control/counter_types.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace gale::client {
namespace {

logbuffer::StreamIdentity identity(const PublicationConstants& constants) noexcept {
    return {constants.session_id, constants.stream_id};
}

}  // namespace

PublicationState::PublicationState(Mappings mappings, PublicationConstants constants, bool exclusive)
    : is_exclusive_{exclusive}, limit_{&mappings.cnc->counters().value(constants.limit_counter_id)},
      concurrent_{mappings.log->log(), identity(constants)}, exclusive_{mappings.log->log(), identity(constants)},
      log_{std::move(mappings.log)}, cnc_{std::move(mappings.cnc)}, core_{std::move(mappings.core)},
      constants_{std::move(constants)} {
    const auto& geometry = log_->log().geometry();
    constants_.initial_term_id = geometry.initial_term_id();
    constants_.term_length = geometry.term_length();
    constants_.max_payload_length = concurrent_.max_payload_length();
    constants_.max_message_length = concurrent_.max_message_length();
    constants_.max_possible_position = Position{geometry.max_position()};
}

ChannelStatus channel_status(const CncMapping& cnc, CounterId status_counter, bool closed) noexcept {
    if (closed) return ChannelStatus::closing;
    if (status_counter == no_counter) return ChannelStatus::active;
    const auto& counters = cnc.counters();
    if (!counters.contains(status_counter)) return ChannelStatus::errored;
    return ChannelStatus{counters.value(status_counter).load_acquire()};
}

std::vector<std::string> local_addresses(const shm::Counters& counters, CounterId status_counter) {
    std::vector<std::string> found;
    if (!counters.contains(status_counter)) return found;
    if (ChannelStatus{counters.value(status_counter).load_acquire()} != ChannelStatus::active) return found;
    counters.for_each([&](const shm::CounterView& counter) {
        if (counter.type_id != static_cast<std::int32_t>(control::CounterType::local_socket_address)) return;
        std::int32_t channel = 0;
        std::int32_t length = 0;
        std::memcpy(&channel, counter.key.data(), sizeof channel);
        std::memcpy(&length, counter.key.data() + 4, sizeof length);
        if (channel != status_counter.value || counter.value != static_cast<std::int64_t>(ChannelStatus::active))
            return;
        const auto room = static_cast<std::int32_t>(counter.key.size()) - 8;
        found.emplace_back(as_text(counter.key.subspan(8, static_cast<std::size_t>(std::clamp(length, 0, room)))));
    });
    return found;
}

}  // namespace gale::client

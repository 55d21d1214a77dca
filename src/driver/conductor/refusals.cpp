#include "driver/conductor/refusals.hpp"

#include <gale/error.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace gale::driver {
namespace {

using control::Refusal;

// The same words each time, so that each is one entry of the error log, counted.
std::string_view explanation(Refusal refusal) noexcept {
    switch (refusal) {
    case Refusal::sessions:
        return "sessions were refused: more than aeron.driver.stream.session.limit or gale.endpoint.session.limit "
               "allow, or more in a second than gale.endpoint.setup.rate";
    case Refusal::long_terms: return "sessions were refused: their terms are longer than gale.image.term.limit";
    case Refusal::images: return "images were refused: their logs need more than gale.image.memory.limit";
    case Refusal::replies:
        return "replies were withheld: more unknown sessions and destinations, or more echoes, than "
               "gale.receiver.reply.rate and gale.sender.reply.rate answer in a second";
    case Refusal::news:
        return "rejections and response sessions were passed over: more in a second than gale.sender.news.rate";
    case Refusal::retransmissions:
        return "retransmissions had to wait: receivers asked for more than gale.retransmit.rate and "
               "gale.retransmit.burst";
    case Refusal::destinations:
        return "destinations were refused: more than gale.destination.limit send status messages to one endpoint";
    }
    return "";
}

// What may be an honest crowd: no error yet.
bool is_warning(Refusal refusal) noexcept {
    return refusal == Refusal::replies || refusal == Refusal::news || refusal == Refusal::retransmissions;
}

}  // namespace

Refusals::Refusals(shm::CountersManager& counters, Tick tick) : counters_{counters} {
    for (std::int32_t number = 0; number < control::refusal_count; ++number) {
        const Refusal refusal{number};
        const auto key = control::refusal_key(refusal);
        const auto id = counters.allocate({.type_id = static_cast<std::int32_t>(control::CounterType::refused),
                                           .key = key,
                                           .label = control::label(refusal),
                                           .registration_id = number,
                                           .owner_id = -1},
                                          tick);
        if (!id) throw Error{ErrorCode::generic, "no room for the driver's counters: raise counters.buffer.length"};
        ids_[static_cast<std::size_t>(number)] = *id;
    }
}

void Refusals::report(Voice& voice, Millis wall_now) {
    for (std::int32_t number = 0; number < control::refusal_count; ++number) {
        const Refusal refusal{number};
        const std::int64_t now = cell(refusal).load_relaxed();
        if (now == std::exchange(told_[static_cast<std::size_t>(number)], now)) continue;
        if (is_warning(refusal))
            voice.warn(ErrorCode::generic, explanation(refusal), wall_now);
        else
            voice.record(ErrorCode::generic, explanation(refusal), wall_now);
    }
}

}  // namespace gale::driver

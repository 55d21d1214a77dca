#include "driver/conductor/voice.hpp"

#include "base/ensure.hpp"

#include <string>

namespace gale::driver {
namespace {

using control::SystemCounter;

// What is said of one fault. Texts can hold what others wrote, of any length; an event must fit the broadcast.
constexpr std::size_t max_text_length = 8192;

// Together 512 KiB at most, and so an eighth of the shortest error log.
constexpr std::size_t max_details = 256;
constexpr std::size_t max_detail_length = 2048 - 64;

std::string suffix(SystemCounter counter, const SystemCounters::Labels& labels) {
    switch (counter) {
    case SystemCounter::errors:
    case SystemCounter::aeron_version: return ": " + labels.version;
    case SystemCounter::resolution_changes: return ": driverName=" + labels.resolver_name;
    case SystemCounter::conductor_max_cycle_time:
    case SystemCounter::sender_max_cycle_time:
    case SystemCounter::receiver_max_cycle_time: return ": " + labels.threading_mode;
    case SystemCounter::conductor_cycle_time_threshold_exceeded:
        return ": threshold=" + labels.conductor_threshold + " " + labels.threading_mode;
    case SystemCounter::sender_cycle_time_threshold_exceeded:
        return ": threshold=" + labels.sender_threshold + " " + labels.threading_mode;
    case SystemCounter::receiver_cycle_time_threshold_exceeded:
        return ": threshold=" + labels.receiver_threshold + " " + labels.threading_mode;
    case SystemCounter::name_resolver_time_threshold_exceeded: return ": threshold=" + labels.resolver_threshold;
    default: return {};
    }
}

/// What clients are told of an error that may be of any kind.
ErrorCode code_of(const std::exception& why) noexcept {
    const auto* const error = dynamic_cast<const Error*>(&why);
    return error != nullptr && error->code() != ErrorCode::system ? error->code() : ErrorCode::generic;
}

}  // namespace

SystemCounters::SystemCounters(shm::CountersManager& counters, const Labels& labels, Tick tick) : counters_{counters} {
    for (std::int32_t number = 0; number < control::system_counter_count; ++number) {
        const SystemCounter counter{number};
        const auto key = control::system_key(counter);
        const std::string text = std::string{control::label(counter)} + suffix(counter, labels);
        const auto id = counters.allocate({.type_id = static_cast<std::int32_t>(control::CounterType::system),
                                           .key = key,
                                           .label = text,
                                           .registration_id = number,
                                           .owner_id = -1},
                                          tick);
        ensure(id == CounterId{number}, "system counters come first, so that their ids are their numbers");
    }
}

void Voice::tell(const control::Event& event) {
    transmitter_.transmit(static_cast<std::int32_t>(control::type_of(event)), control::encode(event).bytes());
    os::WakeWord{transmitter_.tail_address()}.wake();
}

void Voice::refuse(CorrelationId request, ErrorCode code, std::string_view text, Millis wall_now) {
    text = text.substr(0, max_text_length);
    if (code != ErrorCode::temporarily_unavailable) record(code, text, wall_now);
    tell(control::ErrorEvent{request, code, text});  // who is told finds it in the error log
}

void Voice::refuse(CorrelationId request, const std::exception& why, Millis wall_now) {
    refuse(request, code_of(why), why.what(), wall_now);
}

void Voice::record(ErrorCode code, std::string_view text, Millis wall_now) {
    counters_.add(SystemCounter::errors);
    warn(code, text, wall_now);
}

void Voice::record(const std::exception& why, Millis wall_now) { record(code_of(why), why.what(), wall_now); }

// The code may be a stranger's as well.
void Voice::record_foreign(ErrorCode code, std::string_view text, std::string_view detail, Millis wall_now) {
    std::string whole{text};
    whole.append(": ").append(detail.substr(0, max_detail_length));
    const std::string key = std::to_string(static_cast<std::int32_t>(code)) + whole;
    if (!details_.contains(key)) {
        if (details_.size() >= max_details)
            return record(ErrorCode::generic, std::string{text} + "; as often before, so no more is told of each",
                          wall_now);
        details_.insert(key);
    }
    record(code, whole, wall_now);
}

void Voice::record_foreign(std::string_view text, const std::exception& why, Millis wall_now) {
    record_foreign(code_of(why), text, why.what(), wall_now);
}

void Voice::warn(ErrorCode code, std::string_view text, Millis wall_now) {
    static_cast<void>(errors_.record(static_cast<std::int32_t>(code), text.substr(0, max_text_length), wall_now));
}

}  // namespace gale::driver

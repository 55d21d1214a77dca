#include "client/evidence.hpp"

#include "os/mapped_file.hpp"
#include "shm/error_log.hpp"

#include <gale/error.hpp>

#include <algorithm>
#include <utility>

namespace gale::client {

using control::CounterCopy;
using control::CounterType;

LogFacts facts_of(const logbuffer::Log& log) noexcept {
    const auto& metadata = log.metadata();
    LogFacts facts{.is_connected = metadata.is_connected.load_acquire() != 0,
                   .is_revoked = metadata.is_publication_revoked.load_acquire() != 0,
                   .term_length = log.term_length(),
                   .mtu = log.mtu_length()};
    const std::int64_t end = metadata.end_of_stream_position.load_acquire();
    if (end != logbuffer::end_of_stream_unknown) facts.end_of_stream = end;
    return facts;
}

const CounterCopy* Evidence::find(CounterType type, std::int64_t registration_id) const {
    const auto found = std::ranges::find_if(counters, [&](const CounterCopy& each) {
        return each.type_id == static_cast<std::int32_t>(type) && each.registration_id == registration_id;
    });
    return found == counters.end() ? nullptr : &*found;
}

std::optional<std::int64_t> Evidence::value(CounterType type, std::int64_t registration_id) const {
    const CounterCopy* found = find(type, registration_id);
    return found == nullptr ? std::nullopt : std::optional{found->value};
}

std::int64_t Evidence::value(control::SystemCounter counter) const {
    const auto found = std::ranges::find_if(counters, [&](const CounterCopy& each) {
        return each.type_id == static_cast<std::int32_t>(CounterType::system) &&
               each.id.value == static_cast<std::int32_t>(counter);
    });
    return found == counters.end() ? 0 : found->value;
}

std::vector<const CounterCopy*> Evidence::readers(std::int64_t id) const {
    std::vector<const CounterCopy*> found;
    for (const CounterCopy& each : counters)
        if (each.type_id == static_cast<std::int32_t>(CounterType::subscriber_position) && each.reference_id == id)
            found.push_back(&each);
    return found;
}

Evidence gather(const control::CncFile& cnc) {
    Evidence evidence{.counters = control::copy_counters(cnc.counters())};
    std::vector<std::pair<Millis, std::string>> errors;
    shm::read_error_log(cnc.error_log(), Millis{0}, [&](const shm::ErrorObservation& error) {
        errors.emplace_back(error.last, std::string{error.text});
    });
    std::ranges::stable_sort(errors, {}, &std::pair<Millis, std::string>::first);
    for (auto& [last, text] : errors) evidence.errors.push_back(std::move(text));
    return evidence;
}

void add_log(Evidence& evidence, const std::string& directory, std::int64_t id) {
    for (const char* kind : {"publications", "images"}) {
        try {
            const auto file = os::MappedFile::open(directory + "/" + kind + "/" + std::to_string(id) + ".logbuffer",
                                                   os::Access::read_only);
            if (!logbuffer::Log::fault(file.bytes()).empty()) continue;
            evidence.logs.insert_or_assign(id, facts_of(logbuffer::Log{file.bytes()}));
            return;
        } catch (const Error&) {
            continue;  // it has just gone, or is not ours to read
        }
    }
}

}  // namespace gale::client

#include "shm/error_log.hpp"

#include "base/bits.hpp"
#include "shm/overlay.hpp"

#include <cstring>

namespace gale::shm {

int read_error_log(std::span<std::byte> section, Millis since, FunctionRef<void(const ErrorObservation&)> handler) {
    int count = 0;
    std::size_t offset = 0;
    while (offset + sizeof(ErrorRecord) <= section.size()) {
        const auto& record = overlay<ErrorRecord>(section, offset);
        const std::int32_t length =
            record.length.load_acquire();  // pairs with the first release in DistinctErrorLog::record
        if (length < static_cast<std::int32_t>(sizeof(ErrorRecord)) ||
            static_cast<std::size_t>(length) > section.size() - offset)
            break;
        const Millis last{record.last_observation_ms.load_acquire()};
        if (last >= since) {
            const auto* text = reinterpret_cast<const char*>(section.data() + offset + sizeof(ErrorRecord));
            handler({.count = record.observation_count.load_relaxed(),
                     .first = Millis{record.first_observation_ms.load_relaxed()},
                     .last = last,
                     .text = {text, static_cast<std::size_t>(length) - sizeof(ErrorRecord)}});
            ++count;
        }
        offset += align_up(static_cast<std::size_t>(length), 8);
    }
    return count;
}

bool DistinctErrorLog::record(std::int32_t code, std::string_view text, Millis wall_now) {
    const std::scoped_lock lock{mutex_};
    std::string key = std::to_string(code);
    key.append(":").append(text);
    const auto known = offsets_.find(key);
    if (known == offsets_.end()) {
        const std::size_t length = sizeof(ErrorRecord) + text.size();
        if (next_offset_ > section_.size() || length > section_.size() - next_offset_) return false;
        auto& record = overlay<ErrorRecord>(section_, next_offset_);
        if (!text.empty()) std::memcpy(section_.data() + next_offset_ + sizeof(ErrorRecord), text.data(), text.size());
        record.observation_count.store_relaxed(1);
        record.first_observation_ms.store_relaxed(wall_now.count());
        record.last_observation_ms.store_relaxed(wall_now.count());
        record.length.store_release(static_cast<std::int32_t>(length));
        offsets_.emplace(std::move(key), next_offset_);
        next_offset_ += align_up(length, 8);
        return true;
    }
    auto& record = overlay<ErrorRecord>(section_, known->second);
    record.observation_count.fetch_add(1);
    record.last_observation_ms.store_release(wall_now.count());
    return true;
}

}  // namespace gale::shm

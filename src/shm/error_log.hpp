/// Every distinct error once, with how often and when. docs/formats/error-log.md.
#pragma once

#include "base/time.hpp"
#include "shm/cell.hpp"

#include <gale/function_ref.hpp>

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace gale::shm {

struct ErrorRecord {
    Cell<std::int32_t> length;             // the writer, last: header and text
    Cell<std::int32_t> observation_count;  // the writer
    Cell<std::int64_t> last_observation_ms;
    Cell<std::int64_t> first_observation_ms;
};
static_assert(sizeof(ErrorRecord) == 24);

struct ErrorObservation {
    std::int32_t count;
    Millis first;
    Millis last;
    std::string_view text;  ///< in shared memory, never changed again
};

/// Calls `handler` for each error last seen at or after `since`; returns how many. Stops where a length makes no sense.
int read_error_log(std::span<std::byte> section, Millis since, FunctionRef<void(const ErrorObservation&)> handler);

/// The writer: one per section; any thread of its process.
class DistinctErrorLog {
public:
    explicit DistinctErrorLog(std::span<std::byte> section) noexcept : section_{section} {}
    /// False when the text is new and no room is left for it.
    bool record(std::int32_t code, std::string_view text, Millis wall_now);

private:
    std::span<std::byte> section_;
    std::size_t next_offset_ = 0;
    std::mutex mutex_;
    std::unordered_map<std::string, std::size_t> offsets_;  ///< by code and text
};

}  // namespace gale::shm

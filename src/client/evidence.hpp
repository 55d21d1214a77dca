/// What a driver shows of its streams, copied at one moment: what a diagnosis is made from.
#pragma once

#include "control/cnc_file.hpp"
#include "control/counter_copies.hpp"
#include "control/counter_types.hpp"
#include "logbuffer/log.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace gale::client {

/// What a log says of its stream.
struct LogFacts {
    bool is_connected = false;
    bool is_revoked = false;
    std::int32_t term_length = 0;
    std::int32_t mtu = 1408;
    std::optional<std::int64_t> end_of_stream{};
};
[[nodiscard]] LogFacts facts_of(const logbuffer::Log& log) noexcept;

struct Evidence {
    std::vector<control::CounterCopy> counters{};
    std::vector<std::string> errors{};        ///< distinct texts, the latest last
    std::map<std::int64_t, LogFacts> logs{};  ///< by the id of the publication or the image; may lack any

    [[nodiscard]] const control::CounterCopy* find(control::CounterType type, std::int64_t registration_id) const;
    [[nodiscard]] std::optional<std::int64_t> value(control::CounterType type, std::int64_t registration_id) const;
    [[nodiscard]] std::int64_t value(control::SystemCounter counter) const;
    /// Positions of those who read this publication (over shared memory, or as spies) or this image.
    [[nodiscard]] std::vector<const control::CounterCopy*> readers(std::int64_t id) const;
};

/// Counters and errors.
[[nodiscard]] Evidence gather(const control::CncFile& cnc);
/// Adds what the log of a publication or an image says, when it is there and can be read.
void add_log(Evidence& evidence, const std::string& directory, std::int64_t id);

}  // namespace gale::client

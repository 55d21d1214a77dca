/// The log of one stream, mapped for as long as any handle can reach it.
#pragma once

#include "logbuffer/log.hpp"
#include "os/mapped_file.hpp"

#include <gale/types.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace gale::client {

class LogMapping {
public:
    /// Throws Error: the file cannot be opened, or is no log.
    explicit LogMapping(const std::string& path);
    [[nodiscard]] const logbuffer::Log& log() const noexcept { return log_; }
    [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }
    void populate() const noexcept { file_.populate(); }

private:
    os::MappedFile file_;
    logbuffer::Log log_;
};

/// Whose log the driver's news says it is.
struct LogOwner {
    CorrelationId id;  ///< a publication's original registration id, or an image's correlation id
    SessionId session_id;
    StreamId stream_id;
};

/// One mapping per log, however many publications and images of this client lie over it. Not thread-safe.
class LogTable {
public:
    explicit LogTable(bool pre_touch) noexcept : pre_touch_{pre_touch} {}
    /// Images over shared memory have their publication's id, and so its mapping. Throws what LogMapping throws, and
    /// Error{incompatible} when the file is another stream's: drivers count ids from 0, so the next one in a directory
    /// may have made it while this client had not heard yet that its own is gone.
    [[nodiscard]] std::shared_ptr<LogMapping> open(const LogOwner& owner, std::string_view path);

private:
    bool pre_touch_;
    std::map<CorrelationId, std::weak_ptr<LogMapping>> logs_;
};

}  // namespace gale::client

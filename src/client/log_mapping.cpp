#include "client/log_mapping.hpp"

#include <gale/error.hpp>

namespace gale::client {
namespace {

std::span<std::byte> checked(const os::MappedFile& file) {
    const std::string fault = logbuffer::Log::fault(file.bytes());
    if (!fault.empty()) throw Error{ErrorCode::incompatible, file.path() + " is no log: " + fault};
    return file.bytes();
}

}  // namespace

LogMapping::LogMapping(const std::string& path)
    : file_{os::MappedFile::open(path, os::Access::read_write)}, log_{checked(file_)} {
    file_.close_descriptor();
}

std::shared_ptr<LogMapping> LogTable::open(CorrelationId id, std::string_view path) {
    std::erase_if(logs_, [](const auto& entry) { return entry.second.expired(); });
    auto& slot = logs_[id];
    if (auto known = slot.lock(); known && known->path() == path) return known;
    auto mapped = std::make_shared<LogMapping>(std::string{path});
    if (pre_touch_) mapped->populate();
    slot = mapped;
    return mapped;
}

}  // namespace gale::client

#include "client/log_mapping.hpp"

#include "wire/frame_header.hpp"

#include <gale/error.hpp>

#include <cstring>

namespace gale::client {
namespace {

std::span<std::byte> checked(const os::MappedFile& file) {
    const std::string fault = logbuffer::Log::fault(file.bytes());
    if (!fault.empty()) throw Error{ErrorCode::incompatible, file.path() + " is no log: " + fault};
    return file.bytes();
}

void check_owner(const LogMapping& mapped, const LogOwner& owner) {
    wire::FrameHeader header;
    std::memcpy(&header, mapped.log().metadata().default_frame_header.data(), sizeof header);
    if (header.session_id == owner.session_id.value && header.stream_id == owner.stream_id.value) return;
    throw Error{ErrorCode::incompatible, mapped.path() + " is the log of session " + std::to_string(header.session_id) +
                                             ", stream " + std::to_string(header.stream_id) + ", and not of session " +
                                             std::to_string(owner.session_id.value) + ", stream " +
                                             std::to_string(owner.stream_id.value) +
                                             ": another driver has taken over the directory; connect again"};
}

}  // namespace

LogMapping::LogMapping(const std::string& path)
    : file_{os::MappedFile::open(path, os::Access::read_write)}, log_{checked(file_)} {
    file_.close_descriptor();
}

std::shared_ptr<LogMapping> LogTable::open(const LogOwner& owner, std::string_view path) {
    std::erase_if(logs_, [](const auto& entry) { return entry.second.expired(); });
    auto& slot = logs_[owner.id];
    if (auto known = slot.lock(); known && known->path() == path) return known;
    auto mapped = std::make_shared<LogMapping>(std::string{path});
    check_owner(*mapped, owner);
    if (pre_touch_) mapped->populate();
    slot = mapped;
    return mapped;
}

}  // namespace gale::client

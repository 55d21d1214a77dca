// Logs mapped as a whole: aeron_fileutil.h, aeron_logbuffer_descriptor.h.
#include "capi/error.hpp"
#include "logbuffer/log.hpp"
#include "os/paths.hpp"
#include "os/raw_mapping.hpp"

#include <aeron/concurrent/aeron_logbuffer_descriptor.h>
#include <aeron/util/aeron_fileutil.h>

#include <span>

namespace gale::capi {
namespace {

static_assert(sizeof(aeron_logbuffer_metadata_t) <= logbuffer::metadata_length);

std::span<std::byte> bytes_of(const os::RawMapping& mapping) noexcept {
    return {static_cast<std::byte*>(mapping.address), mapping.length};
}

void describe_log(aeron_mapped_raw_log_t& log, const os::RawMapping& mapping, std::size_t term_length) noexcept {
    auto* const begin = static_cast<std::uint8_t*>(mapping.address);
    log = {.log_meta_data = {begin + logbuffer::metadata_offset(mapping.length), logbuffer::metadata_length},
           .mapped_file = {mapping.address, mapping.length},
           .term_length = term_length};
    for (std::size_t i = 0; i < std::size(log.term_buffers); ++i)
        log.term_buffers[i] = {begin + i * term_length, term_length};
}

bool is_log_length(std::uint64_t length, bool (*accepts)(std::int64_t)) noexcept {
    return length <= INT32_MAX && accepts(static_cast<std::int64_t>(length));
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
namespace logs = gale::logbuffer;

int aeron_logbuffer_check_term_length(uint64_t term_length) {
    if (is_log_length(term_length, logs::is_term_length)) return 0;
    return fail(EINVAL, "a term length is a power of two from 65536 to 1073741824, not " + std::to_string(term_length));
}

int aeron_logbuffer_check_page_size(uint64_t page_size) {
    if (is_log_length(page_size, logs::is_page_length)) return 0;
    return fail(EINVAL, "a page size is a power of two from 4096 to 1073741824, not " + std::to_string(page_size));
}

int aeron_raw_log_map(aeron_mapped_raw_log_t* mapped_raw_log, const char* path, bool use_sparse_files,
                      uint64_t term_length, uint64_t page_size) {
    if (mapped_raw_log == nullptr || path == nullptr) return fail(EINVAL, "the log, or its name, is null");
    if (aeron_logbuffer_check_term_length(term_length) < 0 || aeron_logbuffer_check_page_size(page_size) < 0) return -1;
    return guarded([&] {
        const std::int64_t length =
            logs::file_length(static_cast<std::int64_t>(term_length), static_cast<std::int64_t>(page_size));
        const auto mapping = gale::os::map_new(path, static_cast<std::size_t>(length), !use_sparse_files);
        describe_log(*mapped_raw_log, mapping, term_length);
    });
}

int aeron_raw_log_map_existing(aeron_mapped_raw_log_t* mapped_raw_log, const char* path, bool pre_touch) {
    if (mapped_raw_log == nullptr || path == nullptr) return fail(EINVAL, "the log, or its name, is null");
    return guarded([&] {
        const auto mapping = gale::os::map_existing(path, gale::os::Access::read_write);
        if (const std::string fault = logs::Log::fault(bytes_of(mapping)); !fault.empty()) {
            gale::os::unmap(mapping);
            throw gale::Error{gale::ErrorCode::invalid_argument, std::string{path} + " is no log: " + fault};
        }
        if (pre_touch) gale::os::bring_in(bytes_of(mapping));
        const logs::Log log{bytes_of(mapping)};
        describe_log(*mapped_raw_log, mapping, static_cast<std::size_t>(log.term_length()));
    });
}

bool aeron_raw_log_free(aeron_mapped_raw_log_t* mapped_raw_log, const char* filename) {
    if (mapped_raw_log == nullptr) return fail(EINVAL, "the log is null") == 0;
    return guarded([&] {
               gale::os::unmap({mapped_raw_log->mapped_file.addr, mapped_raw_log->mapped_file.length});
               *mapped_raw_log = {};
               if (filename != nullptr) gale::os::remove_path(filename);
           }) == 0;
}

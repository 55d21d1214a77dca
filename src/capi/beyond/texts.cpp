#include "capi/client/beyond.hpp"

#include "base/random.hpp"
#include "base/text.hpp"
#include "capi/client/addresses.hpp"
#include "capi/client/client.hpp"
#include "capi/client/polling.hpp"
#include "capi/error.hpp"
#include "os/process.hpp"
#include "os/raw_mapping.hpp"
#include "shm/error_log.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>

namespace gale::capi {
namespace {

template <class Map> int map_file(aeron_mapped_file_t* file, const char* path, Map map) noexcept {
    if (file == nullptr || path == nullptr) return fail(EINVAL, "the file, or its name, is null");
    return guarded([&] {
        const os::RawMapping mapping = map(std::string{path});
        file->addr = mapping.address;
        file->length = mapping.length;
    });
}

template <class Parse> int parse_number(const char* text, std::uint64_t* result, Parse parse) noexcept {
    if (text == nullptr || result == nullptr) return fail(EINVAL, "the text, or the place for its value, is null");
    const auto value = parse(std::string_view{text});
    if (!value || *value < 0) return fail(EINVAL, "the text cannot be read");
    *result = static_cast<std::uint64_t>(*value);
    return 0;
}

int log_location(char* to, std::size_t length, const char* directory, std::string_view kind, std::int64_t id) noexcept {
    if (directory == nullptr) return fail(EINVAL, "the directory is null");
    return guarded([&] {
        const std::string path =
            std::string{directory} + "/" + std::string{kind} + "/" + std::to_string(id) + ".logbuffer";
        copy_text(path, to, length);
        return static_cast<int>(path.size());
    });
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::Nanos;
using gale::Position;

int64_t aeron_file_length(const char* path) {
    if (path == nullptr) return fail(EINVAL, "the name of the file is null");
    return guarded([&] { return gale::os::file_length(path); });
}

int aeron_map_existing_file(aeron_mapped_file_t* mapped_file, const char* path) {
    return map_file(mapped_file, path,
                    [](const std::string& name) { return gale::os::map_existing(name, gale::os::Access::read_write); });
}

int aeron_map_readonly_file(aeron_mapped_file_t* mapped_file, const char* path) {
    return map_file(mapped_file, path,
                    [](const std::string& name) { return gale::os::map_existing(name, gale::os::Access::read_only); });
}

int aeron_map_new_file(aeron_mapped_file_t* mapped_file, const char* path, bool fill_with_zeroes) {
    return map_file(mapped_file, path, [&](const std::string& name) {
        return gale::os::map_new(name, mapped_file->length, fill_with_zeroes);
    });
}

int aeron_unmap(aeron_mapped_file_t* mapped_file) {
    if (mapped_file == nullptr) return fail(EINVAL, "the file is null");
    return guarded([&] {
        gale::os::unmap({mapped_file->addr, mapped_file->length});
        mapped_file->addr = nullptr;
    });
}

// NOLINTBEGIN(cppcoreguidelines-no-malloc): memory for C
int aeron_alloc(void** ptr, size_t size) {
    if (ptr == nullptr) return fail(EINVAL, "there is no place for the memory: null");
    *ptr = std::calloc(1, size == 0 ? 1 : size);
    return *ptr == nullptr ? fail(ENOMEM, "out of memory") : 0;
}

int aeron_reallocf(void** ptr, size_t size) {
    if (ptr == nullptr) return fail(EINVAL, "there is no memory: null");
    void* more = std::realloc(*ptr, size == 0 ? 1 : size);
    if (more == nullptr) std::free(*ptr);
    *ptr = more;
    return more == nullptr ? fail(ENOMEM, "out of memory") : 0;
}

void aeron_free(void* ptr) { std::free(ptr); }
// NOLINTEND(cppcoreguidelines-no-malloc)

int aeron_digit_count(uint32_t value) { return static_cast<int>(std::to_string(value).size()); }

void aeron_format_date(char* str, size_t count, int64_t timestamp) {
    const std::time_t seconds = timestamp / 1000;
    std::tm local{};
    char date[32] = "", zone[16] = "", text[64] = "";
    if (::localtime_r(&seconds, &local) != nullptr) {
        std::strftime(date, sizeof date, "%Y-%m-%d %H:%M:%S", &local);
        std::strftime(zone, sizeof zone, "%z", &local);
        std::snprintf(text, sizeof text, "%s.%03d%s", date, static_cast<int>(timestamp % 1000), zone);
    }
    copy_text(text, str, count);
}

char* aeron_format_number_to_locale(long long value, char* buffer, size_t buffer_len) {
    std::string digits = std::to_string(value);
    const std::size_t first = value < 0 ? 1 : 0;
    for (std::size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
    copy_text(digits, buffer, buffer_len);
    return buffer;
}

int aeron_parse_size64(const char* str, uint64_t* result) {
    return parse_number(str, result, [](std::string_view text) { return gale::parse_size(text); });
}

int aeron_parse_duration_ns(const char* str, uint64_t* result) {
    return parse_number(str, result, [](std::string_view text) -> std::optional<std::int64_t> {
        const auto duration = gale::parse_duration(text);
        if (!duration) return std::nullopt;
        return duration->count();
    });
}

bool aeron_parse_bool(const char* str, bool def) {
    if (str == nullptr) return def;
    const std::string_view text{str};
    if (text == "true" || text == "1" || text == "on") return true;
    if (text == "false" || text == "0" || text == "off") return false;
    return def;
}

void aeron_micro_sleep(unsigned int microseconds) { gale::os::sleep_for(std::chrono::microseconds{microseconds}); }

void aeron_nano_sleep(uint64_t nanoseconds) {
    gale::os::sleep_for(Nanos{static_cast<std::int64_t>(std::min<std::uint64_t>(nanoseconds, INT64_MAX))});
}

void aeron_idle_strategy_sleeping_idle(void* state, int work_count) {
    if (work_count <= 0) aeron_nano_sleep(state == nullptr ? 1 : *static_cast<const std::uint64_t*>(state));
}
void aeron_idle_strategy_yielding_idle(void*, int work_count) {
    if (work_count <= 0) gale::os::yield_thread();
}
void aeron_idle_strategy_busy_spinning_idle(void*, int work_count) {
    if (work_count <= 0) gale::os::spin_hint();
}
void aeron_idle_strategy_noop_idle(void*, int) {}

size_t aeron_error_log_read(const uint8_t* buffer, size_t buffer_size, aeron_error_log_reader_func_t reader,
                            void* clientd, int64_t since_timestamp) {
    if (buffer == nullptr || reader == nullptr) {
        set_error(EINVAL, "the error log, or the handler, is null");
        return 0;
    }
    // It is only read; what writes takes the same view.
    const std::span<std::byte> section{reinterpret_cast<std::byte*>(const_cast<std::uint8_t*>(buffer)), buffer_size};
    return static_cast<std::size_t>(gale::shm::read_error_log(
        section, gale::Millis{since_timestamp}, [&](const gale::shm::ErrorObservation& error) {
            reader(error.count, error.first.count(), error.last.count(), error.text.data(), error.text.size(), clientd);
        }));
}

int aeron_ipc_publication_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id) {
    return log_location(dst, length, aeron_dir, "publications", correlation_id);
}
int aeron_network_publication_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id) {
    return log_location(dst, length, aeron_dir, "publications", correlation_id);
}
int aeron_publication_image_location(char* dst, size_t length, const char* aeron_dir, int64_t correlation_id) {
    return log_location(dst, length, aeron_dir, "images", correlation_id);
}

int32_t aeron_randomised_int32() { return gale::Random{gale::os::random_seed()}.next_int32(); }

int64_t aeron_async_add_exclusive_exclusive_publication_get_registration_id(
    aeron_async_add_exclusive_publication_t* add_exclusive_publication) {
    return aeron_async_add_exclusive_publication_get_registration_id(add_exclusive_publication);
}

aeron_controlled_fragment_handler_action_t aeron_controlled_image_fragment_assembler_handler(void* clientd,
                                                                                             const uint8_t* buffer,
                                                                                             size_t length,
                                                                                             aeron_header_t* header) {
    return aeron_image_controlled_fragment_assembler_handler(clientd, buffer, length, header);
}

int64_t aeron_image_controlled_peek(aeron_image_t* image, int64_t initial_position,
                                    aeron_controlled_fragment_handler_t handler, void* clientd,
                                    int64_t limit_position) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image);
    if (handler == nullptr) return fail(EINVAL, "the handler is null");
    return object->image
        .controlled_peek(Position{initial_position}, CallControlledHandler{handler, clientd}, Position{limit_position})
        .value;
}

int aeron_image_set_position(aeron_image_t* image, int64_t position) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image);
    if (object->image.set_position(Position{position})) return 0;
    return fail(EINVAL, "the position is no frame's boundary ahead in this term");
}

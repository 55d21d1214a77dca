#include "capi/client/cnc.hpp"

#include "capi/client/client.hpp"
#include "capi/client/lingering.hpp"
#include "capi/error.hpp"
#include "os/clock.hpp"
#include "os/mapped_file.hpp"
#include "os/process.hpp"
#include "shm/error_log.hpp"
#include "shm/loss_report.hpp"

#include <chrono>

namespace gale::capi {
namespace {

using namespace std::chrono_literals;

constexpr Nanos pause = 10ms;

/// Looks until it is ready, or the time is over.
control::CncFile open_cnc(const std::string& directory, Millis timeout) {
    Clock& clock = os::system_clock();
    const Nanos deadline = clock.tick().now + std::clamp<Nanos>(timeout, 0ns, 1h * 24 * 365);
    for (;;) {
        auto opened = control::CncFile::open(directory, os::Access::read_only);
        if (opened.state == control::CncState::ready) return *std::move(opened.file);
        if (opened.state == control::CncState::incompatible) throw Error{ErrorCode::incompatible, opened.why};
        const Nanos left = deadline - clock.tick().now;
        if (left <= 0ns) throw Error{ErrorCode::driver_timeout, opened.why};
        os::sleep_for(std::min(left, pause));
    }
}

}  // namespace

CncObject::CncObject(control::CncFile opened, std::string in)
    : file{std::move(opened)}, directory{std::move(in)}, path{control::CncFile::path(directory)},
      reader{make_reader(file)} {}

CncObject::~CncObject() { destroy<CountersReaderObject>(slot_of(reader)); }

}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::Millis;

int aeron_cnc_init(aeron_cnc_t** aeron_cnc, const char* base_path, int64_t timeout_ms) {
    if (aeron_cnc == nullptr) return fail(EINVAL, "there is no place for the control file: null");
    if (base_path == nullptr) return fail(EINVAL, "the directory is null");
    return guarded([&] {
        const std::string directory{base_path};
        *aeron_cnc =
            create<CncObject>(open_cnc(directory, Millis{std::min<int64_t>(timeout_ms, INT32_MAX)}), directory);
    });
}

int aeron_cnc_constants(aeron_cnc_t* aeron_cnc, aeron_cnc_constants_t* constants) {
    auto* object = find<CncObject>(aeron_cnc);
    if (object == nullptr) return refused<CncObject>(aeron_cnc);
    if (constants == nullptr) return fail(EINVAL, "there is no place for the constants: null");
    const auto& header = object->file.header();
    *constants = {.cnc_version = header.version.load_acquire(),
                  .to_driver_buffer_length = header.to_driver_length,
                  .to_clients_buffer_length = header.to_clients_length,
                  .counter_metadata_buffer_length = header.counters_metadata_length,
                  .counter_values_buffer_length = header.counters_values_length,
                  .error_log_buffer_length = header.error_log_length,
                  .client_liveness_timeout = header.client_liveness_timeout_ns,
                  .start_timestamp = header.start_timestamp_ms,
                  .pid = header.pid,
                  .file_page_size = header.file_page_size};
    return 0;
}

const char* aeron_cnc_filename(aeron_cnc_t* aeron_cnc) {
    auto* object = find<CncObject>(aeron_cnc);
    if (object == nullptr) {
        refuse(aeron_cnc, Kind::cnc);
        return nullptr;
    }
    return object->path.c_str();
}

int64_t aeron_cnc_to_driver_heartbeat(aeron_cnc_t* aeron_cnc) {
    auto* object = find<CncObject>(aeron_cnc);
    return object == nullptr ? refused<CncObject>(aeron_cnc) : object->file.driver_heartbeat().count();
}

aeron_counters_reader_t* aeron_cnc_counters_reader(aeron_cnc_t* aeron_cnc) {
    auto* object = find<CncObject>(aeron_cnc);
    if (object == nullptr) {
        refuse(aeron_cnc, Kind::cnc);
        return nullptr;
    }
    return object->reader;
}

size_t aeron_cnc_error_log_read(aeron_cnc_t* aeron_cnc, aeron_error_log_reader_func_t callback, void* clientd,
                                int64_t since_timestamp) {
    auto* object = find<CncObject>(aeron_cnc);
    if (object == nullptr) {
        refuse(aeron_cnc, Kind::cnc);
        return 0;
    }
    if (callback == nullptr) {
        set_error(EINVAL, "the handler is null");
        return 0;
    }
    return static_cast<std::size_t>(gale::shm::read_error_log(
        object->file.error_log(), Millis{since_timestamp}, [&](const gale::shm::ErrorObservation& error) {
            callback(error.count, error.first.count(), error.last.count(), error.text.data(), error.text.size(),
                     clientd);
        }));
}

int aeron_cnc_loss_reporter_read(aeron_cnc_t* aeron_cnc, aeron_loss_reporter_read_entry_func_t entry_func,
                                 void* clientd) {
    auto* object = find<CncObject>(aeron_cnc);
    if (object == nullptr) return refused<CncObject>(aeron_cnc);
    if (entry_func == nullptr) return fail(EINVAL, "the handler is null");
    return guarded([&] {
        const auto file =
            gale::os::MappedFile::open(object->directory + "/loss-report.dat", gale::os::Access::read_only);
        return gale::shm::read_loss_report(file.bytes(), [&](const gale::shm::LossObservation& loss) {
            entry_func(clientd, loss.count, loss.bytes_lost, loss.first.count(), loss.last.count(),
                       loss.session_id.value, loss.stream_id.value, loss.channel.data(),
                       static_cast<std::int32_t>(loss.channel.size()), loss.source.data(),
                       static_cast<std::int32_t>(loss.source.size()));
        });
    });
}

void aeron_cnc_close(aeron_cnc_t* aeron_cnc) {
    if (aeron_cnc == nullptr) return;
    auto* object = find<CncObject>(aeron_cnc);
    if (object == nullptr || !invalidate<CncObject>(aeron_cnc)) return refuse(aeron_cnc, Kind::cnc);
    invalidate<CountersReaderObject>(object->reader);
    destroy_later(slot_of(aeron_cnc), shortest_linger);  // it may be read from, by a handler that closes it, too
}

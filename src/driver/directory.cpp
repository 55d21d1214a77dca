#include "driver/directory.hpp"

#include "control/cnc_file.hpp"
#include "os/directory.hpp"
#include "os/process.hpp"
#include "shm/error_log.hpp"

#include <gale/error.hpp>

#include <fmt/chrono.h>

namespace gale::driver {
namespace {

using control::CncFile;
using control::CncState;

std::string note_text(std::int64_t pid, Millis start) { return "gale driver pid=" + std::to_string(pid) + " start=" + std::to_string(start.count()) + "\n"; }

std::string date(Millis wall) {
    const auto seconds = static_cast<std::time_t>(wall.count() / 1000);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}+0000", fmt::gmtime(seconds), wall.count() % 1000);
}

// Whoever wrote this cnc.dat held the lock that is now ours: it is dead for certain, whatever its heartbeat says.
bool was_ours(const os::FileLock& lock, const control::CncHeader& header) {
    return lock.note() == note_text(header.pid, Millis{header.start_timestamp_ms});
}

[[noreturn]] void refuse_living(const std::string& path, const control::CncHeader& header, Millis age, Nanos timeout) {
    const auto limit = std::chrono::duration_cast<Millis>(timeout);
    throw Error{ErrorCode::system,
                fmt::format("a media driver lives in {}: process {}, last sign of life {} ms ago. Stop it, or choose another directory "
                            "(aeron.dir). If it was killed, it counts as dead {} ms after that sign.",
                            path, header.pid, age.count(), limit.count())};
}

void save_errors(const CncFile& cnc, const std::string& path, Millis now, const DriverDirectory::Warn& warn) {
    std::string text;
    const int count = shm::read_error_log(cnc.error_log(), Millis{0}, [&](const shm::ErrorObservation& error) {
        text += fmt::format("***\n{} observations from {} to {} for:\n {}\n", error.count, date(error.first), date(error.last), error.text);
    });
    if (count == 0) return;
    text += fmt::format("\n{} distinct errors observed.\n", count);
    const std::string file = fmt::format("{}-{:%Y-%m-%d-%H-%M-%S}-{:03}-error.log", path, fmt::gmtime(static_cast<std::time_t>(now.count() / 1000)), now.count() % 1000);
    os::write_text_file(file, text);
    warn("the errors of the driver that ran here before were saved to " + file);
}

void clear_previous(const DriverOptions& options, const std::string& path, const os::FileLock& lock, Clock& clock, const DriverDirectory::Warn& warn) {
    if (options.warn_if_directory_exists) warn("the directory " + path + " exists");
    const CncFile::Opened previous = CncFile::open(path, os::Access::read_only);
    const Tick tick = clock.tick();
    if (previous.state == CncState::ready && !options.delete_directory_on_start) {
        const Millis age = tick.wall - previous.file->driver_heartbeat();
        if (!was_ours(lock, previous.file->header()) && age <= std::chrono::duration_cast<Millis>(options.driver_timeout))
            refuse_living(path, previous.file->header(), age, options.driver_timeout);
    } else if (previous.state == CncState::unreadable) {
        throw Error{ErrorCode::system, "cannot tell whether a driver lives in " + path + ": " + previous.why};
    }
    if (previous.state == CncState::ready) save_errors(*previous.file, path, tick.wall, warn);
    if (previous.state != CncState::ready && previous.state != CncState::absent) warn("removing what a driver left in " + path + ": " + previous.why);
    os::remove_tree(path);
}

}  // namespace

DriverDirectory DriverDirectory::take(const DriverOptions& options, const std::string& path, Clock& clock, const Warn& warn) {
    const os::DirectoryState before = os::inspect_directory(path);
    if (before == os::DirectoryState::not_a_directory)
        throw Error{ErrorCode::system, path + " is no directory (a file or a symbolic link): remove it, or choose another directory (aeron.dir)"};
    if (before == os::DirectoryState::foreign)
        throw Error{ErrorCode::system, path + " belongs to another user: choose another directory (aeron.dir)"};
    auto lock = os::FileLock::try_acquire(path + ".lock");
    if (!lock)
        throw Error{ErrorCode::system, "a media driver lives in " + path + " (it holds " + path + ".lock): stop it, or choose another directory (aeron.dir)"};
    if (before == os::DirectoryState::ours) clear_previous(options, path, *lock, clock, warn);
    os::create_directory(path);
    // Made by us, or lost a race to somebody who owns it now: only ours will do.
    if (os::inspect_directory(path) != os::DirectoryState::ours) throw Error{ErrorCode::system, path + " was taken by another user meanwhile"};
    os::create_directory(path + "/publications");
    os::create_directory(path + "/images");
    return {path, std::move(*lock)};
}

void DriverDirectory::sign(Millis start_timestamp) const { lock_.write_note(note_text(os::process_id(), start_timestamp)); }

void DriverDirectory::remove() const { os::remove_tree(path_); }

}  // namespace gale::driver

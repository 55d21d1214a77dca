#include "driver/directory.hpp"

#include "control/cnc_file.hpp"
#include "os/directory.hpp"
#include "os/process.hpp"
#include "shm/error_log.hpp"
#include "shm/overlay.hpp"

#include <gale/error.hpp>

#include <fmt/chrono.h>

#include <algorithm>
#include <optional>

namespace gale::driver {
namespace {

using control::CncFile;
using control::CncState;
using Pause = DriverDirectory::Pause;

std::string note_text(std::int64_t pid, Millis start) {
    return "gale driver pid=" + std::to_string(pid) + " start=" + std::to_string(start.count()) + "\n";
}

std::string date(Millis wall) {
    constexpr std::int64_t year_9999 = 253'370'764'800'000;
    if (wall.count() < 0 || wall.count() >= year_9999)
        return fmt::format("{} ms", wall.count());  // not a date, but somebody wrote it
    const auto seconds = static_cast<std::time_t>(wall.count() / 1000);
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}+0000", fmt::gmtime(seconds), wall.count() % 1000);
}

// Whoever wrote this cnc.dat held the lock that is now ours: it is dead for certain, whatever its heartbeat says.
bool was_ours(const os::FileLock& lock, const control::CncHeader& header) {
    return lock.note() == note_text(header.pid, Millis{header.start_timestamp_ms});
}

// The same of a file whose version was never written.
bool was_ours_unfinished(const os::FileLock& lock, const std::string& path) {
    try {
        const os::MappedFile file = os::MappedFile::open(CncFile::path(path), os::Access::read_only);
        if (file.bytes().size() < sizeof(control::CncHeader)) return false;
        return was_ours(lock, shm::overlay<control::CncHeader>(file.bytes()));
    } catch (const Error&) {
        return false;
    }
}

// A driver of another make may be starting just now: it shows by its version before long.
CncFile::Opened open_settled(const std::string& path, const os::FileLock& lock, const Pause& pause) {
    constexpr Millis most{1000};
    CncFile::Opened opened = CncFile::open(path, os::Access::read_only);
    for (Millis waited{}; opened.state == CncState::not_ready && waited < most; ++waited) {
        if (was_ours_unfinished(lock, path)) break;
        pause(Millis{1});
        opened = CncFile::open(path, os::Access::read_only);
    }
    return opened;
}

// Since the driver's last sign of life. The word is any client's to write; what it cannot be counts as no sign at all.
std::optional<Millis> age_of(const CncFile& cnc, Millis wall) {
    const Millis heartbeat = cnc.driver_heartbeat();
    if (heartbeat <= Millis::zero()) return std::nullopt;
    return wall - heartbeat;
}

// Whether its driver writes it within a timer interval and a half. Ours tells how long that is; Aeron's is 1 s, too.
bool heartbeat_goes_on(const CncFile& cnc, Nanos timer_interval, const Pause& pause) {
    const auto most = std::chrono::ceil<Millis>(std::max<Nanos>(timer_interval, std::chrono::seconds{1}) * 3 / 2);
    const Millis before = cnc.driver_heartbeat();
    for (Millis waited{}; waited < most; ++waited) {
        pause(Millis{1});
        if (const Millis now = cnc.driver_heartbeat(); now != before) return now > Millis::zero();
    }
    return false;
}

[[noreturn]] void refuse_living(const std::string& path, const control::CncHeader& header, const std::string& sign) {
    throw Error{ErrorCode::system,
                fmt::format("a media driver lives in {}: process {}, {}. Stop it, or choose another directory "
                            "(aeron.dir).",
                            path, header.pid, sign)};
}

std::string errors_text(const CncFile& cnc) {
    std::string text;
    const int count = shm::read_error_log(cnc.error_log(), Millis{0}, [&](const shm::ErrorObservation& error) {
        text += fmt::format("***\n{} observations from {} to {} for:\n {}\n", error.count, date(error.first),
                            date(error.last), error.text);
    });
    return count == 0 ? std::string{} : text + fmt::format("\n{} distinct errors observed.\n", count);
}

// A driver does not stay away because of what another one left behind: errors that cannot be saved are told and lost.
void save_errors(const CncFile& cnc, const std::string& path, Millis now, const DriverDirectory::Warn& warn) {
    try {
        const std::string text = errors_text(cnc);
        if (text.empty()) return;
        const std::string file =
            fmt::format("{}-{:%Y-%m-%d-%H-%M-%S}-{:03}-error.log", path,
                        fmt::gmtime(static_cast<std::time_t>(now.count() / 1000)), now.count() % 1000);
        os::write_text_file(file, text);
        warn("the errors of the driver that ran here before were saved to " + file);
    } catch (const std::exception& error) {
        warn("the errors of the driver that ran here before could not be saved: " + std::string{error.what()});
    }
}

void refuse_if_alive(const DriverOptions& options, const std::string& path, const os::FileLock& lock,
                     const CncFile& previous, Millis wall, const Pause& pause) {
    if (was_ours(lock, previous.header())) return;
    const auto age = age_of(previous, wall);
    const auto timeout = std::chrono::duration_cast<Millis>(options.driver_timeout);
    if (!age || *age > timeout) return;
    if (*age >= Millis::zero())
        refuse_living(path, previous.header(),
                      fmt::format("last sign of life {} ms ago; if it was killed, it counts as dead {} ms after that",
                                  age->count(), timeout.count()));
    // The wall clock was set back since it was written: its age says nothing, and would say so for ever.
    if (heartbeat_goes_on(previous, options.timer_interval, pause))
        refuse_living(path, previous.header(),
                      fmt::format("which gives signs of life, {} ms ahead of this clock", -age->count()));
}

void clear_previous(const DriverOptions& options, const std::string& path, const os::FileLock& lock, Clock& clock,
                    const DriverDirectory::Warn& warn, const Pause& pause) {
    if (options.warn_if_directory_exists) warn("the directory " + path + " exists");
    const bool asks = !options.delete_directory_on_start;
    const CncFile::Opened previous =
        asks ? open_settled(path, lock, pause) : CncFile::open(path, os::Access::read_only);
    const Millis wall = clock.tick().wall;
    switch (previous.state) {
    case CncState::ready:
        if (asks) refuse_if_alive(options, path, lock, *previous.file, wall, pause);
        save_errors(*previous.file, path, wall, warn);
        break;
    case CncState::forbidden:
    case CncState::unreadable:
        if (asks) throw Error{ErrorCode::system, "cannot tell whether a driver lives in " + path + ": " + previous.why};
        break;
    case CncState::not_ready:
    case CncState::incompatible:
    case CncState::broken: warn("removing what a driver left in " + path + ": " + previous.why); break;
    case CncState::absent: break;
    }
    os::remove_tree(path);
}

}  // namespace

DriverDirectory DriverDirectory::take(const DriverOptions& options, const std::string& path, Clock& clock,
                                      const Warn& warn, const Pause& pause) {
    const os::DirectoryState before = os::inspect_directory(path);
    if (before == os::DirectoryState::not_a_directory)
        throw Error{
            ErrorCode::system,
            path + " is no directory (a file or a symbolic link): remove it, or choose another directory (aeron.dir)"};
    if (before == os::DirectoryState::foreign)
        throw Error{ErrorCode::system, path + " belongs to another user: choose another directory (aeron.dir)"};
    auto lock = os::FileLock::try_acquire(path + ".lock");
    if (!lock)
        throw Error{ErrorCode::system, "a media driver lives in " + path + " (it holds " + path +
                                           ".lock): stop it, or choose another directory (aeron.dir)"};
    if (before == os::DirectoryState::ours) clear_previous(options, path, *lock, clock, warn, pause);
    os::create_directory(path);
    // Made by us, or lost a race to somebody who owns it now: only ours will do.
    if (os::inspect_directory(path) != os::DirectoryState::ours)
        throw Error{ErrorCode::system, path + " was taken by another user meanwhile"};
    os::create_directory(path + "/publications");
    os::create_directory(path + "/images");
    return {path, std::move(*lock)};
}

void DriverDirectory::sign(Millis start_timestamp) const {
    lock_.write_note(note_text(os::process_id(), start_timestamp));
}

void DriverDirectory::remove() const {
    os::remove_tree(path_);
    lock_.remove_file();
}

}  // namespace gale::driver

/// The log files of a driver: made with real storage, piece by piece, and given back without holding anybody up.
#pragma once

#include "logbuffer/log.hpp"
#include "os/mapped_file.hpp"
#include "os/wake.hpp"

#include <gale/types.hpp>

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace gale::driver {

/// One log of the driver's own. Its storage grows from where the stream begins: what lies beyond `allocated_to` must
/// not be touched yet. Shared by the conductor and whoever allocates in the background.
class StoredLog {
public:
    StoredLog(os::MappedFile file, const logbuffer::LogSettings& settings);
    [[nodiscard]] const logbuffer::Log& log() const noexcept { return log_; }
    [[nodiscard]] const std::string& path() const noexcept { return file_.path(); }
    [[nodiscard]] std::int64_t length() const noexcept { return static_cast<std::int64_t>(file_.bytes().size()); }
    /// Stream position up to which every byte has storage; the greatest there is once all have.
    [[nodiscard]] Position allocated_to() const noexcept {
        return Position{allocated_to_.load(std::memory_order_acquire)};
    }
    /// Storage ran out; `allocated_to` will not move again.
    [[nodiscard]] bool is_starved() const noexcept { return starved_.load(std::memory_order_acquire); }

private:
    friend class LogStore;
    [[nodiscard]] bool allocate_slice(std::int64_t most);  ///< true when more is to do; throws storage_space

    os::MappedFile file_;
    logbuffer::Log log_;
    std::int64_t begin_;     ///< position of the starting term's first byte
    std::int64_t done_ = 0;  ///< bytes allocated, counted from `begin_`
    std::atomic<std::int64_t> allocated_to_{0};
    std::atomic<bool> starved_{false};
};

struct LogStoreOptions {
    std::string directory;  ///< the driver's; logs go into `publications` below it
    bool perform_storage_checks = true;
    std::int64_t low_space_warning = 0;  ///< bytes
};

/// `create` and `release` are the conductor's; `do_work` may be another thread's.
class LogStore {
public:
    explicit LogStore(LogStoreOptions options) : options_{std::move(options)} {}

    struct Created {
        std::shared_ptr<StoredLog> log;
        std::optional<std::string> warning;  ///< the file system is nearly full
    };
    /// Enough storage to begin with at once, the rest by `do_work`. A log that is not sparse gets all of it, and its
    /// pages, at once. Throws storage_space when the whole file would not fit beside all that was promised before.
    [[nodiscard]] Created create(const logbuffer::LogSettings& settings);
    /// Removes the file and unmaps it in the background. Clients that map it keep valid memory.
    void release(std::shared_ptr<StoredLog> log);
    /// One bounded piece of allocating or freeing; returns how many.
    int do_work();
    [[nodiscard]] bool has_work() const noexcept { return jobs_.load(std::memory_order_acquire) > 0; }
    /// Changes when work is added, and wakes: what a thread sleeps on that has only this to do.
    [[nodiscard]] os::WakeWord bell() const noexcept { return os::WakeWord{&rings_}; }
    /// How often a file could not be removed.
    [[nodiscard]] std::int64_t failed_removals() const noexcept {
        return failed_removals_.load(std::memory_order_relaxed);
    }
    /// Bytes of all logs now mapped.
    [[nodiscard]] std::int64_t mapped() const noexcept { return mapped_.load(std::memory_order_relaxed); }

private:
    void ring() noexcept;
    void count_jobs() noexcept;
    void check_space(std::int64_t needed, std::optional<std::string>& warning);

    LogStoreOptions options_;
    std::atomic<std::uint32_t> rings_{0};
    std::atomic<std::size_t> jobs_{0};  ///< of both queues, so that who has nothing to do takes no lock
    std::mutex mutex_;
    std::deque<std::shared_ptr<StoredLog>> growing_;
    std::deque<std::shared_ptr<StoredLog>> leaving_;
    std::atomic<std::int64_t> promised_{0};  ///< bytes not yet allocated of logs in `growing_`
    std::atomic<std::int64_t> mapped_{0};
    std::atomic<std::int64_t> failed_removals_{0};
};

}  // namespace gale::driver

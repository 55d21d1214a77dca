/// The log files of a driver: made with real storage, piece by piece, and given back without holding anybody up.
#pragma once

#include "base/time.hpp"
#include "logbuffer/log.hpp"
#include "os/directory.hpp"
#include "os/mapped_file.hpp"
#include "os/wake.hpp"

#include <gale/types.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
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
    /// Stream position up to which every byte has storage; `everything` once all have.
    [[nodiscard]] Position allocated_to() const noexcept {
        return Position{allocated_to_.load(std::memory_order_acquire)};
    }
    [[nodiscard]] bool is_whole() const noexcept { return allocated_to().value == everything; }
    /// Storage ran out; `allocated_to` will not move again.
    [[nodiscard]] bool is_starved() const noexcept { return starved_.load(std::memory_order_acquire); }

    static constexpr std::int64_t everything = std::numeric_limits<std::int64_t>::max();

private:
    friend class LogStore;
    using Allocate = std::function<void(const os::MappedFile& file, std::size_t offset, std::size_t length)>;
    /// True when more is to do. Throws storage_space.
    [[nodiscard]] bool allocate_slice(std::int64_t most, const Allocate& allocate);
    [[nodiscard]] std::int64_t missing() const noexcept { return length() - done_; }  ///< as promised for it
    /// Its publishers wait for the first term: nobody else's log is that urgent.
    [[nodiscard]] bool is_urgent() const noexcept { return sparse_ && done_ < log_.term_length(); }

    os::MappedFile file_;
    logbuffer::Log log_;
    bool sparse_;
    std::int64_t begin_;     ///< position of the starting term's first byte
    std::int64_t done_ = 0;  ///< bytes allocated, counted from `begin_`; whoever allocates, else under the store's lock
    std::atomic<std::int64_t> allocated_to_{0};
    std::atomic<bool> starved_{false};
};

struct LogStoreOptions {
    std::string directory;  ///< the driver's; logs go into `publications` below it
    bool perform_storage_checks = true;
    std::int64_t low_space_warning = 0;             ///< bytes
    std::int64_t free_limit = 1;                    ///< files that could not be removed: tried again at a time
    Nanos free_interval = std::chrono::seconds{1};  ///< between two such times
    // The system's part; empty: os::MappedFile::allocate, os::remove_file.
    std::function<void(const os::MappedFile& file, std::size_t offset, std::size_t length)> allocate{};
    std::function<bool(const std::string& path)> remove{};  ///< true when the file is gone
};

/// `create` and `release` are the conductor's; `do_work` may be another thread's.
class LogStore {
public:
    explicit LogStore(LogStoreOptions options);

    struct Created {
        std::shared_ptr<StoredLog> log;
        std::optional<std::string> warning;  ///< the file system is nearly full
    };
    /// Enough storage to begin with at once, the rest by `do_work`; that brings the pages in, too, of a log that is not
    /// sparse. Throws storage_space when the whole file would not fit beside all that was promised before.
    [[nodiscard]] Created create(const logbuffer::LogSettings& settings);
    /// Removes the file and unmaps it in the background. Clients that map it keep valid memory.
    void release(std::shared_ptr<StoredLog> log);
    /// One bounded piece of allocating or freeing; returns how many.
    int do_work(Tick tick);
    /// All that is left of freeing, and a last try for what could not be removed. Nobody else is at work any more.
    void finish();
    [[nodiscard]] bool has_work() const noexcept { return jobs_.load(std::memory_order_acquire) > 0; }
    /// Changes when work is added, and wakes: what a thread sleeps on that has only this to do.
    [[nodiscard]] os::WakeWord bell() const noexcept { return os::WakeWord{&rings_}; }
    /// Bytes of the file system that logs are in, used or not; 0: it does not say.
    [[nodiscard]] std::int64_t total_space() const { return os::total_space(options_.directory); }
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
    [[nodiscard]] bool unmap_one();
    enum class Growing { urgent, any };
    [[nodiscard]] bool allocate_one(Growing which);
    [[nodiscard]] std::shared_ptr<StoredLog> take_growing(Growing which);
    [[nodiscard]] bool is_giving_back();
    void put_back(std::shared_ptr<StoredLog> log, std::int64_t allocated, bool more);
    [[nodiscard]] int remove_again(Tick tick);
    [[nodiscard]] int remove_some(std::size_t most);
    [[nodiscard]] std::optional<std::string> take_unremoved();

    LogStoreOptions options_;
    std::atomic<std::uint32_t> rings_{0};
    std::atomic<std::size_t> jobs_{0};  ///< of all below, so that who has nothing to do takes no lock
    std::mutex mutex_;
    std::deque<std::shared_ptr<StoredLog>> growing_;
    const StoredLog* allocating_ = nullptr;  ///< taken out of `growing_` for a slice, and nobody released it meanwhile
    std::deque<std::shared_ptr<StoredLog>> leaving_;
    std::deque<std::string> unremoved_;      ///< paths
    std::optional<Nanos> next_removal_;      ///< of whoever calls `do_work`
    int urgent_slices_ = 0;                  ///< the same: since a log was given back, or nothing was urgent
    std::atomic<std::int64_t> promised_{0};  ///< bytes not yet allocated of logs that grow
    std::atomic<std::int64_t> mapped_{0};
    std::atomic<std::int64_t> failed_removals_{0};
};

}  // namespace gale::driver

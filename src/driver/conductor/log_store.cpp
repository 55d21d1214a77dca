#include "driver/conductor/log_store.hpp"

#include "base/text.hpp"
#include "os/directory.hpp"

#include <gale/error.hpp>

#include <algorithm>
#include <limits>

namespace gale::driver {
namespace {

// Allocating costs about 0.3 ms a MiB: what an add waits for is kept small, the rest happens behind its back.
constexpr std::int64_t first_slice = 512 * 1024;
constexpr std::int64_t slice = 2 * 1024 * 1024;
constexpr std::int64_t everything = std::numeric_limits<std::int64_t>::max();

}  // namespace

StoredLog::StoredLog(os::MappedFile file, const logbuffer::LogSettings& settings)
    : file_{std::move(file)}, log_{logbuffer::Log::initialise(file_.bytes(), settings)},
      begin_{log_.geometry().position({settings.starting_term_id, 0}).value} {
    allocated_to_.store(begin_, std::memory_order_relaxed);
}

bool StoredLog::allocate_slice(std::int64_t most) {
    const std::int64_t term = log_.term_length();
    const std::int64_t total = term * logbuffer::term_count;
    if (done_ < total) {
        const std::int64_t offset = done_ % term;
        const std::int64_t length = std::min(most, term - offset);
        const std::int64_t partition = log_.geometry().partition(Position{begin_ + done_});
        file_.allocate(static_cast<std::size_t>(partition * term + offset), static_cast<std::size_t>(length));
        done_ += length;
    }
    const bool finished = done_ == total;
    if (finished) file_.close_descriptor();
    allocated_to_.store(finished ? everything : begin_ + done_, std::memory_order_release);
    return !finished;
}

void LogStore::check_space(std::int64_t needed, std::optional<std::string>& warning) {
    if (!options_.perform_storage_checks) return;
    const std::int64_t usable = os::usable_space(options_.directory) - promised_.load(std::memory_order_relaxed);
    if (usable < needed)
        throw Error{ErrorCode::storage_space,
                    "not enough space for a log in " + options_.directory + ": it needs " + std::to_string(needed) +
                        " bytes, " + std::to_string(std::max<std::int64_t>(usable, 0)) +
                        " are left; ask for a shorter one (term-length=), or free some space there"};
    if (usable <= options_.low_space_warning)
        // The same words each time, so that it is one entry of the error log, counted.
        warning = "space is running low in " + options_.directory + ": at most " +
                  format_size(options_.low_space_warning) + " left";
}

LogStore::Created LogStore::create(const logbuffer::LogSettings& settings) {
    const std::int64_t length = logbuffer::file_length(settings.term_length, settings.page_size);
    Created created;
    check_space(length, created.warning);
    const std::string path =
        options_.directory + "/publications/" + std::to_string(settings.correlation_id.value) + ".logbuffer";
    os::MappedFile file = os::MappedFile::create(path, static_cast<std::size_t>(length));
    try {
        const auto terms = static_cast<std::size_t>(settings.term_length) * logbuffer::term_count;
        file.allocate(terms, static_cast<std::size_t>(length) - terms);
        created.log = std::make_shared<StoredLog>(std::move(file), settings);
        while (created.log->allocate_slice(settings.sparse ? first_slice : everything) &&
               (!settings.sparse || created.log->done_ < first_slice)) {
        }
        if (!settings.sparse) created.log->file_.populate();
    } catch (...) {
        static_cast<void>(os::remove_file(path));
        throw;
    }
    mapped_.fetch_add(length, std::memory_order_relaxed);
    if (created.log->allocated_to().value != everything) {
        const std::scoped_lock lock{mutex_};
        promised_.fetch_add(length - created.log->done_, std::memory_order_relaxed);
        growing_.push_back(created.log);
        count_jobs();
    }
    ring();
    return created;
}

void LogStore::release(std::shared_ptr<StoredLog> log) {
    if (!os::remove_file(log->path())) failed_removals_.fetch_add(1, std::memory_order_relaxed);
    mapped_.fetch_sub(log->length(), std::memory_order_relaxed);
    {
        const std::scoped_lock lock{mutex_};
        if (std::erase(growing_, log) > 0) promised_.fetch_sub(log->length() - log->done_, std::memory_order_relaxed);
        leaving_.push_back(std::move(log));
        count_jobs();
    }
    ring();
}

void LogStore::ring() noexcept {
    rings_.fetch_add(1, std::memory_order_release);
    bell().wake();
}

// Under the lock.
void LogStore::count_jobs() noexcept { jobs_.store(growing_.size() + leaving_.size(), std::memory_order_release); }

int LogStore::do_work() {
    if (!has_work()) return 0;
    std::shared_ptr<StoredLog> log;
    {
        const std::scoped_lock lock{mutex_};
        if (!leaving_.empty()) {
            log = std::move(leaving_.front());
            leaving_.pop_front();
            count_jobs();
        }
    }
    if (log) return 1;  // the last owner unmaps it here, on the thread that has time for it
    // Allocation holds the lock: a release meanwhile waits for one slice, and finds the counts in order.
    const std::scoped_lock lock{mutex_};
    if (growing_.empty()) return 0;
    StoredLog& growing = *growing_.front();
    const std::int64_t before = growing.done_;
    bool more = false;
    try {
        more = growing.allocate_slice(slice);
    } catch (const Error&) {
        growing.starved_.store(true, std::memory_order_release);
    }
    promised_.fetch_sub(growing.done_ - before, std::memory_order_relaxed);
    if (!more) {
        promised_.fetch_sub(growing.length() - growing.done_, std::memory_order_relaxed);
        growing_.pop_front();
        count_jobs();
    }
    return 1;
}

}  // namespace gale::driver

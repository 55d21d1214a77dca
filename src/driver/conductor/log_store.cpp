#include "driver/conductor/log_store.hpp"

#include "base/text.hpp"
#include "os/directory.hpp"

#include <gale/error.hpp>

#include <algorithm>
#include <utility>

namespace gale::driver {
namespace {

// Allocating costs about 0.3 ms a MiB: what an add waits for is kept small, the rest happens behind its back.
constexpr std::int64_t first_slice = 512 * 1024;
constexpr std::int64_t slice = 2 * 1024 * 1024;
constexpr int urgent_slices_in_a_row = 64;

}  // namespace

StoredLog::StoredLog(os::MappedFile file, const logbuffer::LogSettings& settings)
    : file_{std::move(file)}, log_{logbuffer::Log::initialise(file_.bytes(), settings)}, sparse_{settings.sparse},
      begin_{log_.geometry().position({settings.starting_term_id, 0}).value} {
    allocated_to_.store(begin_, std::memory_order_relaxed);
}

bool StoredLog::allocate_slice(std::int64_t most, const Allocate& allocate) {
    const std::int64_t term = log_.term_length();
    const std::int64_t total = term * logbuffer::term_count;
    if (done_ < total) {
        const std::int64_t partition = log_.geometry().partition(Position{begin_ + done_});
        const auto offset = static_cast<std::size_t>(partition * term + done_ % term);
        const auto length = static_cast<std::size_t>(std::min(most, term - done_ % term));
        allocate(file_, offset, length);
        if (!sparse_) file_.populate(offset, length);
        done_ += static_cast<std::int64_t>(length);
    }
    const bool finished = done_ == total;
    if (finished) file_.close_descriptor();
    allocated_to_.store(finished ? everything : begin_ + done_, std::memory_order_release);
    return !finished;
}

LogStore::LogStore(LogStoreOptions options) : options_{std::move(options)} {
    if (!options_.allocate) options_.allocate = &os::MappedFile::allocate;
    if (!options_.remove) options_.remove = os::remove_file;
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
        while (created.log->allocate_slice(first_slice, options_.allocate) && created.log->done_ < first_slice) {
        }
    } catch (...) {
        static_cast<void>(os::remove_file(path));
        throw;
    }
    mapped_.fetch_add(length, std::memory_order_relaxed);
    if (!created.log->is_whole()) {
        const std::scoped_lock lock{mutex_};
        promised_.fetch_add(created.log->missing(), std::memory_order_relaxed);
        growing_.push_back(created.log);
        count_jobs();
    }
    ring();
    return created;
}

void LogStore::release(std::shared_ptr<StoredLog> log) {
    const bool removed = options_.remove(log->path());
    if (!removed) failed_removals_.fetch_add(1, std::memory_order_relaxed);
    mapped_.fetch_sub(log->length(), std::memory_order_relaxed);
    {
        const std::scoped_lock lock{mutex_};
        if (!removed) unremoved_.push_back(log->path());
        if (std::erase(growing_, log) > 0) promised_.fetch_sub(log->missing(), std::memory_order_relaxed);
        if (allocating_ == log.get()) allocating_ = nullptr;  // whoever gives it a slice just now will see
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
void LogStore::count_jobs() noexcept {
    const std::size_t busy = allocating_ != nullptr ? 1 : 0;
    jobs_.store(growing_.size() + busy + leaving_.size() + unremoved_.size(), std::memory_order_release);
}

int LogStore::do_work(Tick tick) {
    if (!has_work()) return 0;
    // To give back a long log takes tens of milliseconds. A stream that waits for its first term shall not wait for
    // that; but others wait for the room: for so many slices at most.
    if (urgent_slices_ < urgent_slices_in_a_row && allocate_one(Growing::urgent)) {
        ++urgent_slices_;
        return 1;
    }
    urgent_slices_ = 0;
    return unmap_one() || allocate_one(Growing::any) ? 1 : remove_again(tick);
}

void LogStore::finish() {
    while (unmap_one()) {
    }
    static_cast<void>(remove_some(unremoved_.size()));
}

bool LogStore::unmap_one() {
    std::shared_ptr<StoredLog> log;  // the last owner unmaps it here, on the thread that has time for it, unlocked
    const std::scoped_lock lock{mutex_};
    if (leaving_.empty()) return false;
    log = std::move(leaving_.front());
    leaving_.pop_front();
    count_jobs();
    return true;
}

// A slice may take long on a busy machine, and the conductor takes the lock in the midst of its work: so the log is
// taken out, and given its slice while nobody is held up.
bool LogStore::allocate_one(Growing which) {
    std::shared_ptr<StoredLog> log = take_growing(which);
    if (!log) return false;
    const std::int64_t before = log->done_;
    bool more = false;
    try {
        more = log->allocate_slice(slice, options_.allocate);
    } catch (const Error&) {
        more = is_giving_back();  // then there is room soon
        if (!more) log->starved_.store(true, std::memory_order_release);
        urgent_slices_ = urgent_slices_in_a_row;
    }
    const std::int64_t allocated = log->done_ - before;
    put_back(std::move(log), allocated, more);
    return true;
}

bool LogStore::is_giving_back() {
    const std::scoped_lock lock{mutex_};
    return !leaving_.empty();
}

std::shared_ptr<StoredLog> LogStore::take_growing(Growing which) {
    const std::scoped_lock lock{mutex_};
    const auto urgent = std::ranges::find_if(growing_, [](const auto& log) { return log->is_urgent(); });
    const auto next = urgent != growing_.end() || which == Growing::urgent ? urgent : growing_.begin();
    if (next == growing_.end()) return nullptr;
    std::shared_ptr<StoredLog> log = std::move(*next);
    growing_.erase(next);
    allocating_ = log.get();
    return log;
}

void LogStore::put_back(std::shared_ptr<StoredLog> log, std::int64_t allocated, bool more) {
    const std::scoped_lock lock{mutex_};
    const bool released = std::exchange(allocating_, nullptr) == nullptr;
    promised_.fetch_sub(allocated, std::memory_order_relaxed);
    if (released || !more)
        promised_.fetch_sub(log->missing(), std::memory_order_relaxed);
    else
        growing_.push_back(std::move(log));  // they take turns, and before them those that are urgent
    count_jobs();
}

int LogStore::remove_again(Tick tick) {
    if (next_removal_ && tick.now < *next_removal_) return 0;
    next_removal_ = tick.now + options_.free_interval;
    return remove_some(static_cast<std::size_t>(options_.free_limit));
}

// How many of the oldest are gone now; the others are the last in turn. Removing is done unlocked, as allocating is.
int LogStore::remove_some(std::size_t most) {
    int removed = 0;
    for (; most > 0; --most) {
        std::optional<std::string> path = take_unremoved();
        if (!path) break;
        const bool gone = options_.remove(*path);
        removed += gone ? 1 : 0;
        if (!gone) failed_removals_.fetch_add(1, std::memory_order_relaxed);
        const std::scoped_lock lock{mutex_};
        if (!gone) unremoved_.push_back(std::move(*path));
        count_jobs();
    }
    return removed;
}

std::optional<std::string> LogStore::take_unremoved() {
    const std::scoped_lock lock{mutex_};
    if (unremoved_.empty()) return std::nullopt;
    std::optional<std::string> path{std::move(unremoved_.front())};
    unremoved_.pop_front();
    return path;
}

}  // namespace gale::driver

/// What stands behind the handle of a publication of either kind.
#pragma once

#include "client/cnc_mapping.hpp"
#include "client/log_mapping.hpp"
#include "logbuffer/append.hpp"

#include <gale/publication.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gale::client {

class ClientCore;

/// What a state is made from; nothing of it may be null.
struct Mappings {
    std::shared_ptr<ClientCore> core;
    std::shared_ptr<CncMapping> cnc;
    std::shared_ptr<LogMapping> log;
};

class PublicationState {
public:
    /// `constants.limit_counter_id` is within the counters' capacity; the parts that the log knows are filled in here.
    PublicationState(Mappings mappings, PublicationConstants constants, bool exclusive);
    PublicationState(const PublicationState&) = delete;
    PublicationState& operator=(const PublicationState&) = delete;

    [[nodiscard]] bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
    [[nodiscard]] std::int64_t limit() const noexcept {
        return limit_->load_acquire();
    }  // pairs with the driver's store
    [[nodiscard]] const logbuffer::ConcurrentAppender& concurrent() const noexcept { return concurrent_; }
    [[nodiscard]] logbuffer::ExclusiveAppender& exclusive() noexcept { return exclusive_; }
    [[nodiscard]] const logbuffer::ExclusiveAppender& exclusive() const noexcept { return exclusive_; }
    [[nodiscard]] const std::shared_ptr<LogMapping>& log() const noexcept { return log_; }
    [[nodiscard]] bool is_connected() const noexcept { return !is_closed() && concurrent_.is_connected(); }

    [[nodiscard]] const PublicationConstants& constants() const noexcept { return constants_; }
    [[nodiscard]] bool is_exclusive() const noexcept { return is_exclusive_; }
    [[nodiscard]] const std::shared_ptr<ClientCore>& core() const noexcept { return core_; }
    [[nodiscard]] const std::shared_ptr<CncMapping>& cnc() const noexcept { return cnc_; }

    /// From now on every call says `closed`. The core, which then tells the driver.
    void mark_closed() noexcept { closed_.store(true, std::memory_order_release); }

private:
    std::atomic<bool> closed_{false};
    bool is_exclusive_;
    const shm::Cell<std::int64_t>* limit_;
    logbuffer::ConcurrentAppender concurrent_;
    logbuffer::ExclusiveAppender exclusive_;  // unused by a shared publication: making one only looks at the log
    std::shared_ptr<LogMapping> log_;
    std::shared_ptr<CncMapping> cnc_;
    std::shared_ptr<ClientCore> core_;
    PublicationConstants constants_;
};

/// A channel's state as the driver's counter says; over shared memory there is none, and the channel always active.
[[nodiscard]] ChannelStatus channel_status(const CncMapping& cnc, CounterId status_counter, bool closed) noexcept;
/// `address:port` of every socket that the channel bound, as the driver's counters say.
[[nodiscard]] std::vector<std::string> local_addresses(const shm::Counters& counters, CounterId status_counter);

}  // namespace gale::client

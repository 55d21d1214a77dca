/// What stands behind the handle of a subscription: images that come and go while somebody polls.
#pragma once

#include "client/image_state.hpp"

#include <gale/subscription.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace gale::client {

using ImageList = std::vector<std::shared_ptr<ImageState>>;

/// The conductor replaces the list of images as a whole. The polling thread keeps a copy of its own, and looks whether
/// there is a newer one once per poll; everybody else copies it under a small lock.
class SubscriptionState {
public:
    SubscriptionState(std::shared_ptr<ClientCore> core, std::shared_ptr<CncMapping> cnc, CorrelationId registration_id,
                      std::string channel, StreamId stream, CounterId status_counter, SubscriptionHandlers handlers);
    SubscriptionState(const SubscriptionState&) = delete;
    SubscriptionState& operator=(const SubscriptionState&) = delete;

    // The polling thread.
    int poll(FragmentHandler handler, int fragment_limit);
    int controlled_poll(ControlledFragmentHandler handler, int fragment_limit);
    std::int64_t block_poll(BlockHandler handler, int byte_limit);

    // Anybody.
    [[nodiscard]] std::shared_ptr<const ImageList> images() const;
    [[nodiscard]] bool is_closed() const noexcept { return closed_.load(std::memory_order_acquire); }
    [[nodiscard]] CorrelationId registration_id() const noexcept { return registration_id_; }
    [[nodiscard]] const std::string& channel() const noexcept { return channel_; }
    [[nodiscard]] StreamId stream_id() const noexcept { return stream_id_; }
    [[nodiscard]] CounterId status_counter() const noexcept { return status_counter_; }
    [[nodiscard]] const SubscriptionHandlers& handlers() const noexcept { return handlers_; }
    [[nodiscard]] const std::shared_ptr<ClientCore>& core() const noexcept { return core_; }
    [[nodiscard]] const std::shared_ptr<CncMapping>& cnc() const noexcept { return cnc_; }

    // The core, under its lock.
    /// False when the image is in the list already.
    bool add(std::shared_ptr<ImageState> image);
    /// Closed and out of the list; null when it was not there.
    std::shared_ptr<ImageState> remove(CorrelationId image);
    /// Closes it and every image, and returns those.
    std::shared_ptr<const ImageList> mark_closed();

private:
    template <class PollImage> int take_turns(int fragment_limit, PollImage poll_image);
    void refresh();
    void replace(std::shared_ptr<const ImageList> list);

    std::atomic<std::uint64_t> version_{1};  // the conductor, after it replaced the list
    std::uint64_t seen_version_ = 0;         // this and the next two: the polling thread
    std::size_t round_robin_ = 0;
    std::shared_ptr<const ImageList> seen_;

    mutable std::mutex list_mutex_;
    std::shared_ptr<const ImageList> list_;
    std::atomic<bool> closed_{false};
    CorrelationId registration_id_;
    std::string channel_;
    StreamId stream_id_;
    CounterId status_counter_;
    SubscriptionHandlers handlers_;
    std::shared_ptr<CncMapping> cnc_;
    std::shared_ptr<ClientCore> core_;
};

}  // namespace gale::client

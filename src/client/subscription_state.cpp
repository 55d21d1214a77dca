#include "client/subscription_state.hpp"

#include <algorithm>
#include <utility>

namespace gale::client {

SubscriptionState::SubscriptionState(std::shared_ptr<ClientCore> core, std::shared_ptr<CncMapping> cnc,
                                     CorrelationId registration_id, std::string channel, StreamId stream,
                                     CounterId status_counter, SubscriptionHandlers handlers)
    : seen_{std::make_shared<const ImageList>()}, list_{seen_}, registration_id_{registration_id},
      channel_{std::move(channel)}, stream_id_{stream}, status_counter_{status_counter}, handlers_{std::move(handlers)},
      cnc_{std::move(cnc)}, core_{std::move(core)} {}

void SubscriptionState::refresh() {
    const std::uint64_t version = version_.load(std::memory_order_acquire);  // pairs with replace
    if (version == seen_version_) [[likely]]
        return;
    seen_ = images();  // may be newer than `version`: then the next poll copies it once more
    seen_version_ = version;
}

template <class PollImage> int SubscriptionState::take_turns(int fragment_limit, PollImage poll_image) {
    refresh();
    const ImageList& images = *seen_;
    const std::size_t count = images.size();
    if (count == 0) return 0;
    std::size_t start = round_robin_++;
    if (start >= count) {
        start = 0;
        round_robin_ = 1;
    }
    int fragments = 0;
    for (std::size_t i = start; i < count && fragments < fragment_limit; ++i)
        fragments += poll_image(*images[i], fragment_limit - fragments);
    for (std::size_t i = 0; i < start && fragments < fragment_limit; ++i)
        fragments += poll_image(*images[i], fragment_limit - fragments);
    return fragments;
}

int SubscriptionState::poll(FragmentHandler handler, int fragment_limit) {
    return take_turns(fragment_limit, [&](ImageState& image, int limit) { return image.poll(handler, limit); });
}

int SubscriptionState::controlled_poll(ControlledFragmentHandler handler, int fragment_limit) {
    return take_turns(fragment_limit,
                      [&](ImageState& image, int limit) { return image.controlled_poll(handler, limit); });
}

std::int64_t SubscriptionState::block_poll(BlockHandler handler, int byte_limit) {
    refresh();
    std::int64_t bytes = 0;
    for (const auto& image : *seen_) bytes += image->block_poll(handler, byte_limit);
    return bytes;
}

std::shared_ptr<const ImageList> SubscriptionState::images() const {
    const std::lock_guard lock{list_mutex_};
    return list_;
}

void SubscriptionState::replace(std::shared_ptr<const ImageList> list) {
    {
        const std::lock_guard lock{list_mutex_};
        list_.swap(list);
    }
    version_.fetch_add(1, std::memory_order_acq_rel);
}

bool SubscriptionState::add(std::shared_ptr<ImageState> image) {
    auto next = std::make_shared<ImageList>(*images());
    const auto same = [&](const auto& known) {
        return known->constants().correlation_id == image->constants().correlation_id;
    };
    if (std::ranges::any_of(*next, same)) return false;
    next->push_back(std::move(image));
    replace(std::move(next));
    return true;
}

std::shared_ptr<ImageState> SubscriptionState::remove(CorrelationId image) {
    auto next = std::make_shared<ImageList>(*images());
    const auto found =
        std::ranges::find_if(*next, [&](const auto& known) { return known->constants().correlation_id == image; });
    if (found == next->end()) return nullptr;
    auto removed = *found;
    removed->mark_closed();
    next->erase(found);
    replace(std::move(next));
    return removed;
}

std::shared_ptr<const ImageList> SubscriptionState::mark_closed() {
    auto last = images();
    for (const auto& image : *last) image->mark_closed();
    replace(std::make_shared<const ImageList>());
    closed_.store(true, std::memory_order_release);
    return last;
}

}  // namespace gale::client

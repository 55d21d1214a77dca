#include "client/client_core.hpp"

#include <gale/subscription.hpp>

#include <algorithm>
#include <utility>

namespace gale {

Subscription::Subscription() noexcept = default;
Subscription::Subscription(std::shared_ptr<client::SubscriptionState> state) noexcept : state_{std::move(state)} {}
Subscription::Subscription(Subscription&& other) noexcept = default;
Subscription& Subscription::operator=(Subscription&& other) noexcept {
    if (this == &other) return *this;
    close();
    state_ = std::move(other.state_);
    return *this;
}
Subscription::~Subscription() { close(); }

int Subscription::poll(FragmentHandler handler, int fragment_limit) {
    return state_ ? state_->poll(handler, fragment_limit) : 0;
}
int Subscription::controlled_poll(ControlledFragmentHandler handler, int fragment_limit) {
    return state_ ? state_->controlled_poll(handler, fragment_limit) : 0;
}
std::int64_t Subscription::block_poll(BlockHandler handler, int byte_limit) {
    return state_ ? state_->block_poll(handler, byte_limit) : 0;
}

bool Subscription::is_connected() const {
    if (!state_) return false;
    const auto list = state_->images();
    return std::ranges::any_of(*list, [](const auto& image) { return !image->is_closed(); });
}
bool Subscription::is_closed() const noexcept { return !state_ || state_->is_closed(); }
int Subscription::image_count() const { return state_ ? static_cast<int>(state_->images()->size()) : 0; }

std::vector<Image> Subscription::images() const {
    std::vector<Image> all;
    if (!state_) return all;
    const auto list = state_->images();
    all.reserve(list->size());
    for (const auto& image : *list) all.emplace_back(image);
    return all;
}

std::optional<Image> Subscription::image_by_session(SessionId session) const {
    if (!state_) return std::nullopt;
    const auto list = state_->images();
    const auto found =
        std::ranges::find_if(*list, [&](const auto& image) { return image->constants().session_id == session; });
    if (found == list->end()) return std::nullopt;
    return Image{*found};
}

const std::string& Subscription::channel() const noexcept {
    static const std::string none;
    return state_ ? state_->channel() : none;
}
StreamId Subscription::stream_id() const noexcept { return state_ ? state_->stream_id() : StreamId{}; }
CorrelationId Subscription::registration_id() const noexcept {
    return state_ ? state_->registration_id() : CorrelationId{};
}
CounterId Subscription::channel_status_id() const noexcept { return state_ ? state_->status_counter() : no_counter; }
ChannelStatus Subscription::channel_status() const noexcept {
    if (!state_) return ChannelStatus::closing;
    return client::channel_status(*state_->cnc(), state_->status_counter(), state_->is_closed());
}

void Subscription::close() noexcept {
    if (state_ && !state_->is_closed()) state_->core()->release(*state_);
}

}  // namespace gale

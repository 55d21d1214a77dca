#include "capi/client/addresses.hpp"
#include "capi/client/assemblers.hpp"
#include "capi/client/client.hpp"
#include "capi/client/polling.hpp"
#include "capi/error.hpp"

#include <algorithm>
#include <memory>

namespace gale::capi {
namespace {

constexpr std::string_view no_handler = "the handler is null";

/// What may be polled and asked: neither null nor closed, not even a moment ago.
[[gnu::always_inline]] inline SubscriptionObject* open(aeron_subscription_t* handle) noexcept {
    auto* object = find<SubscriptionObject>(handle);
    return object == nullptr || object->is_ending.load(std::memory_order_relaxed) ? nullptr : object;
}

[[gnu::cold]] int not_open(aeron_subscription_t* handle) noexcept {
    if (find<SubscriptionObject>(handle) != nullptr) return fail(EINVAL, "the subscription was closed");
    return refused<SubscriptionObject>(handle);
}

/// The first value of a parameter in a channel: where it begins and ends. Empty where there is none.
std::string_view value_of(std::string_view channel, std::string_view key) noexcept {
    for (std::size_t begin = channel.find(key); begin != channel.npos; begin = channel.find(key, begin + 1)) {
        const std::size_t value = begin + key.size();
        const bool is_key = begin > 0 && (channel[begin - 1] == '?' || channel[begin - 1] == '|') &&
                            value < channel.size() && channel[value] == '=';
        if (is_key) return channel.substr(value + 1, channel.find('|', value) - value - 1);
    }
    return {};
}

/// The channel with the address that port 0 of its endpoint came to; empty as long as nobody knows. A group keeps its
/// address, and only gets the port. Other channels are what they are.
std::string resolved_channel(const Subscription& subscription) {
    std::string channel = subscription.channel();
    if (channel.starts_with("aeron-spy:"))
        throw Error{ErrorCode::invalid_argument, "a spy has no endpoint of its own that could be resolved: " + channel};
    const std::string_view endpoint = value_of(channel, "endpoint");
    if (!channel.starts_with("aeron:udp") || !endpoint.ends_with(":0") || value_of(channel, "control-mode") == "manual")
        return channel;
    const auto addresses = subscription.local_addresses();
    if (addresses.empty()) return {};
    const std::string& bound = addresses.front();
    const std::string port = bound.substr(bound.rfind(':') + 1);
    const bool is_any = bound.starts_with("0.0.0.0:") || bound.starts_with("[::]:");
    const std::string found = is_any ? std::string{endpoint.substr(0, endpoint.size() - 1)} + port : bound;
    return channel.replace(static_cast<std::size_t>(endpoint.data() - channel.data()), endpoint.size(), found);
}

/// One more reference for the program; null for what has gone.
aeron_image_t* retained(SubscriptionObject& object, const client::ImageState& image) noexcept {
    auto* handle = static_cast<aeron_image_t*>(image.attached());
    return handle == nullptr ? nullptr : object.shared->retain(handle);
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::no_counter;

int aeron_subscription_poll(aeron_subscription_t* subscription, aeron_fragment_handler_t handler, void* clientd,
                            size_t fragment_limit) {
    auto* object = open(subscription);
    if (object == nullptr) [[unlikely]]
        return not_open(subscription);
    if (handler == nullptr) [[unlikely]]
        return fail(EINVAL, no_handler);
    if (auto* assembler = assembler_behind(handler, clientd); assembler != nullptr)
        return object->subscription.state()->poll(*assembler, limit(fragment_limit));
    return object->subscription.state()->poll(CallFragmentHandler{handler, clientd}, limit(fragment_limit));
}

int aeron_subscription_controlled_poll(aeron_subscription_t* subscription, aeron_controlled_fragment_handler_t handler,
                                       void* clientd, size_t fragment_limit) {
    auto* object = open(subscription);
    if (object == nullptr) [[unlikely]]
        return not_open(subscription);
    if (handler == nullptr) [[unlikely]]
        return fail(EINVAL, no_handler);
    return object->subscription.state()->controlled_poll(CallControlledHandler{handler, clientd},
                                                         limit(fragment_limit));
}

long aeron_subscription_block_poll(aeron_subscription_t* subscription, aeron_block_handler_t handler, void* clientd,
                                   size_t block_length_limit) {
    auto* object = open(subscription);
    if (object == nullptr) [[unlikely]]
        return not_open(subscription);
    if (handler == nullptr) [[unlikely]]
        return fail(EINVAL, no_handler);
    return object->subscription.state()->block_poll(CallBlockHandler{handler, clientd}, limit(block_length_limit));
}

bool aeron_subscription_is_connected(aeron_subscription_t* subscription) {
    auto* object = open(subscription);
    if (object == nullptr) {
        not_open(subscription);
        return false;
    }
    return object->subscription.is_connected();
}

int aeron_subscription_constants(aeron_subscription_t* subscription, aeron_subscription_constants_t* constants) {
    auto* object = find<SubscriptionObject>(subscription);
    if (object == nullptr) return refused<SubscriptionObject>(subscription);
    if (constants == nullptr) return fail(EINVAL, "there is no place for the constants: null");
    const auto& of = object->subscription;
    *constants = {.channel = of.channel().c_str(),
                  .on_available_image = object->shared->on_available().function,
                  .on_unavailable_image = object->shared->on_unavailable().function,
                  .registration_id = of.registration_id().value,
                  .stream_id = of.stream_id().value,
                  .channel_status_indicator_id = of.channel_status_id().value};
    return 0;
}

int aeron_subscription_image_count(aeron_subscription_t* subscription) {
    auto* object = open(subscription);
    return object == nullptr ? not_open(subscription) : object->subscription.image_count();
}

aeron_image_t* aeron_subscription_image_by_session_id(aeron_subscription_t* subscription, int32_t session_id) {
    auto* object = open(subscription);
    if (object == nullptr) {
        not_open(subscription);
        return nullptr;
    }
    const auto images = object->subscription.state()->images();
    for (const auto& image : *images)
        if (image->constants().session_id.value == session_id) return retained(*object, *image);
    return nullptr;
}

aeron_image_t* aeron_subscription_image_at_index(aeron_subscription_t* subscription, size_t index) {
    auto* object = open(subscription);
    if (object == nullptr) {
        not_open(subscription);
        return nullptr;
    }
    const auto images = object->subscription.state()->images();
    return index < images->size() ? retained(*object, *(*images)[index]) : nullptr;
}

void aeron_subscription_for_each_image(aeron_subscription_t* subscription, void (*handler)(aeron_image_t*, void*),
                                       void* clientd) {
    auto* object = open(subscription);
    if (object == nullptr) {
        not_open(subscription);
        return;
    }
    if (handler == nullptr) return set_error(EINVAL, no_handler);
    const auto images = object->subscription.state()->images();
    for (const auto& image : *images) {
        aeron_image_t* handle = retained(*object, *image);
        if (handle == nullptr) continue;
        const auto give_back = [&](aeron_image_t* held) { object->shared->release(held); };
        const std::unique_ptr<aeron_image_t, decltype(give_back)> held{handle, give_back};  // handlers may throw
        handler(handle, clientd);
    }
}

int aeron_subscription_image_retain(aeron_subscription_t* subscription, aeron_image_t* image) {
    auto* object = open(subscription);
    if (object == nullptr) return not_open(subscription);
    if (find<ImageObject>(image) == nullptr) return refused<ImageObject>(image);
    if (object->shared->lists(image)) static_cast<void>(object->shared->retain(image));
    return 0;
}

int aeron_subscription_image_release(aeron_subscription_t* subscription, aeron_image_t* image) {
    auto* object = open(subscription);
    if (object == nullptr) return not_open(subscription);
    if (find<ImageObject>(image) == nullptr) return refused<ImageObject>(image);
    if (object->shared->lists(image) && !object->shared->release(image))
        return fail(EINVAL, "the program holds no reference to the image");
    return 0;
}

bool aeron_subscription_is_closed(aeron_subscription_t* subscription) {
    if (subscription == nullptr) return false;
    auto* object = open(subscription);
    return object == nullptr || object->subscription.is_closed();
}

int64_t aeron_subscription_channel_status(aeron_subscription_t* subscription) {
    auto* object = open(subscription);
    if (object == nullptr) return not_open(subscription);
    if (object->subscription.is_closed() || object->subscription.channel_status_id() == no_counter) return -1;
    return static_cast<std::int64_t>(object->subscription.channel_status());
}

int aeron_subscription_close(aeron_subscription_t* subscription, aeron_notification_t on_close_complete,
                             void* on_close_complete_clientd) {
    if (subscription == nullptr) return 0;
    auto* object = find<SubscriptionObject>(subscription);
    if (object == nullptr)
        return is_of_another_kind(subscription, Kind::subscription) ? refused<SubscriptionObject>(subscription) : 0;
    return guarded([&] {
        const auto shared = object->shared;
        shared->close(*object, subscription, {on_close_complete, on_close_complete_clientd});
    });
}

int aeron_subscription_local_sockaddrs(aeron_subscription_t* subscription, aeron_iovec_t* address_vec,
                                       size_t address_vec_len) {
    auto* object = open(subscription);
    if (object == nullptr) return not_open(subscription);
    return guarded(
        [&] { return copy_addresses(object->subscription.local_addresses(), address_vec, address_vec_len); });
}

int aeron_subscription_resolved_endpoint(aeron_subscription_t* subscription, const char* address, size_t address_len) {
    auto* object = open(subscription);
    if (object == nullptr) return not_open(subscription);
    if (address == nullptr || address_len == 0) return fail(EINVAL, "there is no place for the address");
    return guarded([&] {
        const auto addresses = object->subscription.local_addresses();
        // Whatever its type says, it is written to.
        copy_text(addresses.empty() ? std::string_view{} : std::string_view{addresses.front()},
                  const_cast<char*>(address), address_len);
        return static_cast<int>(addresses.size());
    });
}

int aeron_subscription_try_resolve_channel_endpoint_port(aeron_subscription_t* subscription, char* uri,
                                                         size_t uri_len) {
    auto* object = open(subscription);
    if (object == nullptr) return not_open(subscription);
    if (uri == nullptr || uri_len == 0) return fail(EINVAL, "there is no place for the channel");
    return guarded([&] {
        const std::string resolved = resolved_channel(object->subscription);
        copy_text(resolved, uri, uri_len);
        return static_cast<int>(std::min(resolved.size(), uri_len - 1));
    });
}

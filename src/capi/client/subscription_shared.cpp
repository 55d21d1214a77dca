// What the handlers of a subscription and the handles of its images have in common.
#include "capi/client/client.hpp"
#include "capi/error.hpp"

namespace gale::capi {

SubscriptionHandlers SubscriptionShared::handlers() {
    const auto self = shared_from_this();
    return {.on_available_image = [self](const Image& image) { self->became_available(image); },
            .on_unavailable_image = [self](const Image& image) { self->became_unavailable(image); },
            .attach = [self](const Image& image) -> void* { return self->attach(image); }};
}

void SubscriptionShared::expect(Pending<Subscription> pending) {
    {
        const std::lock_guard lock{mutex_};
        registration_id_ = pending.registration_id();
        pending_.emplace(std::move(pending));
    }
    expected_.notify_all();
}

void SubscriptionShared::give_up() noexcept {
    std::optional<Pending<Subscription>> pending;
    aeron_subscription_t* made = nullptr;
    {
        const std::lock_guard lock{mutex_};
        is_given_up_ = true;
        if (pending_) pending.emplace(*std::move(pending_));
        pending_.reset();
        made = handle_;
    }
    expected_.notify_all();
    pending.reset();  // cancels
    if (made != nullptr) aeron_subscription_close(made, nullptr, nullptr);
}

aeron_subscription_t* SubscriptionShared::handle() {
    std::optional<Pending<Subscription>> answered;  // ends when the lock is open again: that calls the client
    std::unique_lock lock{mutex_};
    // An image may come before the call that asked has even returned.
    expected_.wait(lock, [&] { return pending_.has_value() || handle_ != nullptr || is_given_up_; });
    if (handle_ != nullptr || !pending_) return handle_;
    auto subscription = pending_->poll();
    if (!subscription) return nullptr;
    handle_ = create<SubscriptionObject>(*std::move(subscription), shared_from_this());
    answered.emplace(*std::move(pending_));
    pending_.reset();
    client_.add_resource(registration_id_.value, slot_of(handle_));
    return handle_;
}

aeron_subscription_t* SubscriptionShared::known_handle() noexcept {
    const std::lock_guard lock{mutex_};
    return handle_;
}

// Under the client's lock: it only makes the handle.
aeron_image_t* SubscriptionShared::attach(const Image& image) noexcept {
    try {
        auto* handle = create<ImageObject>(image, shared_from_this());
        client_.add_image(slot_of(handle));
        const std::lock_guard lock{mutex_};
        listed_.insert(handle);
        return handle;
    } catch (...) {  // out of memory: the image is there, and nobody hears of it
        return nullptr;
    }
}

void SubscriptionShared::became_available(const Image& image) {
    auto* of_image = static_cast<aeron_image_t*>(image.attached());
    if (on_available_.function == nullptr || of_image == nullptr) return;
    if (aeron_subscription_t* of_subscription = handle(); of_subscription != nullptr)
        on_available_.function(on_available_.clientd, of_subscription, of_image);
}

void SubscriptionShared::became_unavailable(const Image& image) {
    auto* of_image = static_cast<aeron_image_t*>(image.attached());
    const auto* object = find<ImageObject>(of_image);
    if (object == nullptr) return;
    bool tell = !client_.core->is_closed();  // with Aeron's C client only close handlers hear of the client's end
    {
        const std::lock_guard lock{mutex_};
        tell = tell && on_unavailable_.function != nullptr && !is_silent_ && !(is_ending_ && object->references > 0);
    }
    if (tell)
        if (aeron_subscription_t* of_subscription = handle(); of_subscription != nullptr)
            on_unavailable_.function(on_unavailable_.clientd, of_subscription, of_image);
    unlist(of_image);
}

void SubscriptionShared::close(SubscriptionObject& object, aeron_subscription_t* handle, Notification on_complete) {
    if (object.is_ending.exchange(true)) return;
    const bool was_closed = object.subscription.is_closed();
    std::int64_t id = 0;
    {
        const std::lock_guard lock{mutex_};
        is_ending_ = true;
        is_silent_ = was_closed;
        id = registration_id_.value;
    }
    client_.forget_resource(id);
    const auto finish = [self = shared_from_this(), handle] {
        {
            const std::lock_guard lock{self->mutex_};
            self->is_silent_ = true;
        }
        self->unlist_all();
        if (invalidate<SubscriptionObject>(handle)) self->client_.retire(slot_of(handle));
    };
    if (was_closed) {
        client_.core->settle();  // no handler is under way that could use what the caller frees next
        return finish();
    }
    client_.on_conductor([&object, on_complete, finish] {
        object.subscription.close();
        finish();
        if (on_complete.function != nullptr) on_complete.function(on_complete.clientd);
    });
}

aeron_image_t* SubscriptionShared::retain(aeron_image_t* handle) noexcept {
    const std::lock_guard lock{mutex_};
    auto* object = find<ImageObject>(handle);
    if (object == nullptr) return nullptr;
    ++object->references;
    return handle;
}

bool SubscriptionShared::release(aeron_image_t* handle) noexcept {
    {
        const std::lock_guard lock{mutex_};
        auto* object = find<ImageObject>(handle);
        if (object == nullptr || object->references == 0) return false;
        if (--object->references > 0 || object->is_listed) return true;
    }
    retire(handle);
    return true;
}

bool SubscriptionShared::lists(aeron_image_t* handle) noexcept {
    const std::lock_guard lock{mutex_};
    return listed_.contains(handle);
}

std::int64_t SubscriptionShared::count(aeron_image_t* handle) noexcept {
    const std::lock_guard lock{mutex_};
    const auto* object = find<ImageObject>(handle);
    return object == nullptr ? 0 : object->references + (object->is_listed ? 1 : 0);
}

void SubscriptionShared::unlist(aeron_image_t* handle) noexcept {
    {
        const std::lock_guard lock{mutex_};
        auto* object = find<ImageObject>(handle);
        if (object == nullptr || !object->is_listed) return;
        object->is_listed = false;
        listed_.erase(handle);
        if (object->references > 0) return;
    }
    retire(handle);
}

void SubscriptionShared::unlist_all() noexcept {
    std::set<aeron_image_t*> all;
    {
        const std::lock_guard lock{mutex_};
        all = listed_;
    }
    for (aeron_image_t* handle : all) unlist(handle);
}

void SubscriptionShared::retire(aeron_image_t* handle) noexcept {
    if (!invalidate<ImageObject>(handle)) return;
    client_.forget_image(slot_of(handle));
    client_.retire(slot_of(handle));
}

}  // namespace gale::capi

/// The receiving end of a stream: the images of everybody who publishes on it.
#pragma once

#include <gale/handlers.hpp>
#include <gale/image.hpp>
#include <gale/publication.hpp>
#include <gale/types.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale {

namespace client {
class SubscriptionState;
}

/// Called one at a time on the client's conductor thread (in invoker mode: by whoever steps the client), or by whoever
/// closes the subscription. They may call anything that does not wait. Keep them short.
struct SubscriptionHandlers {
    std::function<void(const Image&)> on_available_image{};
    std::function<void(const Image&)> on_unavailable_image{};
    /// For bindings to other languages: what they keep with an image, made before anybody can poll it.
    /// Image::attached() gives it back. Must not call anything of this client's.
    std::function<void*(const Image&)> attach{};
};

/// Owns its registration. Movable, closes itself. Polling is for one thread at a time; every other call for any thread,
/// and every call may be made after `close`, also after the client's.
class Subscription {
public:
    Subscription() noexcept;
    explicit Subscription(std::shared_ptr<client::SubscriptionState> state) noexcept;
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;
    ~Subscription();

    /// Delivers up to `fragment_limit` fragments from the images in turn, each poll beginning with another; returns how
    /// many.
    int poll(FragmentHandler handler, int fragment_limit);
    /// An action ends the work on its image only.
    int controlled_poll(ControlledFragmentHandler handler, int fragment_limit);
    /// One block of each image, each at most `byte_limit` bytes; returns the bytes.
    std::int64_t block_poll(BlockHandler handler, int byte_limit);

    [[nodiscard]] bool is_connected() const;  ///< some image is alive
    [[nodiscard]] bool is_closed() const noexcept;
    [[nodiscard]] int image_count() const;
    [[nodiscard]] std::vector<Image> images() const;
    [[nodiscard]] std::optional<Image> image_by_session(SessionId session) const;
    [[nodiscard]] const std::string& channel() const noexcept;
    [[nodiscard]] StreamId stream_id() const noexcept;
    [[nodiscard]] CorrelationId registration_id() const noexcept;
    [[nodiscard]] CounterId channel_status_id() const noexcept;  ///< none over shared memory
    [[nodiscard]] ChannelStatus channel_status() const noexcept;

    /// `address:port` of each socket that the channel has bound so far; none over shared memory.
    [[nodiscard]] std::vector<std::string> local_addresses() const;
    /// Why it hears nothing, or which image is slow and why, or that all is well. As Publication::diagnose.
    [[nodiscard]] Diagnosis diagnose() const;

    /// For a channel with `control-mode=manual`: one more place to listen at. Waits for the driver's answer and throws
    /// what it refuses; not from a handler, where the async_ twins belong.
    void add_destination(std::string_view channel);
    void remove_destination(std::string_view channel);
    [[nodiscard]] Pending<CorrelationId> async_add_destination(std::string_view channel);
    [[nodiscard]] Pending<CorrelationId> async_remove_destination(std::string_view channel);

    /// Idempotent. Its images close, each with on_unavailable_image, called by this thread. When it returns, no handler
    /// of this subscription runs any more (but the one it was called from). Does not wait for the driver.
    void close() noexcept;
    [[nodiscard]] const std::shared_ptr<client::SubscriptionState>& state() const noexcept { return state_; }

private:
    std::shared_ptr<client::SubscriptionState> state_;
};

}  // namespace gale

// What the receiver reports, and the lives of images. docs/formats/control.md, image states.
#include "driver/conductor/network_subscriptions.hpp"
#include "driver/conductor/subscription_rules.hpp"
#include "driver/receiver/endpoint.hpp"
#include "driver/receiver/image.hpp"

#include <gale/error.hpp>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

namespace gale::driver {
namespace {

using control::CounterType;

constexpr std::size_t max_rejection_length = 1023;
constexpr std::string_view no_image = "a set-up from the network got no image";

}  // namespace

void NetworkSubscriptions::on(receiver::Event&& event, Tick tick) {
    std::visit([&](auto&& each) { on_event(std::forward<decltype(each)>(each), tick); }, std::move(event));
}

void NetworkSubscriptions::on_event(receiver::ImageWanted&& event, Tick tick) {
    const receiver::ForgetSetup not_now{event.endpoint, event.stream_id, event.session_id};
    try {
        if (start_image(event, tick)) return;
    } catch (const std::exception& why) {  // nobody waits for an answer
        with_.voice.record_foreign(no_image, why, tick.wall);
    }
    commands_.push(receiver::Command{not_now});
}

NetworkSubscriptions::Listener* NetworkSubscriptions::first_listener(const receiver::ImageWanted& wanted) noexcept {
    const auto found = std::ranges::find_if(listeners_, [&](const auto& each) {
        return each->channel->endpoint == wanted.endpoint &&
               each->subscription.accepts(wanted.stream_id, wanted.session_id);
    });
    return found == listeners_.end() ? nullptr : found->get();
}

bool NetworkSubscriptions::start_image(receiver::ImageWanted& wanted, Tick tick) {
    ReceiveChannel* const channel = channels_.find(wanted.endpoint);
    const Listener* const first = first_listener(wanted);
    if (channel == nullptr || channel->is_closing || first == nullptr) return false;
    const std::string which = "session " + std::to_string(wanted.session_id.value) + " of stream " +
                              std::to_string(wanted.stream_id.value) + " from " + net::to_string(wanted.source) +
                              " on " + channel->channel;
    const std::int64_t room = channel->receive_buffer_length();
    const std::int32_t window =
        logbuffer::window_length(channel->parameters.settings.receiver_window, wanted.term_length);
    if (wanted.mtu > window || (room != 0 && wanted.mtu > room))
        throw Error{ErrorCode::generic, "cannot receive " + which + ": its mtu of " + std::to_string(wanted.mtu) +
                                            " exceeds the receiver window of " + std::to_string(window) +
                                            " (rcv-wnd, at most half a term), or the socket receive buffer of " +
                                            std::to_string(room)};
    const CorrelationId id{ids_.next_correlation_id()};
    const bool group = is_group(first->parameters.settings.group, channel->addresses.is_multicast, wanted);
    const ImageLogFacts facts{.registration_id = id,
                              .wanted = wanted,
                              .parameters = first->parameters,
                              .is_group = group,
                              .receive_buffer_length = room};
    std::shared_ptr<StoredLog> log =
        make_log(image_log_settings(facts, static_cast<std::int32_t>(with_.options.file_page_size)), tick);
    describe_image(facts, log->log().metadata());
    Unopened ready{.registration_id = id, .wanted = wanted, .log = std::move(log)};
    if (first->parameters.settings.sparse || ready.log->is_whole())
        open_image(std::move(ready), tick);
    else
        unopened_.push_back(std::move(ready));
    return true;
}

// Anybody can ask for images by a SETUP: together they leave memory for others.
std::shared_ptr<StoredLog> NetworkSubscriptions::make_log(const logbuffer::LogSettings& settings, Tick tick) {
    const std::int64_t length = logbuffer::file_length(settings.term_length, settings.page_size);
    if (length > most_memory_ - used_memory_) {
        with_.refusals.add(control::Refusal::images);
        throw Error{ErrorCode::storage_space, "an image was refused: its log has " + std::to_string(length) +
                                                  " bytes, and of the " + std::to_string(most_memory_) +
                                                  " for all images (gale.image.memory.limit) " +
                                                  std::to_string(most_memory_ - used_memory_) + " are left"};
    }
    LogStore::Created created = with_.logs.create(settings);
    if (created.warning) with_.voice.warn(ErrorCode::storage_space, *created.warning, tick.wall);
    used_memory_ += created.log->length();
    return std::move(created.log);
}

void NetworkSubscriptions::release_log(std::shared_ptr<StoredLog> log) {
    used_memory_ -= log->length();
    with_.logs.release(std::move(log));
}

int NetworkSubscriptions::open_ready(Tick tick) {
    int work = 0;
    for (std::size_t i = 0; i < unopened_.size();) {
        if (!unopened_[i].log->is_whole() && !unopened_[i].log->is_starved()) {
            ++i;
            continue;
        }
        Unopened ready = std::move(unopened_[i]);
        unopened_.erase(unopened_.begin() + static_cast<std::ptrdiff_t>(i));
        const receiver::ForgetSetup not_now{ready.wanted.endpoint, ready.wanted.stream_id, ready.wanted.session_id};
        try {
            open_image(std::move(ready), tick);
        } catch (const std::exception& why) {
            with_.voice.record_foreign(no_image, why, tick.wall);
            commands_.push(receiver::Command{not_now});
        }
        ++work;
    }
    return work;
}

// Those who wanted it may be gone since its log was asked for.
void NetworkSubscriptions::open_image(Unopened ready, Tick tick) {
    const receiver::ImageWanted& wanted = ready.wanted;
    ReceiveChannel* const channel = channels_.find(wanted.endpoint);
    Listener* const first = first_listener(wanted);
    std::unique_ptr<NetworkImage> image;
    try {
        if (channel == nullptr || first == nullptr)
            throw Error{ErrorCode::unknown_subscription, "nobody listens any more to session " +
                                                             std::to_string(wanted.session_id.value) + " of stream " +
                                                             std::to_string(wanted.stream_id.value)};
        image = make_image(ready, *channel, *first, tick);
    } catch (...) {
        release_log(std::move(ready.log));
        throw;
    }
    NetworkImage& made = *images_.emplace_back(std::move(image));
    for (const auto& listener : listeners_)
        if (hears(*listener, made)) link(made, *listener, made.spec().join, tick);
}

std::unique_ptr<NetworkImage> NetworkSubscriptions::make_image(const Unopened& ready, ReceiveChannel& channel,
                                                               const Listener& first, Tick tick) {
    const receiver::ImageWanted& wanted = ready.wanted;
    const auto& options = with_.options;
    const channel::SubscriptionParameters& shared = channel.parameters;
    const logbuffer::Log& log = ready.log->log();
    const Position join = log.geometry().position({wanted.active_term_id, wanted.term_offset});
    const control::StreamKey key{ready.registration_id, wanted.session_id, wanted.stream_id,
                                 first.subscription.channel};
    CounterSet counters{with_.counters, tick};
    const auto counter = [&](CounterType type, std::int64_t value) {
        return counters.add_stream(type, control::name(type), key, first.subscription.client_id, value);
    };
    const CounterId high_water = counter(CounterType::receiver_high_water_mark, join.value);
    const CounterId position = counter(CounterType::receiver_position, join.value);
    const CounterId naks = counter(CounterType::receiver_naks_sent, 0);
    const receiver::WindowSettings window{.window = shared.settings.receiver_window,
                                          .term_length = wanted.term_length,
                                          .mtu = wanted.mtu,
                                          .receive_buffer_length = channel.receive_buffer_length()};
    auto congestion = make_congestion_control(options, shared, window, counters, key, tick);
    const receiver::ImageCounters cells{with_.counters.value(high_water), with_.counters.value(position),
                                        with_.counters.value(naks)};
    const bool group = is_group(first.parameters.settings.group, channel.addresses.is_multicast, wanted);
    auto made = std::make_unique<NetworkImage>(
        NetworkImage::Spec{.registration_id = ready.registration_id,
                           .session_id = wanted.session_id,
                           .stream_id = wanted.stream_id,
                           .join = join,
                           .source_identity = net::to_string(wanted.source),
                           .channel = first.subscription.channel,
                           .rejoin = first.subscription.rejoin,
                           .response_wanted = wanted.response_wanted,
                           .untethered = shared.settings.untethered,
                           .liveness_timeout = options.image_liveness_timeout,
                           .status_interval = options.status_message_timeout},
        channel, ready.log, NetworkImage::Counters{.all = std::move(counters), .receiver_position = position});
    auto image =
        std::make_unique<receiver::Image>(receiver::ImageSettings{.session_id = wanted.session_id,
                                                                  .stream_id = wanted.stream_id,
                                                                  .join_position = join,
                                                                  .is_reliable = first.parameters.settings.reliable,
                                                                  .nak = nak_settings(options, shared, group),
                                                                  .liveness_timeout = options.image_liveness_timeout,
                                                                  .status_interval = options.status_message_timeout,
                                                                  .seed = with_.random.next(),
                                                                  .destination = wanted.destination,
                                                                  .source = wanted.control},
                                          log, std::move(congestion), cells, made->shared());
    made->give(*image);
    commands_.push(receiver::AddImage{channel.endpoint, std::move(image)});
    return made;
}

NetworkImage* NetworkSubscriptions::find(const receiver::Image* image) noexcept {
    const auto found = std::ranges::find(images_, image, [](const auto& each) { return each->receiving(); });
    return found == images_.end() ? nullptr : found->get();
}

NetworkImage* NetworkSubscriptions::find_image(CorrelationId image) noexcept {
    const auto found = std::ranges::find(images_, image, [](const auto& each) { return each->spec().registration_id; });
    return found == images_.end() ? nullptr : found->get();
}

int NetworkSubscriptions::update(Tick tick) {
    int work = unopened_.empty() ? 0 : open_ready(tick);
    for (std::size_t i = images_.size(); i-- > 0;) {
        NetworkImage& image = *images_[i];
        work += image.update() + advance(image, tick);
        if (!image.is_done(tick.now)) continue;
        destroy(images_.begin() + static_cast<std::ptrdiff_t>(i), tick);
        ++work;
    }
    return work;
}

int NetworkSubscriptions::advance(NetworkImage& image, Tick tick) {
    if (image.take_starvation())
        with_.voice.record(ErrorCode::storage_space,
                           "image " + std::to_string(image.spec().registration_id.value) +
                               ": no space was left for the rest of its log " + image.stored()->path() +
                               "; it stops where storage ends",
                           tick.wall);
    if (image.phase() != ImagePhase::draining || !image.is_drained()) return 0;
    const bool told = image.take_unavailability();
    if (told) linker_.tell_unavailable(image.facts(), image.subscribers());
    if (!image.has_said_goodbye(tick.now)) return told ? 1 : 0;
    retire(image, tick);
    return 1;
}

// An image that nobody reads any more says so to its publication, and goes.
void NetworkSubscriptions::follow_subscribers(NetworkImage& image, Tick tick) {
    if (image.phase() != ImagePhase::active || image.has_working_subscriber()) return;
    if (image.receiving() != nullptr) commands_.push(receiver::BeginEndOfStream{image.receiving()});
    image.drain(tick.now);
}

void NetworkSubscriptions::retire(NetworkImage& image, Tick tick) {
    if (image.take_unavailability()) linker_.tell_unavailable(image.facts(), image.subscribers());
    commands_.push(receiver::RemoveImage{image.receiving(), image.spec().rejoin});
    ReceiveChannel& channel = *image.channel();
    image.linger(tick.now);
    channels_.close_unused(channel);
}

void NetworkSubscriptions::destroy(Images::iterator image, Tick tick) {
    NetworkImage& gone = **image;
    while (!gone.subscribers().empty())
        if (const auto counter = gone.remove_subscriber(gone.subscribers().back().subscription()))
            linker_.free(*counter, tick);
    gone.free_counters(tick);
    auto log = gone.stored();
    images_.erase(image);
    release_log(std::move(log));
}

void NetworkSubscriptions::on_event(const receiver::ImageEnded& event, Tick tick) {
    NetworkImage* const image = find(event.image);
    if (image == nullptr || image->phase() == ImagePhase::lingering) return;
    if (event.how == receiver::ImageEnd::revoked) return retire(*image, tick);
    if (image->phase() == ImagePhase::active) image->drain(tick.now);
}

void NetworkSubscriptions::on_event(receiver::ImageReleased&& event, Tick /*tick*/) {
    if (NetworkImage* const image = find(event.image.get()); image != nullptr) image->take_back();
}

void NetworkSubscriptions::on_event(const receiver::LossSeen& event, Tick tick) {
    NetworkImage* const image = find(event.image);
    if (image == nullptr || image->loss_does_not_fit) return;
    if (image->loss) return losses_.lost_more(*image->loss, event.bytes, tick.wall);
    const auto& spec = image->spec();
    image->loss = losses_.add({.session_id = spec.session_id,
                               .stream_id = spec.stream_id,
                               .channel = spec.channel,
                               .source = spec.source_identity,
                               .bytes_lost = event.bytes},
                              tick.wall);
    image->loss_does_not_fit = !image->loss;
}

void NetworkSubscriptions::on_event(receiver::EndpointReleased&& event, Tick tick) {
    std::erase_if(unopened_, [&](Unopened& each) {
        if (each.wanted.endpoint != event.endpoint.get()) return false;
        release_log(std::move(each.log));
        return true;
    });
    channels_.on(std::move(event), tick);
}

void NetworkSubscriptions::on_event(const receiver::TtlAsymmetry& event, Tick tick) {
    const ReceiveChannel* const channel = channels_.find(event.endpoint);
    if (channel != nullptr)
        with_.voice.warn(ErrorCode::generic,
                         channel->channel + ": the publication's ttl is higher than ours: status messages may not "
                                            "reach it; give the subscription the same ttl",
                         tick.wall);
}

void NetworkSubscriptions::on_event(const receiver::TransportFailed& event, Tick tick) {
    ReceiveChannel* const channel = channels_.find(event.endpoint);
    if (channel == nullptr) return;
    const std::string why = event.error == 0 ? "the system takes no more sockets to wait for; raise ulimit -n"
                                             : std::generic_category().message(event.error);
    const std::string text = channel->channel + ": receiving failed: " + why;
    with_.voice.record(ErrorCode::channel_endpoint_error, text, tick.wall);
    if (std::exchange(channel->told_error, event.error) == event.error && event.error != 0) return;
    with_.voice.tell(control::ErrorEvent{.correlation_id = CorrelationId{channel->status.value},
                                         .code = ErrorCode::channel_endpoint_error,
                                         .text = text});
}

bool NetworkSubscriptions::reject(const control::RejectImage& command, Tick tick) {
    NetworkImage* const image = find_image(command.image_correlation_id);
    if (image == nullptr || image->phase() == ImagePhase::lingering) return false;
    if (command.reason.size() > max_rejection_length)
        throw Error{ErrorCode::generic, "the reason for rejecting an image has " +
                                            std::to_string(command.reason.size()) + " bytes; at most 1023 are allowed"};
    commands_.push(receiver::RejectImage{image->receiving(), std::string{command.reason}});
    with_.system.add(control::SystemCounter::images_rejected);
    with_.voice.tell(control::OperationSucceeded{command.request.correlation_id});
    const auto& spec = image->spec();
    with_.voice.record(ErrorCode::image_rejected,
                       "image " + std::to_string(spec.registration_id.value) + " of " + spec.channel + " stream " +
                           std::to_string(spec.stream_id.value) + " from " + spec.source_identity +
                           " was rejected: " + std::string{command.reason},
                       tick.wall);
    return true;
}

}  // namespace gale::driver

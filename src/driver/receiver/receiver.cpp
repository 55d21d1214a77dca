#include "driver/receiver/receiver.hpp"

#include <algorithm>

namespace gale::driver::receiver {

namespace {

constexpr Nanos loss_report_interval = std::chrono::milliseconds{100};

}  // namespace

Receiver::Receiver(const ReceiverOptions& options, Commands& commands, Events& events, const Counters& counters,
                   net::Poller& poller, FunctionRef<Nanos()> real_time)
    : options_{options}, commands_{commands}, office_{counters, events, real_time}, poller_{poller} {}

Receiver::~Receiver() = default;

int Receiver::do_work(Tick tick) noexcept {
    now_ = tick.now;
    int work =
        commands_.drain([this](Command&& command) { std::visit([this](auto& each) { on(std::move(each)); }, command); },
                        options_.command_limit);
    if (!leaving_.empty()) release();
    work += poll();
    work += work_images();
    for (const auto& endpoint : endpoints_) work += endpoint->work(now_, options_.look_up_interval, office_);
    return work;
}

int Receiver::poll() noexcept {
    int taken = 0;
    poller_.ready([&](net::Transport& transport) {
        const auto route = std::ranges::lower_bound(routes_, &transport, {}, &Route::transport);
        if (route != routes_.end() && route->transport == &transport) take_datagrams(*route, taken);
    });
    return taken;
}

// Few at once while little comes, so that status messages and naks do not wait; many under load.
void Receiver::take_datagrams(Route& route, int& taken) noexcept {
    Destination& destination = *route.destination;
    const int count = route.transport->receive(
        [&](std::span<const net::Received> batch) { route.endpoint->on_datagrams(batch, destination, office_, now_); },
        destination.batch);
    taken += count;
    if (count >= destination.batch)
        destination.batch = std::min(destination.batch * 2, Destination::max_batch);
    else if (count < destination.batch / 4)
        destination.batch = std::max(destination.batch / 2, Destination::min_batch);
    if (count > 0) return;
    if (const int error = route.transport->take_error(); error != 0) {
        add(office_.counters.errors);
        static_cast<void>(office_.events.try_push(TransportFailed{route.endpoint, error}));
    }
}

int Receiver::work_images() noexcept {
    reports_loss_ = now_ >= next_loss_report_;
    if (reports_loss_) next_loss_report_ = now_ + loss_report_interval;
    int sent = 0;
    for (const auto& image : images_) {
        sent += image->work(now_);
        report(*image);
    }
    return sent;
}

// What does not fit is told in a later cycle.
void Receiver::report(Image& image) noexcept {
    if (const auto end = image.news(); end && office_.events.try_push(ImageEnded{&image, *end})) image.was_told();
    if (!reports_loss_) return;
    const std::int64_t lost = image.lost_bytes();
    if (lost > 0 && office_.events.try_push(LossSeen{&image, lost})) image.lost_was_told();
}

void Receiver::release() noexcept {
    std::size_t released = 0;
    while (released < leaving_.size() && office_.events.try_push(std::move(leaving_[released]))) ++released;
    leaving_.erase(leaving_.begin(), leaving_.begin() + static_cast<std::ptrdiff_t>(released));
}

bool Receiver::has(const Endpoint* endpoint) const noexcept {
    return std::ranges::find(endpoints_, endpoint, &std::unique_ptr<Endpoint>::get) != endpoints_.end();
}
bool Receiver::has(const Image* image) const noexcept {
    return std::ranges::find(images_, image, &std::unique_ptr<Image>::get) != images_.end();
}

}  // namespace gale::driver::receiver

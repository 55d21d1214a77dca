// What the conductor may still say of an endpoint or an image that is on its way back to it finds nothing here.
#include "driver/receiver/receiver.hpp"

#include <algorithm>

namespace gale::driver::receiver {

void Receiver::on(AddEndpoint&& command) { endpoints_.push_back(std::move(command.endpoint)); }

void Receiver::on(RemoveEndpoint&& command) {
    const auto found = std::ranges::find(endpoints_, command.endpoint, &std::unique_ptr<Endpoint>::get);
    if (found == endpoints_.end()) return;
    for (const auto& destination : (*found)->destinations()) disconnect(*destination);
    for (const auto& image : images_)
        if (image->endpoint() == command.endpoint) image->leave();
    leaving_.emplace_back(EndpointReleased{std::move(*found)});
    endpoints_.erase(found);
}

void Receiver::on(AddDestination&& command) {
    if (!has(command.endpoint)) {
        leaving_.emplace_back(DestinationReleased{std::move(command.destination)});
        return;
    }
    Destination& destination = *command.destination;
    command.endpoint->add_destination(std::move(command.destination), office_, now_);
    for (const auto& image : images_)
        if (image->endpoint() == command.endpoint) image->add_destination(destination);
    const Route route{&destination.transport(), command.endpoint, &destination};
    routes_.insert(std::ranges::lower_bound(routes_, route.transport, {}, &Route::transport), route);
    try {
        poller_.add(destination.transport());
    } catch (const std::exception&) {  // it stays deaf, and its owner is told
        add(office_.counters.errors);
        leaving_.emplace_back(TransportFailed{command.endpoint, 0});
    }
}

void Receiver::on(RemoveDestination&& command) {
    if (!has(command.endpoint)) return;
    std::unique_ptr<Destination> destination = command.endpoint->take_destination(command.registration_id);
    if (!destination) return;
    disconnect(*destination);
    leaving_.emplace_back(DestinationReleased{std::move(destination)});
}

void Receiver::on(AddInterest&& command) {
    if (has(command.endpoint)) command.endpoint->add_interest(command.stream_id, command.session_id, office_);
}

void Receiver::on(RemoveInterest&& command) {
    if (has(command.endpoint)) command.endpoint->dispatcher().remove_interest(command.stream_id, command.session_id);
}

void Receiver::on(AddImage&& command) {
    Image& image = *command.image;
    images_.push_back(std::move(command.image));
    if (!has(command.endpoint)) return;
    // A publication that came back must not hear the end of its former self.
    for (const auto& other : images_)
        if (other->endpoint() == command.endpoint && other->stream_id() == image.stream_id() &&
            other->session_id() == image.session_id())
            other->silence();
    const EndpointSettings& settings = command.endpoint->settings();
    for (const auto& destination : command.endpoint->destinations()) image.add_destination(*destination);
    image.join(*command.endpoint, settings.receiver_id, settings.group_tag, office_.counters, now_);
    command.endpoint->dispatcher().add_image(image, image.stream_id(), image.session_id(), now_);
}

void Receiver::on(ForgetSetup&& command) {
    if (has(command.endpoint)) command.endpoint->dispatcher().forget_setup(command.stream_id, command.session_id);
}

void Receiver::on(RemoveImage&& command) {
    const auto found = std::ranges::find(images_, command.image, &std::unique_ptr<Image>::get);
    if (found == images_.end()) return;
    Image& image = **found;
    if (Endpoint* const endpoint = image.endpoint(); endpoint != nullptr)
        endpoint->dispatcher().remove_image(image, image.stream_id(), image.session_id(),
                                            !command.rejoin && !image.has_ended(), now_);
    image.say_last_word(now_);
    leaving_.emplace_back(ImageReleased{std::move(*found)});
    images_.erase(found);
}

void Receiver::on(BeginEndOfStream&& command) {
    if (has(command.image)) command.image->begin_end_of_stream();
}
void Receiver::on(AddSubscriber&& command) {
    if (has(command.image)) command.image->add_subscriber(command.counter, *command.position);
}
void Receiver::on(RemoveSubscriber&& command) {
    if (has(command.image)) command.image->remove_subscriber(command.counter);
}
void Receiver::on(RejectImage&& command) {
    if (has(command.image)) command.image->reject(std::move(command.reason));
}
void Receiver::on(SetResponseSession&& command) {
    if (has(command.image)) command.image->set_response_session(command.session_id);
}
void Receiver::on(MoveControl&& command) {
    if (!has(command.endpoint)) return;
    if (Destination* const destination = command.endpoint->destination(command.destination); destination != nullptr)
        destination->move_control(command.address);
}

/// No datagram comes from it any more, and no image sends to it.
void Receiver::disconnect(Destination& destination) noexcept {
    poller_.remove(destination.transport());
    std::erase_if(routes_, [&](const Route& route) { return route.destination == &destination; });
    for (const auto& image : images_) image->remove_destination(destination);
}

}  // namespace gale::driver::receiver

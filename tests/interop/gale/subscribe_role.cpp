// `subscribe` polls until "quit" and checks every message of every image; `reject` sends the first image away.
#include "interop/gale/content.hpp"
#include "interop/gale/roles.hpp"
#include "interop/gale/session_check.hpp"

#include <gale/fragment_assembler.hpp>

#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>

namespace gale::interop {
namespace {

constexpr int fragment_limit = 64;

class Subscribing {
public:
    Subscribing(Arguments& arguments, Console& console)
        : console_{console}, content_{arguments}, expected_{arguments.number("expect")},
          sessions_{arguments.number("sessions", 1)}, controlled_{arguments.flag("controlled")},
          options_{.late = arguments.flag("late"),
                   .publishers = static_cast<std::size_t>(arguments.number("shared", 1))} {}

    void poll(Subscription& subscription) {
        FragmentAssembler assembler{[&](auto message, const auto& header) { check(subscription, message, header); }};
        ControlledFragmentAssembler controlled{
            [&](auto message, const auto& header) { return act(subscription, message, header); }};
        Backoff idle{console_};
        while (!console_.finished()) {
            const int fragments = paused_       ? 0
                                  : controlled_ ? subscription.controlled_poll(controlled, fragment_limit)
                                                : subscription.poll(assembler, fragment_limit);
            if (!complete_ && std::count_if(checks_.begin(), checks_.end(), [this](const auto& entry) {
                                  return is_complete(entry.second);
                              }) >= sessions_) {
                complete_ = true;
                tell_received();
            }
            if (const auto command = console_.command()) obey(*command, subscription);
            idle.idle(fragments);
        }
    }

private:
    void obey(const std::string& command, Subscription& subscription) {
        if (command == "count") {
            tell_received();
            console_.tell("counted sessions=" + std::to_string(checks_.size()));
        } else if (command == "pause" || command == "resume") {
            paused_ = command == "pause";
            console_.tell("done " + command);
        } else if (!change_destinations(command, console_, subscription)) {
            throw std::invalid_argument{"this is no command of a subscriber: " + command};
        }
    }

    /// A late joiner cannot know how many it missed, so it is complete with the last one.
    [[nodiscard]] bool is_complete(const SessionCheck& check) const noexcept {
        return (options_.late ? check.next() : check.count()) >= expected_;
    }

    void tell_received() {
        for (const auto& [image, check] : checks_) console_.tell(check.told());
    }

    void check(Subscription& subscription, std::span<const std::byte> message, const Header& header) {
        auto found = checks_.find(header.image_state());
        if (found == checks_.end()) {
            const auto images = subscription.images();
            const auto image = std::find_if(images.begin(), images.end(), [&](const Image& candidate) {
                return candidate.state().get() == header.image_state();
            });
            if (image == images.end()) {
                console_.error("a message of an image that the subscription does not have");
                return;
            }
            found = checks_.try_emplace(header.image_state(), *image, content_, options_, console_).first;
        }
        found->second.on_message(message, header);
    }

    /// Uses all four actions by turns, so that a message comes twice to the handler but is counted once.
    Action act(Subscription& subscription, std::span<const std::byte> message, const Header& header) {
        const std::int64_t turn = header.position().value / 32 % 7;
        if (turn == 3 && aborted_ != header.position()) {
            aborted_ = header.position();
            return Action::abort;
        }
        check(subscription, message, header);
        return turn == 4 ? Action::stop : turn == 5 ? Action::commit : Action::proceed;
    }

    Console& console_;
    Content content_;
    std::int64_t expected_;
    std::int64_t sessions_;
    bool controlled_;
    SessionCheck::Options options_;
    std::map<const client::ImageState*, SessionCheck> checks_;
    Position aborted_{-1};
    bool complete_ = false;
    bool paused_ = false;
};

}  // namespace

SubscriptionHandlers tell_images(Console& console) {
    return {.on_available_image =
                [&console](const Image& image) {
                    console.tell("available session=" + std::to_string(image.session_id().value) +
                                 " position=" + std::to_string(image.join_position().value));
                },
            .on_unavailable_image =
                [&console](const Image& image) {
                    console.tell("unavailable session=" + std::to_string(image.session_id().value) +
                                 " position=" + std::to_string(image.position().value) +
                                 " eos=" + (image.is_end_of_stream() ? "true" : "false"));
                }};
}

void run_subscribe(Arguments& arguments, Console& console) {
    Subscribing role{arguments, console};
    const std::string channel = arguments.text("channel");
    const StreamId stream{arguments.integer("stream")};
    Client client = Client::connect(client_options(arguments, console));
    arguments.reject_unused();
    Subscription subscription = client.add_subscription(channel, stream, tell_images(console));
    console.tell("added");
    role.poll(subscription);
}

void run_reject(Arguments& arguments, Console& console) {
    const std::string channel = arguments.text("channel");
    const StreamId stream{arguments.integer("stream")};
    const std::string reason = arguments.text("reason", "rejected by the test");
    Client client = Client::connect(client_options(arguments, console));
    arguments.reject_unused();
    Subscription subscription = client.add_subscription(channel, stream, tell_images(console));
    console.tell("added");
    bool rejected = false;
    Backoff idle{console};
    while (!console.finished()) {
        if (auto images = subscription.images(); !rejected && !images.empty()) {
            // Told first: what follows from it is told by another thread.
            console.tell("rejected session=" + std::to_string(images.front().session_id().value) +
                         " position=" + std::to_string(images.front().position().value));
            images.front().reject(reason);
            rejected = true;
        }
        idle.idle(subscription.poll([](std::span<const std::byte>, const Header&) {}, fragment_limit));
    }
}

}  // namespace gale::interop

// `publish`: sends numbered messages, each carrying its number as reserved value, too.
#include "interop/gale/content.hpp"
#include "interop/gale/roles.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>

namespace gale::interop {
namespace {

using Instant = std::chrono::steady_clock::time_point;

Instant now() { return std::chrono::steady_clock::now(); }

template <class AnyPublication> class Publishing {
public:
    Publishing(Arguments& arguments, Console& console, AnyPublication publication)
        : console_{console}, publication_{std::move(publication)}, content_{arguments},
          claims_{arguments.flag("claim")}, count_{arguments.number("count")},
          timeout_{arguments.number("timeout-ms", 30'000)}, pause_{arguments.number("pause-us", 0)},
          linger_{arguments.number("linger-ms", never)}, holds_claim_{arguments.flag("hold-claim")},
          message_(content_.max_length() + 1), idle_{console} {
        arguments.reject_unused();
        const auto& constants = publication_.constants();
        const auto limit =
            static_cast<std::size_t>(claims_ ? constants.max_payload_length : constants.max_message_length);
        if (content_.max_length() > limit)
            throw std::invalid_argument{"messages of " + std::to_string(content_.max_length()) +
                                        " bytes, but the limit is " + std::to_string(limit)};
    }

    void run() {
        await_connected();
        publish();
        BufferClaim held;
        if (holds_claim_) hold(held);
        await_close();
        console_.await_finish();
    }

private:
    static constexpr std::int64_t never = -1;

    void await_connected() {
        const Instant deadline = now() + timeout_;
        while (!publication_.is_connected() && !console_.finished()) {
            serve();
            check(deadline, "connected");
            idle_.idle(0);
        }
    }

    void publish() {
        std::int64_t published = 0;
        for (; sequence_ < count_ && !console_.finished(); ++sequence_, ++published) {
            serve();
            if (!send(content_.write(sequence_, message_))) break;
            if (pause_.count() > 0) console_.rest(pause_);
        }
        console_.tell("published count=" + std::to_string(published) +
                      " position=" + std::to_string(publication_.position().value_or(Position{-4}).value));
    }

    /// Tries until the message is in the log; false when the test ended it.
    bool send(std::span<const std::byte> message) {
        const Instant deadline = now() + timeout_;
        bool disconnected = false;
        while (!console_.finished()) {
            const OfferResult result = attempt(message);
            if (result) {
                idle_.idle(1);
                return true;
            }
            const std::string why{name(result.error())};
            switch (result.error()) {
            case OfferError::not_connected:
                if (!disconnected) console_.tell("disconnected at=" + std::to_string(sequence_));
                disconnected = true;
                break;
            case OfferError::back_pressured:
            case OfferError::admin_action: break;
            case OfferError::closed:
            case OfferError::max_position_exceeded:
            case OfferError::error: throw std::runtime_error{"message " + std::to_string(sequence_) + ": " + why};
            }
            serve();
            check(deadline, "published: " + why);
            idle_.idle(0);
        }
        return false;
    }

    OfferResult attempt(std::span<const std::byte> message) {
        if (!claims_) return publication_.offer(message, [this](std::span<const std::byte>) { return sequence_; });
        const OfferResult result = publication_.try_claim(static_cast<std::int32_t>(message.size()), claim_);
        if (result) {
            std::copy(message.begin(), message.end(), claim_.payload().begin());
            claim_.set_reserved_value(sequence_);
            claim_.commit();
        }
        return result;
    }

    /// A claim that nobody ends: readers stop in front of it until the driver takes it away.
    void hold(BufferClaim& claim) {
        const Instant deadline = now() + timeout_;
        while (!console_.finished()) {
            if (const OfferResult result = publication_.try_claim(64, claim)) {
                console_.tell("holding position=" + std::to_string(result.position().value));
                return;
            }
            check(deadline, "claimed");
            idle_.idle(0);
        }
    }

    void await_close() {
        const Instant start = now();
        while (!console_.finished()) {
            serve();
            if (closing_ || (linger_ >= 0 && now() - start >= std::chrono::milliseconds{linger_})) {
                publication_.close();
                console_.tell("closed");
                return;
            }
            console_.rest();
        }
    }

    /// Obeys what has come: destinations at once, the end when its time has come.
    void serve() {
        const auto command = console_.command();
        if (!command) return;
        if (*command == "close")
            closing_ = true;
        else if (!change_destinations(*command, console_, publication_))
            throw std::invalid_argument{"this is no command of a publisher: " + *command};
    }

    void check(Instant deadline, const std::string& what) const {
        if (now() > deadline) throw std::runtime_error{"message " + std::to_string(sequence_) + " in time not " + what};
    }

    Console& console_;
    AnyPublication publication_;
    Content content_;
    bool claims_;
    std::int64_t count_;
    std::chrono::milliseconds timeout_;
    std::chrono::microseconds pause_;
    std::int64_t linger_;
    bool holds_claim_;
    std::vector<std::byte> message_;
    Backoff idle_;
    BufferClaim claim_;
    std::int64_t sequence_ = 0;
    bool closing_ = false;
};

template <class AnyPublication> void run(Arguments& arguments, Console& console, AnyPublication publication) {
    console.tell("added session=" + std::to_string(publication.session_id().value) +
                 " registration=" + std::to_string(publication.constants().registration_id.value));
    Publishing<AnyPublication>{arguments, console, std::move(publication)}.run();
}

}  // namespace

void run_publish(Arguments& arguments, Console& console) {
    ClientOptions options = client_options(arguments, console);
    options.on_publication_error = [&console](const PublicationError& error) {
        console.tell("publication-error code=" + std::to_string(static_cast<int>(error.code)) + " text=" + error.text);
    };
    Client client = Client::connect(std::move(options));
    const std::string channel = arguments.text("channel");
    const StreamId stream{arguments.integer("stream")};
    if (arguments.flag("exclusive"))
        run(arguments, console, client.add_exclusive_publication(channel, stream));
    else
        run(arguments, console, client.add_publication(channel, stream));
}

}  // namespace gale::interop

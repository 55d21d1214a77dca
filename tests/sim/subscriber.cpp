#include "sim/subscriber.hpp"

#include <gtest/gtest.h>

namespace gale::sim {
namespace {

std::string channel(const SubscriberPlan& plan) {
    if (plan.tether) return "aeron:ipc";
    return plan.rejoin ? "aeron:ipc?tether=false" : "aeron:ipc?tether=false|rejoin=false";
}

}  // namespace

Subscriber::Subscriber(ClientProcess& process, const SubscriberPlan& plan)
    : Participant{process}, plan_{plan},
      assembler_{[this](std::span<const std::byte> message, const Header& header) { on_message(message, header); }},
      controlled_{[this](std::span<const std::byte> message, const Header& header) {
          if (this->process().world().happens(100)) return Action::abort;
          return on_message(message, header);
      }},
      wish_{process.client().async_add_subscription(
          channel(plan), plan.stream,
          {.on_available_image = [this](const Image& image) { on_available(image); },
           .on_unavailable_image = [this](const Image& image) { on_unavailable(image); }})} {
    process.streams().on_join(wish_.registration_id(), plan.stream);
    process.world().note(process.name() + " subscribes to stream " + std::to_string(plan.stream.value) + " as " +
                         channel(plan) + ", " + std::to_string(wish_.registration_id().value));
}

Subscriber::~Subscriber() {
    lost_ = true;  // what goes now, goes by our will
    process().streams().on_leave(wish_.registration_id());
}

void Subscriber::act() {
    World& world = process().world();
    if (!subscription_) {
        if (auto made = wish_.poll()) subscription_ = std::move(*made);
        return;
    }
    if (!finishing_ && !world.happens(plan_.pace)) return;
    const auto limit = static_cast<int>(world.between(1, 40));
    world.mix(static_cast<std::uint64_t>(plan_.controlled ? subscription_->controlled_poll(controlled_, limit)
                                                          : subscription_->poll(assembler_, limit)));
    for (const auto& entry : readers_) entry.second->on_position();
}

void Subscriber::on_available(const Image& image) {
    auto& streams = process().streams();
    StreamModel& stream =
        streams.of(image.correlation_id(), image.stream_id(), image.term_length(), image.mtu_length());
    const Position floor = streams.take_floor(stream, wish_.registration_id());
    if (!sessions_seen_.insert(image.session_id()).second) ++streams.tally.images_again;
    process().world().note(process().name() + " has an image of session " + std::to_string(image.session_id().value) +
                           " from " + std::to_string(image.join_position().value));
    ++streams.tally.images;
    auto& reader = readers_[image.session_id()];
    EXPECT_EQ(reader, nullptr) << "a second image of one session";
    reader = std::make_unique<Reader>(stream, image, floor);
}

void Subscriber::on_unavailable(const Image& image) {
    if (lost_ || process().client().is_closed()) return;
    const auto found = readers_.find(image.session_id());
    ASSERT_NE(found, readers_.end()) << "an image went that never came";
    process().world().note(process().name() + " loses its image of session " +
                           std::to_string(image.session_id().value) + " at " + std::to_string(image.position().value));
    Reader& reader = *found->second;
    reader.on_position();
    if (plan_.tether && !image.is_publication_revoked()) {
        EXPECT_TRUE(image.end_of_stream_position()) << "its publisher lives";
        reader.expect_all_read();
    }
    // While it lingers the driver counts it still: first of all the floor, then it goes.
    process().streams().on_join_again(reader.stream(), wish_.registration_id());
    readers_.erase(found);
    assembler_.forget(image.session_id());
    controlled_.forget(image.session_id());
}

Action Subscriber::on_message(std::span<const std::byte> message, const Header& header) {
    const auto found = readers_.find(header.session_id());
    if (found == readers_.end())
        ADD_FAILURE() << "a message of session " << header.session_id().value << ", which has no image here";
    else
        found->second->on_message(message, header);
    ++process().streams().tally.messages;
    switch (process().world().random().below(3)) {
    case 0: return Action::stop;
    case 1: return Action::commit;
    default: return Action::proceed;
    }
}

}  // namespace gale::sim

#include "sim/subscriber.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gale::sim {
namespace {

std::string channel(const SubscriberPlan& plan) {
    std::string text = plan.channel;
    const auto add = [&text](std::string_view parameter) {
        text += text.find('?') == text.npos ? '?' : '|';
        text += parameter;
    };
    if (!plan.tether) add("tether=false");
    if (!plan.rejoin) add("rejoin=false");
    if (!plan.reliable) add("reliable=false");
    return text;
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
    for (const std::string& destination : plan.destinations) paths_.push_back({.channel = destination});
    process.streams().on_join(wish_.registration_id(), plan.stream);
    process.world().note(process.name() + " subscribes to stream " + std::to_string(plan.stream.value) + " as " +
                         channel(plan) + ", " + std::to_string(wish_.registration_id().value));
}

Subscriber::~Subscriber() {
    lost_ = true;  // what goes now, goes by our will
    process().streams().on_leave(wish_.registration_id());
}

std::string Subscriber::describe() const {
    std::string text = "subscribes to " + channel(plan_) + ", " + std::to_string(wish_.registration_id().value);
    for (const auto& [session, reader] : readers_) {
        text += "; is at " + std::to_string(reader->image().position().value) + " of session " +
                std::to_string(session.value);
        if (const auto end = reader->image().end_of_stream_position())
            text += ", which ends at " + std::to_string(end->value);
    }
    return text;
}

void Subscriber::act() {
    World& world = process().world();
    if (!subscription_) {
        if (auto made = wish_.poll()) subscription_ = std::move(*made);
        return;
    }
    if (!paths_.empty()) change_destinations();
    if (!finishing_ && !world.happens(plan_.pace)) return;
    const auto limit = static_cast<int>(world.between(1, 40));
    world.mix(static_cast<std::uint64_t>(poll(limit)));
    for (const auto& entry : readers_) entry.second->on_position();
}

// First all come. Then one goes or comes now and then, while another one stays.
void Subscriber::change_destinations() {
    World& world = process().world();
    end_changes();
    const auto is_changing = [](const Path& path) { return path.change.has_value(); };
    if (std::ranges::any_of(paths_, is_changing)) return;
    const auto count = static_cast<std::size_t>(std::ranges::count(paths_, true, &Path::is_there));
    if (count == 0) {
        for (Path& path : paths_) path.change = subscription_->async_add_destination(path.channel);
        return;
    }
    if (!world.happens(plan_.restless)) return;
    Path& path = paths_[world.random().below(paths_.size())];
    if (path.is_there && count == 1) return;
    world.note(process().name() + (path.is_there ? " leaves " : " comes to ") + path.channel);
    path.change = path.is_there ? subscription_->async_remove_destination(path.channel)
                                : subscription_->async_add_destination(path.channel);
}

void Subscriber::end_changes() {
    for (Path& path : paths_) {
        if (!path.change) continue;
        try {
            if (!path.change->poll()) continue;
            path.is_there = !path.is_there;
            ++process().streams().tally.destinations;
        } catch (const Error& error) {
            if (error.code() != ErrorCode::temporarily_unavailable) throw;  // its predecessor's socket closes
        }
        path.change.reset();
    }
}

int Subscriber::poll(int limit) {
    if (!plan_.whole) {
        const auto on_fragment = [this](std::span<const std::byte> fragment, const Header& header) {
            if (Reader* reader = reader_of(header)) reader->on_fragment(fragment, header);
        };
        return subscription_->poll(on_fragment, limit);
    }
    return plan_.controlled ? subscription_->controlled_poll(controlled_, limit)
                            : subscription_->poll(assembler_, limit);
}

bool Subscriber::may_lose() const {
    return plan_.may_lose ||
           std::ranges::any_of(plan_.leans_on, [](const DriverProcess* driver) { return !driver->ends().empty(); });
}

bool Subscriber::distrusts(const Image& image) const {
    return plan_.distrusts == "*" || (!plan_.distrusts.empty() && image.source_identity().starts_with(plan_.distrusts));
}

void Subscriber::on_available(const Image& image) {
    if (distrusts(image)) return;
    auto& streams = process().streams();
    StreamModel& stream = streams.of({image.correlation_id(), image.session_id()}, image.stream_id(),
                                     image.term_length(), image.mtu_length());
    const Position floor = streams.take_floor(stream, wish_.registration_id());
    const auto [seen, is_new] = seen_.try_emplace(image.session_id());
    if (!is_new) ++streams.tally.images_again;
    // Who is not tethered comes back to where the slowest is, which may be behind it.
    EXPECT_TRUE(!plan_.tether || image.join_position() >= seen->second) << "it has read that already";
    process().world().note(process().name() + " has an image of session " + std::to_string(image.session_id().value) +
                           " from " + std::to_string(image.join_position().value));
    ++streams.tally.images;
    if (image.join_position() == Position{0}) ++streams.tally.images_from_start;
    auto& reader = readers_[image.session_id()];
    EXPECT_EQ(reader, nullptr) << "a second image of one session";
    reader = std::make_unique<Reader>(stream, image, floor, plan_.reliable ? Promise::everything : Promise::what_comes);
}

void Subscriber::on_unavailable(const Image& image) {
    if (lost_ || process().client().is_closed() || distrusts(image)) return;
    const auto found = readers_.find(image.session_id());
    ASSERT_NE(found, readers_.end()) << "an image went that never came";
    process().world().note(process().name() + " loses its image of session " +
                           std::to_string(image.session_id().value) + " at " + std::to_string(image.position().value));
    Reader& reader = *found->second;
    reader.on_position();
    seen_[image.session_id()] = reader.position();
    if (reader.has_missed()) {
        ++process().streams().tally.gaps;
        EXPECT_GT(process().driver().value(control::SystemCounter::loss_gap_fills), 0) << "a gap that nobody tells";
    }
    // Shared memory is never too late; over a network the publication may be gone when it hears of the newcomer.
    const bool late = reader.came_late() && process().streams().medium() == Medium::network;
    const bool torn_off =
        may_lose() && (!image.end_of_stream_position() || image.position() < *image.end_of_stream_position());
    if (plan_.tether && !late && !torn_off && !image.is_publication_revoked()) {
        EXPECT_TRUE(image.end_of_stream_position()) << "its publisher lives";
        reader.expect_all_read();
    }
    // While it lingers the driver counts it still: first of all the floor, then it goes.
    process().streams().on_join_again(reader.stream(), wish_.registration_id());
    readers_.erase(found);
    assembler_.forget(image.session_id());
    controlled_.forget(image.session_id());
}

Reader* Subscriber::reader_of(const Header& header) {
    ++process().streams().tally.messages;
    const auto found = readers_.find(header.session_id());
    if (found != readers_.end()) return found->second.get();
    if (!plan_.distrusts.empty()) return nullptr;
    ADD_FAILURE() << "a message of session " << header.session_id().value << ", which has no image here";
    return nullptr;
}

Action Subscriber::on_message(std::span<const std::byte> message, const Header& header) {
    if (Reader* reader = reader_of(header)) reader->on_message(message, header);
    switch (process().world().random().below(3)) {
    case 0: return Action::stop;
    case 1: return Action::commit;
    default: return Action::proceed;
    }
}

}  // namespace gale::sim

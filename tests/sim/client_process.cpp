#include "sim/client_process.hpp"

#include "sim/publisher.hpp"
#include "sim/subscriber.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <iterator>
#include <utility>

namespace gale::sim {
namespace {

// Of the publication whose log a text names by its path.
CorrelationId log_id(std::string_view text) {
    constexpr std::string_view folder = "/publications/";
    const auto at = text.find(folder);
    return CorrelationId{at == text.npos ? -1 : std::strtoll(text.data() + at + folder.size(), nullptr, 10)};
}

}  // namespace

ClientProcess::ClientProcess(World& world, std::string name, DriverProcess& driver, Streams& streams)
    : Process{world, std::move(name)}, driver_{driver}, streams_{streams} {}

ClientProcess::~ClientProcess() = default;

void ClientProcess::connect() {
    // Connecting waits for a driver in real time, in which nothing would happen here.
    if (left_ || !driver_.shows_life()) return;
    client_.emplace(Client::connect({.directory = driver_.directory(),
                                     .name = name(),
                                     .conductor = ConductorMode::invoker,
                                     .clock = &world().clock(),
                                     .on_error = [this](const Error& error) { errors_.push_back(error); }}));
    driver_number_ = driver_.ends().size();
    world().note(name() + " is client " + std::to_string(client_->client_id().value));
}

const DriverProcess::End* ClientProcess::end_of_driver() const noexcept {
    return driver_number_ < driver_.ends().size() ? &driver_.ends()[driver_number_] : nullptr;
}

void ClientProcess::run() {
    if (!client_) return connect();
    const Nanos slept = world().now() - last_run();
    client_->do_work();
    if (client_->is_closed()) return judge_end(slept);
    if (const auto* const end = end_of_driver()) {
        const Nanos most = end->how == DriverProcess::Ending::closed ? 1s : 12s;
        EXPECT_LE(world().now() - end->when, slept + most) << name() << " has not noticed that its driver is gone";
    }
    // A driver that was stopped itself forgives that time.
    EXPECT_TRUE(slept - driver_.last_pause() <= 10s || !was_known_)
        << name() << " slept too long, and its client lives";
    judge_errors();
    act(publishers_);
    act(subscribers_);
}

void ClientProcess::on_pause(Nanos time) {
    was_known_ = client_ && driver_.knows(client_->client_id());
    if (time < 10s) return;
    for (const auto& publisher : publishers_) publisher->on_lost();
}

void ClientProcess::judge_end(Nanos slept) {
    const Error why = client_->close_reason().value_or(Error{ErrorCode::none, "no reason"});
    world().note(name() + " lost its client: " + std::string{gale::name(why.code())});
    switch (why.code()) {
    case ErrorCode::conductor_service_timeout:
    case ErrorCode::client_timeout: EXPECT_GT(slept, 9s) << name() << ": " << why.what(); break;
    case ErrorCode::driver_timeout: {
        const auto* const end = end_of_driver();
        const bool was_told = end != nullptr && end->how == DriverProcess::Ending::closed;
        EXPECT_GT(world().now() - (end != nullptr ? end->when : driver_.last_run()), was_told ? 0ms : 8500ms)
            << why.what();
        break;
    }
    default: ADD_FAILURE() << name() << ": " << why.what();
    }
    ASSERT_FALSE(errors_.empty()) << "it closed without a word";
    EXPECT_EQ(errors_.back().code(), why.code()) << errors_.back().what();
    errors_.pop_back();
    judge_errors();
    ++streams_.tally.clients_lost;
    for (auto* participants : {&publishers_, &subscribers_}) {
        for (const auto& participant : *participants) participant->on_lost();
        participants->clear();
    }
    client_.reset();
}

// Who was stopped may hear of a log that is gone already, when it had nothing to give to that subscription any more.
void ClientProcess::judge_errors() {
    for (const Error& error : std::exchange(errors_, {})) {
        world().note(name() + " was told: " + std::string{gale::name(error.code())});
        const std::string_view text = error.what();
        const bool was_given_up =
            last_pause() > 9s || end_of_driver() != nullptr || text.find("tether=false") != text.npos;
        const bool is_gone = error.code() == ErrorCode::system && text.find("is missing") != text.npos;
        if (expects_damage_ && text.find("is damaged") != text.npos) continue;
        EXPECT_TRUE(is_gone && (was_given_up || streams_.has_nothing_left(log_id(text)))) << name() << ": " << text;
    }
}

void ClientProcess::act(Participants& participants) {
    std::erase_if(participants, [&](const auto& participant) {
        try {
            participant->act();
            return participant->is_finished();
        } catch (const Error& error) {  // what was asked for was not given
            world().note(name() + " is refused: " + std::string{gale::name(error.code())});
            if (error.code() == ErrorCode::temporarily_unavailable) return true;  // its predecessor's socket closes
            const bool is_gone = error.code() == ErrorCode::system && end_of_driver() != nullptr;  // given, and removed
            EXPECT_TRUE(error.code() == ErrorCode::timed_out || is_gone) << error.what();
            EXPECT_TRUE(driver_.last_pause() > 8500ms || end_of_driver() != nullptr) << error.what();
            return true;
        }
    });
}

void ClientProcess::publish(const PublisherPlan& plan) {
    if (!client_) return;
    if (plan.exclusive)
        publishers_.push_back(std::make_unique<Publisher<ExclusivePublication>>(*this, plan));
    else
        publishers_.push_back(std::make_unique<Publisher<Publication>>(*this, plan));
}

void ClientProcess::subscribe(const SubscriberPlan& plan) {
    if (client_) subscribers_.push_back(std::make_unique<Subscriber>(*this, plan));
}

void ClientProcess::finish_one() {
    const std::size_t count = publishers_.size() + subscribers_.size();
    if (count == 0) return;
    const std::size_t chosen = world().random().below(count);
    if (chosen < publishers_.size())
        publishers_[chosen]->finish();
    else
        subscribers_.erase(subscribers_.begin() + static_cast<std::ptrdiff_t>(chosen - publishers_.size()));
}

void ClientProcess::finish(Participants& participants) {
    for (const auto& participant : participants) participant->finish();
}

std::string ClientProcess::describe() const {
    std::string text;
    for (const auto* participants : {&publishers_, &subscribers_})
        for (const auto& participant : *participants) text += "\n" + name() + " " + participant->describe();
    return text;
}

void ClientProcess::leave() {
    left_ = true;
    client_.reset();
}

void ClientProcess::keep(std::vector<BufferClaim> claims) {
    std::move(claims.begin(), claims.end(), std::back_inserter(claims_));
}

}  // namespace gale::sim

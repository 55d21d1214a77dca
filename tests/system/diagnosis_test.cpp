/// `diagnose()` of publications and subscriptions, with drivers that really talk over loopback.
#include "support/process.hpp"
#include "system/embedded_end.hpp"
#include "system/ports.hpp"

#include <gale/gale.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <thread>

namespace gale::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// Asked again until it finds this, `meanwhile` called before each question; what it found in the end.
template <class Handle, class Meanwhile>
Diagnosis found_by(const Handle& handle, Finding wanted, const Meanwhile& meanwhile) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    Diagnosis found = handle.diagnose();
    while (found.finding != wanted && std::chrono::steady_clock::now() < deadline) {
        meanwhile();
        std::this_thread::yield();
        found = handle.diagnose();
    }
    EXPECT_EQ(name(found.finding), name(wanted)) << found.what;
    return found;
}

template <class Handle> Diagnosis found_by(const Handle& handle, Finding wanted) {
    return found_by(handle, wanted, [] {});
}

/// Offers until the publication is held back. That may be for a moment only, while its limit still grows: who wants it
/// held for good calls this again.
template <class Publisher> void fill(Publisher& publication) {
    const std::string message(1000, 'm');
    const auto deadline = std::chrono::steady_clock::now() + patience;
    for (auto result = publication.offer(as_bytes(message)); result || result.error() != OfferError::back_pressured;
         result = publication.offer(as_bytes(message))) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "never held back";
        std::this_thread::yield();
    }
}

class DiagnosisTest : public ::testing::Test {
protected:
    const std::string channel_ = new_channel();
    const StreamId stream_{77};
    End from_;
    End to_;
};

TEST_F(DiagnosisTest, AStreamsLifeOverTheNetwork) {
    ExclusivePublication publication = from_.client.add_exclusive_publication(channel_, stream_);
    const Diagnosis alone = found_by(publication, Finding::no_answer);
    EXPECT_THAT(alone.what, HasSubstr(publication.local_addresses().at(0)));
    EXPECT_FALSE(alone.advice.empty());
    // It stays, so that the socket does.
    const Subscription other = to_.client.add_subscription(channel_, StreamId{78});
    EXPECT_THAT(found_by(other, Finding::no_image).what, HasSubstr("no set-up of stream 78"));
    {
        Subscription subscription = to_.client.add_subscription(channel_, stream_);
        EXPECT_THAT(found_by(publication, Finding::all_well).what, HasSubstr("connected"));
        found_by(subscription, Finding::all_well);
        const auto offer_more = [&] { fill(publication); };
        EXPECT_THAT(found_by(subscription, Finding::slow_subscriber, offer_more).what, HasSubstr("tested"));
        found_by(publication, Finding::slow_receiver, offer_more);
        std::int64_t received = 0;
        while (received < 100) received += subscription.poll([](auto, const Header&) {}, 10);
    }
    found_by(publication, Finding::receiver_gone);
    publication.close();
    EXPECT_EQ(publication.diagnose().finding, Finding::closed);
}

TEST_F(DiagnosisTest, BothEndsAtOneDriver) {
    Publication publication = from_.client.add_publication(channel_, stream_);
    const Subscription other = from_.client.add_subscription(channel_, StreamId{78});
    EXPECT_THAT(found_by(other, Finding::wrong_stream).what, HasSubstr("publishes stream 77"));
    Publication to_other = from_.client.add_publication(channel_, StreamId{78});
    found_by(other, Finding::all_well);
    EXPECT_THAT(found_by(publication, Finding::wrong_stream).what, HasSubstr("receives stream 78"));
    const Subscription subscription = from_.client.add_subscription(channel_, stream_);
    found_by(publication, Finding::all_well);
    const auto offer_more = [&] { fill(publication); };
    EXPECT_THAT(found_by(publication, Finding::slow_subscriber, offer_more).what, HasSubstr("tested"));
}

TEST_F(DiagnosisTest, ReceiversOfAnotherStreamAtAControlAddress) {
    const std::string control = new_channel().substr(sizeof "aeron:udp?endpoint=" - 1);
    Publication publication =
        from_.client.add_publication("aeron:udp?control=" + control + "|control-mode=dynamic", stream_);
    EXPECT_THAT(found_by(publication, Finding::no_answer).what, HasSubstr(control));
    const std::string listening = channel_ + "|control=" + control + "|control-mode=dynamic";
    const Subscription other = to_.client.add_subscription(listening, StreamId{78});
    EXPECT_THAT(found_by(publication, Finding::wrong_stream).what, HasSubstr("1 receivers"));
    EXPECT_THAT(found_by(other, Finding::no_image).advice, HasSubstr("aeron:udp?control=" + control));
    const Subscription subscription = to_.client.add_subscription(listening, stream_);
    found_by(publication, Finding::all_well);
}

TEST_F(DiagnosisTest, DestinationsThatAProgramAdds) {
    Publication publication = from_.client.add_publication("aeron:udp?control-mode=manual", stream_);
    found_by(publication, Finding::no_destination);
    publication.add_destination(channel_);
    found_by(publication, Finding::no_answer);
    const Subscription subscription = to_.client.add_subscription(channel_, stream_);
    found_by(publication, Finding::all_well);
    const Subscription several = to_.client.add_subscription("aeron:udp?control-mode=manual", stream_);
    found_by(several, Finding::no_destination);
}

TEST_F(DiagnosisTest, AReceiverThatRejects) {
    Publication publication = from_.client.add_publication(channel_, stream_);
    const Subscription subscription = to_.client.add_subscription(channel_, stream_);
    found_by(publication, Finding::all_well);
    found_by(subscription, Finding::all_well);
    subscription.images().at(0).reject("not today");
    EXPECT_THAT(found_by(publication, Finding::receiver_refused).what, HasSubstr("not today"));
}

TEST_F(DiagnosisTest, OverSharedMemory) {
    Publication publication = from_.client.add_publication("aeron:ipc", stream_);
    found_by(publication, Finding::no_subscriber);
    const Subscription other = from_.client.add_subscription("aeron:ipc", StreamId{78});
    found_by(other, Finding::no_image);
    const Subscription subscription = from_.client.add_subscription("aeron:ipc", stream_);
    found_by(publication, Finding::all_well);
    found_by(subscription, Finding::all_well);
}

TEST_F(DiagnosisTest, ADriverThatHasGone) {
    Publication publication = from_.client.add_publication(channel_, stream_);
    from_.driver.close();
    while (!from_.client.is_closed()) std::this_thread::yield();
    EXPECT_EQ(name(publication.diagnose().finding), name(Finding::no_driver));
    const Publication moved = std::move(publication);
    EXPECT_EQ(publication.diagnose().finding, Finding::closed);  // NOLINT(bugprone-use-after-move): that is the point
    EXPECT_EQ(Subscription{}.diagnose().finding, Finding::closed);
}

}  // namespace
}  // namespace gale::testing

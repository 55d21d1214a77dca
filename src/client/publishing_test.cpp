#include "client/publication_state.hpp"
#include "client/testing.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace gale::client::testing {
namespace {

std::vector<std::string> drain(Subscription& subscription) {
    std::vector<std::string> seen;
    while (subscription.poll(
               [&](std::span<const std::byte> fragment, const Header&) { seen.emplace_back(as_text(fragment)); }, 100) >
           0) {
    }
    return seen;
}

/// Whether this process has a file mapped, which may be deleted by now.
bool is_mapped(const std::string& path) {
    std::ifstream maps{"/proc/self/maps"};
    for (std::string line; std::getline(maps, line);)
        if (line.find(path) != std::string::npos) return true;
    return false;
}

template <class Kind> class Publishing : public ::testing::Test {
protected:
    World world;
    Kind publication{make()};
    Subscription subscription{world.subscription()};
    Kind make() {
        if constexpr (std::is_same_v<Kind, Publication>)
            return world.publication();
        else
            return world.exclusive();
    }
    void limit(std::int64_t to) {
        world.driver.counters.value(publication.constants().limit_counter_id).store_release(to);
    }
    logbuffer::LogMetadata& metadata() {
        return world.driver.stream(publication.constants().registration_id).log.metadata();
    }
};
using Kinds = ::testing::Types<Publication, ExclusivePublication>;
TYPED_TEST_SUITE(Publishing, Kinds);

TYPED_TEST(Publishing, AllWaysToOffer) {
    auto& stream = this->publication;
    EXPECT_EQ(stream.offer(as_bytes("one")), Position{64});
    EXPECT_EQ(stream.offer(as_bytes("two"),
                           [](std::span<const std::byte> frame) { return static_cast<std::int64_t>(frame.size()); }),
              Position{128});
    const std::span<const std::byte> pieces[] = {as_bytes("th"), {}, as_bytes("ree")};
    EXPECT_EQ(stream.offer(pieces), Position{192});
    EXPECT_EQ(stream.offer(pieces, [](std::span<const std::byte>) { return std::int64_t{1}; }), Position{256});
    EXPECT_EQ(stream.offer(std::span<const std::byte>{}), Position{288});
    BufferClaim claim;
    EXPECT_EQ(stream.try_claim(4, claim), Position{352});
    std::memcpy(claim.payload().data(), "four", 4);
    claim.set_reserved_value(9);
    EXPECT_EQ(claim.reserved_value(), 9);
    claim.set_flags(0xC1);
    EXPECT_EQ(claim.flags(), 0xC1);
    claim.commit();
    claim.commit();
    EXPECT_FALSE(claim.is_open());
    EXPECT_TRUE(claim.payload().empty());
    EXPECT_EQ(stream.position(), Position{352});
    EXPECT_EQ(drain(this->subscription), (std::vector<std::string>{"one", "two", "three", "three", "", "four"}));
}

TYPED_TEST(Publishing, TheOrderOfRefusals) {
    auto& stream = this->publication;
    const std::vector<std::byte> too_long(8193);
    const std::span<const std::byte> nothing{static_cast<const std::byte*>(nullptr), 5};
    BufferClaim claim;
    EXPECT_EQ(stream.offer(too_long), OfferError::error);
    this->limit(0);
    EXPECT_EQ(stream.position_limit(), Position{0});
    EXPECT_EQ(stream.offer(too_long), OfferError::back_pressured);
    EXPECT_EQ(stream.offer(as_bytes("x")), OfferError::back_pressured);
    EXPECT_EQ(stream.try_claim(1, claim), OfferError::back_pressured);
    this->metadata().is_connected.store_release(0);
    EXPECT_FALSE(stream.is_connected());
    EXPECT_EQ(stream.offer(as_bytes("x")), OfferError::not_connected);
    EXPECT_EQ(stream.offer(nothing), OfferError::error);
    const std::span<const std::byte> pieces[] = {nothing};
    EXPECT_EQ(stream.offer(pieces), OfferError::error);
    EXPECT_EQ(stream.try_claim(1377, claim), OfferError::error);
    EXPECT_EQ(stream.try_claim(-1, claim), OfferError::error);
    stream.close();
    EXPECT_EQ(stream.offer(too_long), OfferError::closed);
    EXPECT_EQ(stream.try_claim(1, claim), OfferError::closed);
    EXPECT_FALSE(claim.is_open());
}

TYPED_TEST(Publishing, ASupplierThatThrowsLeavesPaddingBehind) {
    EXPECT_THROW(
        static_cast<void>(this->publication.offer(
            as_bytes("x"), [](std::span<const std::byte>) -> std::int64_t { throw std::runtime_error{"no"}; })),
        std::runtime_error);
    EXPECT_TRUE(this->publication.offer(as_bytes("y")));
    EXPECT_EQ(drain(this->subscription), std::vector<std::string>{"y"});
}

TYPED_TEST(Publishing, ClaimsEndWithTheirObject) {
    auto& stream = this->publication;
    {
        BufferClaim claim;
        EXPECT_TRUE(stream.try_claim(1, claim));
        EXPECT_TRUE(stream.try_claim(2, claim));  // aborts the first
        BufferClaim moved{std::move(claim)};
        EXPECT_FALSE(claim.is_open());
        EXPECT_EQ(moved.payload().size(), 2U);
        BufferClaim assigned;
        EXPECT_TRUE(stream.try_claim(3, assigned));
        assigned = std::move(moved);  // aborts the third
        std::memcpy(assigned.payload().data(), "ab", 2);
        assigned.commit();
        EXPECT_TRUE(stream.try_claim(4, assigned));
        this->limit(0);
        EXPECT_FALSE(stream.try_claim(5, assigned));  // aborted as well
        EXPECT_FALSE(assigned.is_open());
    }
    EXPECT_EQ(drain(this->subscription), std::vector<std::string>{"ab"});
}

TYPED_TEST(Publishing, MovedFromIsClosed) {
    TypeParam other{std::move(this->publication)};
    EXPECT_TRUE(this->publication.is_closed());
    EXPECT_EQ(this->publication.offer(as_bytes("x")), OfferError::closed);
    EXPECT_EQ(this->publication.constants().limit_counter_id, no_counter);
    EXPECT_TRUE(other.offer(as_bytes("x")));
    other = TypeParam{};
    EXPECT_TRUE(other.is_closed());
    EXPECT_EQ(this->world.driver.take().size(), 1U);
}

/// In a world of its own, which goes before the claim ends: nothing but the claim is then left to keep the log mapped.
template <class Kind> class LoneClaim : public ::testing::Test {};
TYPED_TEST_SUITE(LoneClaim, Kinds);

TYPED_TEST(LoneClaim, MayEndAfterEverythingElse) {
    BufferClaim claim;
    std::string path;
    {
        World world;
        TypeParam publication;
        if constexpr (std::is_same_v<TypeParam, Publication>)
            publication = world.publication();
        else
            publication = world.exclusive();
        path = world.driver.stream(publication.constants().registration_id).path;
        ASSERT_TRUE(publication.try_claim(3, claim));
    }
    ASSERT_TRUE(is_mapped(path));
    std::memcpy(claim.payload().data(), "abc", 3);
    claim.commit();
    EXPECT_FALSE(claim.is_open());
    claim = BufferClaim{};
    EXPECT_FALSE(is_mapped(path));
}

TEST(ExclusivePublishing, BlocksGoInWhole) {
    World world;
    auto publication = world.exclusive();
    auto source = world.exclusive();
    auto subscription = world.subscription();
    ASSERT_TRUE(source.offer(as_bytes("a")));
    auto from = subscription.image_by_session(source.session_id());
    std::vector<std::byte> block;
    from->block_poll(
        [&](std::span<const std::byte> frames, SessionId, TermId) { block.assign(frames.begin(), frames.end()); },
        4096);
    EXPECT_EQ(publication.offer_block(block), OfferError::error);  // another session's
    const std::int32_t session = publication.session_id().value;
    std::memcpy(block.data() + 12, &session, 4);
    EXPECT_EQ(publication.offer_block(block), Position{64});
    EXPECT_EQ(publication.offer_block({}), OfferError::error);
    EXPECT_EQ(publication.append_padding(8193), OfferError::error);
    EXPECT_EQ(publication.append_padding(-1), OfferError::error);
    EXPECT_EQ(publication.append_padding(0), Position{96});
    EXPECT_EQ(drain(subscription), std::vector<std::string>{"a"});
}

}  // namespace
}  // namespace gale::client::testing

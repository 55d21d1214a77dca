#include <gale/offer_result.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gale {
namespace {

TEST(OfferErrors, HaveTheirNamesAndErrorSaysWhatItCanBe) {
    EXPECT_EQ(name(OfferError::not_connected), "not_connected");
    EXPECT_EQ(name(OfferError::back_pressured), "back_pressured");
    EXPECT_EQ(name(OfferError::admin_action), "admin_action");
    EXPECT_EQ(name(OfferError::closed), "closed");
    EXPECT_EQ(name(OfferError::max_position_exceeded), "max_position_exceeded");
    const std::string error{name(OfferError::error)};
    EXPECT_THAT(error, ::testing::StartsWith("error: "));
    EXPECT_THAT(error, ::testing::HasSubstr("longer than max_message_length"));
    EXPECT_THAT(error, ::testing::HasSubstr("an argument that cannot be"));
    EXPECT_EQ(name(OfferError{7}), "unknown");
}

}  // namespace
}  // namespace gale

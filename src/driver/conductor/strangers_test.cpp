// What strangers may cost a driver, as its options and its counters have it. docs/formats/receiving.md, sessions.
#include "driver/conductor/network_puppet_test.hpp"

namespace gale::testing {
namespace {

using control::Refusal;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;

constexpr std::int64_t small_image = logbuffer::file_length(small_term, 4096);

DriverOptions with_limits() {
    DriverOptions options = small_options();
    options.endpoint_session_limit = 4;
    options.endpoint_setup_rate = 50;
    options.receiver_reply_rate = 20;
    options.image_term_limit = 128 * 1024;
    options.image_memory_limit = 3 * small_image;
    return options;
}

class Strangers : public NetworkTest {
protected:
    Strangers() : NetworkTest{with_limits()} {}
    static Key session(int number) { return {.session = SessionId{1000 + number}}; }
};

TEST_F(Strangers, GetNoImageBeyondTheMemoryForAll) {
    const Listening listening = listen(client);
    for (int i = 0; i < 3; ++i) {
        receive(setup_frame({.key = session(i)}));
        EXPECT_TRUE(take_image(client, listening.id)) << i;
    }
    for (int i = 0; i < 5; ++i) receive(setup_frame({.key = session(3)}));
    EXPECT_FALSE(take_image(client, listening.id));
    EXPECT_EQ(driver.value(Refusal::images), 5);
    EXPECT_EQ(driver.log_files(), 3);
    EXPECT_THAT(driver.errors(), Contains(HasSubstr("gale.image.memory.limit")));
}

TEST_F(Strangers, GetOneAgainWhenOthersHaveGone) {
    const Listening listening = listen(client);
    for (int i = 0; i < 3; ++i) receive(setup_frame({.key = session(i)}));
    driver.pass(25s);  // nothing is heard of them: they end, and are gone
    EXPECT_EQ(driver.log_files(), 0);
    static_cast<void>(client.take());
    receive(setup_frame({.term_length = 128 * 1024, .key = session(9)}));
    EXPECT_TRUE(take_image(client, listening.id));
    receive(setup_frame({.term_length = 128 * 1024, .key = session(10)}));
    EXPECT_EQ(driver.value(Refusal::images), 1);
    receive(setup_frame({.key = session(11)}));
    EXPECT_EQ(driver.log_files(), 2) << "a shorter one still has room";
}

TEST_F(Strangers, GetNoTermsLongerThanAllowed) {
    listen(client);
    receive(setup_frame({.term_length = 256 * 1024, .key = session(1)}));
    EXPECT_EQ(driver.value(Refusal::long_terms), 1);
    EXPECT_EQ(driver.value(Refusal::sessions), 0);
    EXPECT_EQ(driver.log_files(), 0);
    driver.pass(1s);
    EXPECT_THAT(driver.errors(), Contains(HasSubstr("gale.image.term.limit")));
}

TEST_F(Strangers, AskForSoManyImagesASecond) {
    listen(client);
    for (int i = 0; i < 500; ++i) socket().arrivals.emplace_back(setup_frame({.key = session(i)}), publisher);
    settle();
    EXPECT_EQ(driver.log_files(), 3);
    EXPECT_GE(driver.value(Refusal::sessions), 440);
    driver.pass(1s);
    EXPECT_THAT(driver.errors(), Contains(HasSubstr("gale.endpoint.session.limit")));
}

TEST_F(Strangers, AreAskedForASetupSoOftenASecond) {
    listen(client);
    for (int i = 0; i < 500; ++i)
        socket().arrivals.emplace_back(frame_at(0, 64, wire::FrameType::data, session(i)), publisher);
    settle();
    EXPECT_THAT(statuses(), SizeIs(Le(21)));
    EXPECT_GE(driver.value(Refusal::replies), 479);
}

TEST_F(Strangers, FillNoErrorLogWithNewsOfThemselves) {
    const Listening listening = listen(client, "aeron:udp?endpoint=127.0.0.1:40123|rcv-wnd=1024");
    for (int i = 0; i < 2000; ++i) {
        receive(setup_frame({.key = session(i)}));
        if (i % 40 == 0) driver.pass(1s);
    }
    EXPECT_FALSE(take_image(client, listening.id));
    EXPECT_THAT(driver.errors(), SizeIs(Le(260)));
    EXPECT_THAT(driver.errors(), Contains(HasSubstr("session 1000 of")));
    EXPECT_THAT(driver.errors(), Contains(HasSubstr("as often before")));
    EXPECT_TRUE(try_listen(client, "aeron:udp?endpoint=127.0.0.1:40124"));
}

}  // namespace
}  // namespace gale::testing

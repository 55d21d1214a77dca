// Publications whose receiver has a name that comes to lead elsewhere.
#include "driver/conductor/network_puppet_test.hpp"

namespace gale::testing {
namespace {

using PublicationsOfNames = NetworkTest;

TEST_F(PublicationsOfNames, TryAgainWhenTheirSocketCannotFollow) {
    network.names["somewhere"] = "10.0.0.2";
    const CorrelationId id = client.ask(add_publication("aeron:udp?endpoint=somewhere:4000", stream_7));
    settle();
    EXPECT_TRUE(
        client.take_first<control::PublicationReady>([&](const auto& ready) { return ready.correlation_id == id; }));
    network.names["somewhere"] = "10.0.0.3";
    driver.pass(8s);
    EXPECT_TRUE(driver.has_error("cannot send to 10.0.0.3:4000, where the name of "));
    EXPECT_EQ(driver.value(control::SystemCounter::resolution_changes), 0);
    network.sockets.back().reconnects = true;
    driver.pass(8s);
    EXPECT_EQ(driver.value(control::SystemCounter::resolution_changes), 1);
    driver.pass(16s);
    EXPECT_EQ(driver.value(control::SystemCounter::resolution_changes), 1) << "it is there";
}

}  // namespace
}  // namespace gale::testing

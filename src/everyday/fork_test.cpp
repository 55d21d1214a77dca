// A child of fork has a copy of everything and owns nothing of it: it may let go, and nobody else notices.
#include "everyday/testing.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>  // layers: waits for the child
#include <unistd.h>    // layers: forks

#include <optional>

namespace gale::testing {
namespace {

struct Household {
    std::string directory = fresh_directory();
    std::optional<MediaDriver> driver{MediaDriver::launch(small_driver(directory))};
    std::optional<Client> client{Client::connect({.directory = directory})};
    std::optional<Publication> publication{client->add_publication("aeron:ipc?term-length=64k", StreamId{7})};
    std::optional<Subscription> subscription{client->add_subscription("aeron:ipc?term-length=64k", StreamId{7})};
};

// What the child answers: 0 when `story` returned true.
int in_a_child(const std::function<bool()>& story) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(story() ? 0 : 1);
    int status = -1;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool still_works(Household& home) {
    wait_for([&] { return home.publication->is_connected(); });
    if (!home.publication->offer(as_bytes("still here"))) return false;
    std::string heard;
    wait_for([&] {
        home.subscription->poll([&](std::span<const std::byte> bytes, const Header&) { heard = as_text(bytes); }, 1);
        return !heard.empty();
    });
    return heard == "still here" && home.driver->is_running() && !home.client->is_closed();
}

TEST(Fork, AChildThatLetsGoOfEverythingEndsNothingOfItsParents) {
    Household home;
    EXPECT_EQ(in_a_child([&] {
                  home.subscription.reset();
                  home.publication.reset();
                  home.client.reset();
                  home.driver.reset();
                  return true;
              }),
              0);
    EXPECT_TRUE(still_works(home));
}

TEST(Fork, AChildThatUsesItsParentsClientIsToldToConnectItsOwn) {
    Household home;
    EXPECT_EQ(in_a_child([&] {
                  try {
                      static_cast<void>(home.client->add_publication("aeron:ipc", StreamId{8}));
                      return false;
                  } catch (const Error& error) {
                      return error.code() == ErrorCode::closed;
                  }
              }),
              0);
    EXPECT_TRUE(still_works(home));
}

}  // namespace
}  // namespace gale::testing

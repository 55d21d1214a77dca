// Publications, subscriptions and images through the C ABI, on a driver of ours.
#include "abi/client_fixture_test.hpp"
#include "system/ports.hpp"

#include <aeron/aeron_client_error.h>

#include <array>
#include <cerrno>
#include <set>

namespace gale::testing {
namespace {

template <class Publication> struct Calls;
template <> struct Calls<aeron_publication_t> {
    static constexpr auto offer = aeron_publication_offer;
    static constexpr auto offerv = aeron_publication_offerv;
    static constexpr auto try_claim = aeron_publication_try_claim;
    static constexpr auto is_connected = aeron_publication_is_connected;
    static constexpr auto constants = aeron_publication_constants;
    static constexpr auto position = aeron_publication_position;
    static constexpr auto position_limit = aeron_publication_position_limit;
    static constexpr auto is_closed = aeron_publication_is_closed;
    static constexpr auto close = aeron_publication_close;
    static constexpr auto channel_status = aeron_publication_channel_status;
    static constexpr auto local_sockaddrs = aeron_publication_local_sockaddrs;
};
template <> struct Calls<aeron_exclusive_publication_t> {
    static constexpr auto offer = aeron_exclusive_publication_offer;
    static constexpr auto offerv = aeron_exclusive_publication_offerv;
    static constexpr auto try_claim = aeron_exclusive_publication_try_claim;
    static constexpr auto is_connected = aeron_exclusive_publication_is_connected;
    static constexpr auto constants = aeron_exclusive_publication_constants;
    static constexpr auto position = aeron_exclusive_publication_position;
    static constexpr auto position_limit = aeron_exclusive_publication_position_limit;
    static constexpr auto is_closed = aeron_exclusive_publication_is_closed;
    static constexpr auto close = aeron_exclusive_publication_close;
    static constexpr auto channel_status = aeron_exclusive_publication_channel_status;
    static constexpr auto local_sockaddrs = aeron_exclusive_publication_local_sockaddrs;
};

std::int64_t length_as_reserved_value(void*, std::uint8_t*, std::size_t frame_length) {
    return static_cast<std::int64_t>(frame_length);
}

/// Offers until somebody is there and has room.
template <class Offer> std::int64_t insist(Offer offer) {
    std::int64_t result = 0;
    while ((result = offer()) == AERON_PUBLICATION_BACK_PRESSURED || result == AERON_PUBLICATION_ADMIN_ACTION ||
           result == AERON_PUBLICATION_NOT_CONNECTED)
        std::this_thread::yield();
    return result;
}

template <class Publication>
void publish_every_way(const CClient& client, Publication* publication, const char* channel, bool is_ipc) {
    using Call = Calls<Publication>;
    aeron_subscription_t* subscription = client.subscription(channel);
    ASSERT_NE(publication, nullptr) << aeron_errmsg();
    ASSERT_NE(subscription, nullptr) << aeron_errmsg();
    client.wait_for_image(subscription);
    client.wait([&] { return Call::is_connected(publication) && Call::position_limit(publication) > 0; });
    EXPECT_TRUE(aeron_subscription_is_connected(subscription));

    aeron_publication_constants_t constants{};
    ASSERT_EQ(Call::constants(publication, &constants), 0);
    EXPECT_STREQ(constants.channel, channel);
    EXPECT_EQ(constants.stream_id, 10);
    EXPECT_EQ(constants.term_buffer_length, std::size_t{64 * 1024});
    EXPECT_EQ(constants.position_bits_to_shift, std::size_t{16});
    EXPECT_EQ(constants.max_message_length, std::size_t{8 * 1024});
    EXPECT_EQ(constants.channel_status_indicator_id == -1, is_ipc);
    EXPECT_EQ(Call::channel_status(publication), is_ipc ? -1 : 1);
    EXPECT_EQ(Call::position(publication), 0);

    Inbox inbox;
    aeron_fragment_assembler_t* assembler = nullptr;
    ASSERT_EQ(aeron_fragment_assembler_create(&assembler, Inbox::take, &inbox), 0);
    const auto read = [&](std::size_t messages) {
        client.wait([&] {
            EXPECT_GE(aeron_subscription_poll(subscription, aeron_fragment_assembler_handler, assembler, 10), 0);
            return inbox.messages.size() >= messages;
        });
    };

    const std::string hello = "hello";
    EXPECT_EQ(insist([&] { return Call::offer(publication, bytes_of(hello), hello.size(), nullptr, nullptr); }), 64);
    EXPECT_EQ(Call::offer(publication, nullptr, 0, nullptr, nullptr), 96);
    EXPECT_EQ(Call::offer(publication, bytes_of(hello), hello.size(), length_as_reserved_value, nullptr), 160);
    read(3);
    EXPECT_EQ(inbox.messages, (std::vector<std::string>{"hello", "", "hello"}));
    EXPECT_EQ(inbox.positions, (std::vector<std::int64_t>{64, 96, 160}));
    EXPECT_EQ(inbox.headers[0].frame.frame_length, 37);
    EXPECT_EQ(inbox.headers[0].frame.flags, 0xc0);
    EXPECT_EQ(inbox.headers[0].frame.session_id, constants.session_id);
    EXPECT_EQ(inbox.headers[0].initial_term_id, constants.initial_term_id);
    EXPECT_EQ(inbox.headers[1].frame.term_offset, 64);
    EXPECT_EQ(+inbox.headers[2].frame.reserved_value, 37);

    std::string left = "left and ", right = "right", empty;
    std::array<aeron_iovec_t, 3> pieces{{{reinterpret_cast<std::uint8_t*>(left.data()), left.size()},
                                         {reinterpret_cast<std::uint8_t*>(empty.data()), 0},
                                         {reinterpret_cast<std::uint8_t*>(right.data()), right.size()}}};
    EXPECT_EQ(Call::offerv(publication, pieces.data(), pieces.size(), length_as_reserved_value, nullptr), 224);
    read(4);
    EXPECT_EQ(inbox.messages[3], "left and right");
    EXPECT_EQ(+inbox.headers[3].frame.reserved_value, 32 + 14);

    aeron_buffer_claim_t claim{};
    EXPECT_EQ(Call::try_claim(publication, 7, &claim), 288);
    ASSERT_EQ(claim.length, 7U);
    ASSERT_EQ(claim.data, claim.frame_header + 32);
    std::memcpy(claim.data, "claimed", 7);
    EXPECT_EQ(aeron_subscription_poll(subscription, Inbox::take, &inbox, 10), 0) << "it is not committed";
    EXPECT_EQ(aeron_buffer_claim_commit(&claim), 0);
    EXPECT_EQ(aeron_buffer_claim_abort(&claim), 0) << "nothing is claimed any more";
    read(5);
    EXPECT_EQ(inbox.messages[4], "claimed");
    EXPECT_EQ(Call::try_claim(publication, 7, &claim), 352);
    EXPECT_EQ(aeron_buffer_claim_abort(&claim), 0);

    const std::string fragmented(5000, 'x');
    insist([&] { return Call::offer(publication, bytes_of(fragmented), fragmented.size(), nullptr, nullptr); });
    read(6);
    EXPECT_EQ(inbox.messages[5], fragmented);
    EXPECT_EQ(inbox.headers[5].frame.frame_length, 5032);
    EXPECT_EQ(inbox.headers[5].frame.flags, 0xc0);
    EXPECT_EQ(inbox.positions[5], Call::position(publication));

    // Around the log, so that terms end and begin.
    for (int i = 0; i < 60; ++i) {
        insist([&] { return Call::offer(publication, bytes_of(fragmented), fragmented.size(), nullptr, nullptr); });
        read(7 + static_cast<std::size_t>(i));
    }
    EXPECT_GT(Call::position(publication), 3 * 64 * 1024);

    const std::string too_long(constants.max_message_length + 1, 'x');
    EXPECT_EQ(insist([&] { return Call::offer(publication, bytes_of(too_long), too_long.size(), nullptr, nullptr); }),
              AERON_PUBLICATION_ERROR);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(Call::offer(publication, nullptr, 5, nullptr, nullptr), AERON_PUBLICATION_ERROR);
    EXPECT_EQ(Call::offerv(publication, nullptr, 5, nullptr, nullptr), AERON_PUBLICATION_ERROR);
    EXPECT_EQ(Call::try_claim(publication, constants.max_payload_length + 1, &claim), AERON_PUBLICATION_ERROR);

    std::atomic<int> completed{0};
    EXPECT_FALSE(Call::is_closed(publication));
    EXPECT_EQ(Call::close(publication, count_one, &completed), 0);
    EXPECT_TRUE(Call::is_closed(publication));
    EXPECT_EQ(Call::offer(publication, bytes_of(hello), hello.size(), nullptr, nullptr), AERON_PUBLICATION_CLOSED);
    EXPECT_EQ(Call::position(publication), AERON_PUBLICATION_CLOSED);
    client.wait([&] { return completed == 1; });
    EXPECT_EQ(Call::close(publication, count_one, &completed), 0);
    EXPECT_EQ(aeron_subscription_close(subscription, count_one, &completed), 0);
    client.wait([&] { return completed == 2; });
    EXPECT_EQ(aeron_fragment_assembler_delete(assembler), 0);
    EXPECT_TRUE(client.complaints.codes.empty());
}

TEST_F(CAbiClient, PublishesEveryWayOverSharedMemory) {
    CClient client{directory.path()};
    publish_every_way(client, client.publication("aeron:ipc"), "aeron:ipc", true);
    publish_every_way(client, client.exclusive("aeron:ipc"), "aeron:ipc", true);
}

TEST_F(CAbiClient, PublishesEveryWayOverUdp) {
    CClient client{directory.path()};
    const std::string udp = new_channel();
    publish_every_way(client, client.publication(udp.c_str()), udp.c_str(), false);
    publish_every_way(client, client.exclusive(udp.c_str()), udp.c_str(), false);
}

TEST_F(CAbiClient, IsRunByTheProgramWhenItAsksForThat) {
    CClient client{directory.path(), Conductor::invoker};
    EXPECT_TRUE(aeron_context_get_use_conductor_agent_invoker(client.context));
    publish_every_way(client, client.publication("aeron:ipc"), "aeron:ipc", true);
    const std::string udp = new_channel();
    publish_every_way(client, client.exclusive(udp.c_str()), udp.c_str(), false);
    aeron_main_idle_strategy(client.client, 1);
    CClient other{directory.path()};
    EXPECT_EQ(aeron_main_do_work(other.client), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
}

TEST_F(CAbiClient, RestsAsTheProgramSays) {
    for (const char* strategy : {"yield", "spin", "noop", "backoff", "sleeping"}) {
        SCOPED_TRACE(strategy);
        CClient client{directory.path(), Conductor::own_thread, [&](aeron_context_t* context) {
                           EXPECT_EQ(aeron_context_set_idle_strategy_init_args(context, nullptr), 0);
                           EXPECT_EQ(aeron_context_set_idle_strategy(context, strategy), 0) << aeron_errmsg();
                           EXPECT_STREQ(aeron_context_get_idle_strategy(context), strategy);
                       }};
        EXPECT_NE(client.publication("aeron:ipc"), nullptr);
    }
}

struct ImageNews {
    std::mutex mutex;
    std::vector<aeron_image_t*> came, went;
    std::set<aeron_subscription_t*> of;
    std::atomic<int> count_came{0}, count_went{0};

    static void available(void* clientd, aeron_subscription_t* subscription, aeron_image_t* image) {
        auto& news = *static_cast<ImageNews*>(clientd);
        const std::lock_guard lock{news.mutex};
        news.came.push_back(image);
        news.of.insert(subscription);
        ++news.count_came;
    }
    static void unavailable(void* clientd, aeron_subscription_t* subscription, aeron_image_t* image) {
        auto& news = *static_cast<ImageNews*>(clientd);
        EXPECT_TRUE(aeron_image_is_closed(image));
        aeron_image_constants_t constants{};
        EXPECT_EQ(aeron_image_constants(image, &constants), 0);
        EXPECT_EQ(constants.subscription, subscription);
        const std::lock_guard lock{news.mutex};
        news.went.push_back(image);
        news.of.insert(subscription);
        ++news.count_went;
    }
};

TEST_F(CAbiClient, ImagesComeAndGoUnderOneHandle) {
    CClient client{directory.path()};
    ImageNews news;
    aeron_subscription_t* subscription =
        client.subscription("aeron:ipc", 10, ImageNews::available, ImageNews::unavailable, &news);
    aeron_exclusive_publication_t* first = client.exclusive("aeron:ipc");
    aeron_exclusive_publication_t* second = client.exclusive("aeron:ipc");
    client.wait([&] { return news.count_came == 2; });
    EXPECT_EQ(news.of, std::set{subscription});
    aeron_publication_constants_t constants{};
    ASSERT_EQ(aeron_exclusive_publication_constants(first, &constants), 0);
    aeron_image_t* image = aeron_subscription_image_by_session_id(subscription, constants.session_id);
    ASSERT_NE(image, nullptr);
    EXPECT_EQ(aeron_subscription_image_by_session_id(subscription, constants.session_id), image);
    EXPECT_EQ(aeron_image_release(image), 0);
    EXPECT_EQ(aeron_subscription_image_at_index(subscription, 2), nullptr);
    std::vector<aeron_image_t*> each;
    aeron_subscription_for_each_image(
        subscription, [](aeron_image_t* one, void* all) { static_cast<decltype(each)*>(all)->push_back(one); }, &each);
    EXPECT_EQ(std::set(each.begin(), each.end()), std::set(news.came.begin(), news.came.end()));

    aeron_image_constants_t of_image{};
    ASSERT_EQ(aeron_image_constants(image, &of_image), 0);
    EXPECT_EQ(of_image.subscription, subscription);
    EXPECT_STREQ(of_image.source_identity, "aeron:ipc");
    EXPECT_EQ(of_image.session_id, constants.session_id);
    EXPECT_EQ(of_image.join_position, 0);
    EXPECT_EQ(of_image.term_buffer_length, constants.term_buffer_length);
    EXPECT_EQ(of_image.position_bits_to_shift, std::size_t{16});

    Inbox inbox;
    const std::string text = "one";
    for (int i = 0; i < 3; ++i)
        ASSERT_GT(aeron_exclusive_publication_offer(first, bytes_of(text), text.size(), nullptr, nullptr), 0);
    EXPECT_EQ(aeron_image_bounded_poll(image, Inbox::take, &inbox, 64, 10), 1);
    EXPECT_EQ(inbox.context, image);
    inbox.action = AERON_ACTION_ABORT;
    EXPECT_EQ(aeron_image_controlled_poll(image, Inbox::decide, &inbox, 10), 0);
    EXPECT_EQ(aeron_image_position(image), 64);
    inbox.action = AERON_ACTION_BREAK;
    EXPECT_EQ(aeron_image_bounded_controlled_poll(image, Inbox::decide, &inbox, 1000, 10), 1);
    EXPECT_EQ(aeron_image_poll(image, Inbox::take, &inbox, 10), 1);
    EXPECT_EQ(aeron_image_poll(image, nullptr, &inbox, 10), -1);
    EXPECT_EQ(aeron_image_position(image), 192);
    ASSERT_GT(aeron_exclusive_publication_offer(first, bytes_of(text), text.size(), nullptr, nullptr), 0);
    struct Block {
        aeron_exclusive_publication_t* to;
        std::int64_t offered;
    } block{second, 0};
    EXPECT_EQ(aeron_image_block_poll(
                  image,
                  [](void* clientd, const std::uint8_t* buffer, std::size_t length, std::int32_t, std::int32_t) {
                      auto& to = *static_cast<Block*>(clientd);
                      to.offered = aeron_exclusive_publication_offer_block(to.to, buffer, length);
                  },
                  &block, 1000),
              64);
    EXPECT_EQ(block.offered, AERON_PUBLICATION_ERROR) << "it is of another place in another stream";
    EXPECT_EQ(aeron_image_end_of_stream_position(image), INT64_MAX);
    EXPECT_FALSE(aeron_image_is_end_of_stream(image));
    EXPECT_EQ(aeron_exclusive_publication_append_padding(first, 100), 256 + 160);

    // Held while it goes.
    EXPECT_EQ(aeron_exclusive_publication_close(first, nullptr, nullptr), 0);
    client.wait([&] {
        aeron_image_poll(image, Inbox::take, &inbox, 10);
        return news.count_went == 1;
    });
    EXPECT_TRUE(aeron_image_is_closed(image));
    EXPECT_TRUE(aeron_image_is_end_of_stream(image));
    EXPECT_EQ(aeron_image_position(image), 256 + 160);
    EXPECT_EQ(aeron_image_poll(image, Inbox::take, &inbox, 10), 0);
    EXPECT_EQ(aeron_image_release(image), 0);
    EXPECT_EQ(aeron_image_release(image), -1) << "it was the last reference";
    EXPECT_EQ(aeron_image_poll(image, Inbox::take, &inbox, 10), -1);

    // Revoked.
    EXPECT_EQ(aeron_exclusive_publication_revoke(second, nullptr, nullptr), 0);
    client.wait([&] { return news.count_went == 2; });
    EXPECT_EQ(aeron_subscription_image_count(subscription), 0);
    EXPECT_EQ(aeron_exclusive_publication_position(second), AERON_PUBLICATION_CLOSED);
}

TEST_F(CAbiClient, AHeldImageIsNotToldWhenItsSubscriptionIsClosed) {
    CClient client{directory.path()};
    ImageNews news;
    aeron_subscription_t* subscription =
        client.subscription("aeron:ipc", 10, ImageNews::available, ImageNews::unavailable, &news);
    ASSERT_NE(client.exclusive("aeron:ipc"), nullptr);
    ASSERT_NE(client.exclusive("aeron:ipc"), nullptr);
    client.wait([&] { return news.count_came == 2; });
    aeron_image_t* held = aeron_subscription_image_at_index(subscription, 0);
    std::atomic<int> completed{0};
    EXPECT_EQ(aeron_subscription_close(subscription, count_one, &completed), 0);
    EXPECT_TRUE(aeron_subscription_is_closed(subscription));
    client.wait([&] { return completed == 1; });
    EXPECT_EQ(news.count_went, 1);
    EXPECT_NE(news.went.front(), held);
    EXPECT_TRUE(aeron_image_is_closed(held));
    EXPECT_EQ(aeron_image_release(held), 0);
}

TEST_F(CAbiClient, SaysWhereItListens) {
    CClient client{directory.path()};
    aeron_subscription_t* subscription = client.subscription("aeron:udp?endpoint=localhost:0|alias=of-a-test");
    aeron_subscription_t* ipc = client.subscription("aeron:ipc");
    client.wait([&] { return aeron_subscription_channel_status(subscription) == 1; });
    std::array<char, AERON_CLIENT_MAX_LOCAL_ADDRESS_STR_LEN> address{};
    aeron_iovec_t vector{reinterpret_cast<std::uint8_t*>(address.data()), address.size()};
    EXPECT_EQ(aeron_subscription_local_sockaddrs(subscription, &vector, 1), 1);
    const std::string found = address.data();
    EXPECT_TRUE(found.starts_with("127.0.0.1:")) << found;
    EXPECT_EQ(aeron_subscription_resolved_endpoint(subscription, address.data(), address.size()), 1);
    EXPECT_EQ(found, address.data());
    std::array<char, 100> channel{};
    const std::string wanted = "aeron:udp?endpoint=" + found + "|alias=of-a-test";
    EXPECT_EQ(aeron_subscription_try_resolve_channel_endpoint_port(subscription, channel.data(), channel.size()),
              static_cast<int>(wanted.size()));
    EXPECT_EQ(wanted, channel.data());
    // What has no port to be resolved is what it is, but for a spy.
    const auto resolved = [&](const char* given) {
        aeron_subscription_t* const made = client.subscription(given);
        return aeron_subscription_try_resolve_channel_endpoint_port(made, channel.data(), channel.size()) < 0
                   ? std::string{"refused"}
                   : std::string{channel.data()};
    };
    for (const char* given : {"aeron:ipc", "aeron:udp?control-mode=manual", "aeron:udp?endpoint=localhost:40987"})
        EXPECT_EQ(resolved(given), given);
    EXPECT_EQ(resolved("aeron-spy:aeron:udp?endpoint=localhost:40987"), "refused");
    EXPECT_EQ(aeron_subscription_try_resolve_channel_endpoint_port(subscription, channel.data(), 10), 9);
    EXPECT_EQ(wanted.substr(0, 9), channel.data()) << "as much as there is room for";
    EXPECT_EQ(aeron_subscription_channel_status(ipc), -1);
    EXPECT_EQ(aeron_subscription_local_sockaddrs(subscription, nullptr, 0), -1);
}

TEST_F(CAbiClient, SendsToDestinationsThatComeAndGo) {
    CClient client{directory.path()};
    aeron_exclusive_publication_t* publication = client.exclusive("aeron:udp?control-mode=manual");
    const std::string destination = new_channel();
    aeron_subscription_t* subscription = client.subscription(destination.c_str());
    const auto done = [&](aeron_async_destination_t* async) {
        int result = 0;
        // Any of the three polls does.
        client.wait([&] { return (result = aeron_subscription_async_destination_poll(async)) != 0; });
        return result;
    };
    aeron_async_destination_t* async = nullptr;
    ASSERT_EQ(
        aeron_exclusive_publication_async_add_destination(&async, client.client, publication, destination.c_str()), 0);
    const std::int64_t id = aeron_async_destination_get_registration_id(async);
    EXPECT_GT(id, 0);
    EXPECT_EQ(done(async), 1);
    EXPECT_EQ(aeron_async_destination_get_registration_id(async), -1) << "the operation is over";
    client.wait_for_image(subscription);
    ASSERT_EQ(aeron_exclusive_publication_async_remove_destination_by_id(&async, client.client, publication, id), 0);
    EXPECT_EQ(done(async), 1);
    ASSERT_EQ(aeron_exclusive_publication_async_add_destination(&async, client.client, publication, "nonsense"), 0);
    EXPECT_EQ(done(async), -1);
    EXPECT_EQ(aeron_errcode(), -AERON_ERROR_CODE_INVALID_CHANNEL) << aeron_errmsg();
    EXPECT_EQ(aeron_exclusive_publication_async_add_destination(&async, client.client, publication, nullptr), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
}

TEST_F(CAbiClient, PutsMessagesTogetherForImagesAndWithActions) {
    CClient client{directory.path()};
    aeron_subscription_t* subscription = client.subscription("aeron:ipc");
    aeron_publication_t* publication = client.publication("aeron:ipc");
    client.wait_for_image(subscription);
    client.wait([&] { return aeron_publication_is_connected(publication); });  // the driver says so a cycle later
    aeron_image_t* image = aeron_subscription_image_at_index(subscription, 0);
    const std::string message(4000, 'm');
    for (int i = 0; i < 3; ++i)
        ASSERT_GT(insist([&] {
                      return aeron_publication_offer(publication, bytes_of(message), message.size(), nullptr, nullptr);
                  }),
                  0);
    Inbox inbox;
    aeron_image_fragment_assembler_t* one = nullptr;
    ASSERT_EQ(aeron_image_fragment_assembler_create(&one, Inbox::take, &inbox), 0);
    EXPECT_EQ(aeron_image_poll(image, aeron_image_fragment_assembler_handler, one, 3), 3);
    aeron_image_controlled_fragment_assembler_t* two = nullptr;
    ASSERT_EQ(aeron_image_controlled_fragment_assembler_create(&two, Inbox::decide, &inbox), 0);
    inbox.action = AERON_ACTION_ABORT;
    EXPECT_EQ(aeron_image_controlled_poll(image, aeron_image_controlled_fragment_assembler_handler, two, 10), 2);
    inbox.action = AERON_ACTION_BREAK;
    EXPECT_EQ(aeron_image_controlled_poll(image, aeron_image_controlled_fragment_assembler_handler, two, 10), 1);
    aeron_controlled_fragment_assembler_t* three = nullptr;
    ASSERT_EQ(aeron_controlled_fragment_assembler_create(&three, Inbox::decide, &inbox), 0);
    inbox.action = AERON_ACTION_COMMIT;
    EXPECT_EQ(aeron_subscription_controlled_poll(subscription, aeron_controlled_fragment_assembler_handler, three, 10),
              3);
    EXPECT_EQ(inbox.messages, std::vector(4, message)) << "the second was aborted once";
    EXPECT_EQ(inbox.context, image);
    EXPECT_EQ(aeron_image_fragment_assembler_delete(one), 0);
    EXPECT_EQ(aeron_image_controlled_fragment_assembler_delete(two), 0);
    EXPECT_EQ(aeron_controlled_fragment_assembler_delete(three), 0);
    EXPECT_EQ(aeron_controlled_fragment_assembler_delete(nullptr), 0);
    EXPECT_EQ(aeron_image_release(image), 0);
}

TEST_F(CAbiClient, RejectedPublishersHearByWhom) {
    struct Frame {
        std::atomic<int> count{0};
        aeron_publication_error_values_t* kept = nullptr;
    } frame;
    CClient client{directory.path(), Conductor::own_thread, [&](aeron_context_t* context) {
                       aeron_context_set_publication_error_frame_handler(
                           context,
                           [](void* clientd, aeron_publication_error_values_t* values) {
                               auto& to = *static_cast<Frame*>(clientd);
                               if (to.count == 0) {
                                   EXPECT_EQ(aeron_publication_error_values_copy(&to.kept, values), 0);
                               }
                               ++to.count;
                           },
                           &frame);
                   }};
    const std::string channel = new_channel();
    aeron_subscription_t* subscription = client.subscription(channel.c_str());
    aeron_publication_t* publication = client.publication(channel.c_str());
    client.wait_for_image(subscription);
    aeron_image_t* image = aeron_subscription_image_at_index(subscription, 0);
    EXPECT_EQ(aeron_image_reject(image, std::string(1024, 'x').c_str()), -1);
    EXPECT_EQ(aeron_image_reject(image, nullptr), -1);
    EXPECT_EQ(aeron_image_reject(image, "not wanted"), 0) << aeron_errmsg();
    client.wait([&] { return frame.count > 0; });
    ASSERT_NE(frame.kept, nullptr);
    EXPECT_EQ(frame.kept->session_id, aeron_publication_session_id(publication));
    EXPECT_EQ(frame.kept->stream_id, aeron_publication_stream_id(publication));
    EXPECT_EQ(frame.kept->error_code, AERON_ERROR_CODE_IMAGE_REJECTED);
    EXPECT_EQ((std::string{reinterpret_cast<const char*>(frame.kept->error_message),
                           static_cast<std::size_t>(frame.kept->error_message_length)}),
              "not wanted");
    EXPECT_EQ(frame.kept->address_type, AERON_RESPONSE_ADDRESS_TYPE_IPV4);
    EXPECT_EQ(frame.kept->source_address[0], 127);
    EXPECT_NE(frame.kept->source_port, 0);
    aeron_publication_error_values_delete(frame.kept);
    EXPECT_EQ(aeron_image_release(image), 0);
}

}  // namespace
}  // namespace gale::testing

// What is called for every message allocates nothing. A program of its own: it replaces operator new.
#include "abi/client_fixture_test.hpp"
#include "base/counting_allocations.hpp"

#include <array>

namespace gale::testing {
namespace {

void sum_lengths(void* clientd, const std::uint8_t*, std::size_t length, aeron_header_t* header) {
    *static_cast<std::int64_t*>(clientd) += static_cast<std::int64_t>(length) + aeron_header_next_term_offset(header);
}

aeron_controlled_fragment_handler_action_t sum_and_go_on(void* clientd, const std::uint8_t* buffer, std::size_t length,
                                                         aeron_header_t* header) {
    sum_lengths(clientd, buffer, length, header);
    return AERON_ACTION_CONTINUE;
}

TEST_F(CAbiClient, NothingHotAllocates) {
    if (!counts_allocations) GTEST_SKIP() << "a sanitizer has replaced operator new already";
    CClient client{directory.path()};
    aeron_subscription_t* subscription = client.subscription("aeron:ipc");
    aeron_publication_t* publication = client.publication("aeron:ipc");
    aeron_exclusive_publication_t* exclusive = client.exclusive("aeron:ipc");
    client.wait_for_image(subscription, 2);
    client.wait([&] {
        return aeron_publication_is_connected(publication) && aeron_exclusive_publication_is_connected(exclusive);
    });
    aeron_image_t* image = aeron_subscription_image_at_index(subscription, 0);
    std::int64_t sum = 0;
    aeron_fragment_assembler_t* assembler = nullptr;
    ASSERT_EQ(aeron_fragment_assembler_create(&assembler, sum_lengths, &sum), 0);
    std::vector<std::uint8_t> message(4000, 1);
    std::array<aeron_iovec_t, 2> pieces{{{message.data(), 10}, {message.data(), 20}}};
    std::int64_t positions = 0;
    const auto round = [&] {
        aeron_buffer_claim_t claim{};
        positions += aeron_publication_offer(publication, message.data(), 100, nullptr, nullptr);
        positions += aeron_publication_offer(publication, message.data(), message.size(), nullptr, nullptr);
        positions += aeron_publication_offerv(publication, pieces.data(), pieces.size(), nullptr, nullptr);
        if (aeron_publication_try_claim(publication, 50, &claim) > 0) aeron_buffer_claim_commit(&claim);
        positions += aeron_exclusive_publication_offer(exclusive, message.data(), message.size(), nullptr, nullptr);
        positions += aeron_exclusive_publication_offerv(exclusive, pieces.data(), pieces.size(), nullptr, nullptr);
        if (aeron_exclusive_publication_try_claim(exclusive, 50, &claim) > 0) aeron_buffer_claim_abort(&claim);
        positions += aeron_publication_position(publication) + aeron_exclusive_publication_position_limit(exclusive);
        aeron_subscription_poll(subscription, aeron_fragment_assembler_handler, assembler, 20);
        aeron_subscription_controlled_poll(subscription, sum_and_go_on, &sum, 1);
        aeron_image_poll(image, sum_lengths, &sum, 1);
        aeron_image_bounded_poll(image, sum_lengths, &sum, INT64_MAX, 1);
        aeron_image_controlled_poll(image, sum_and_go_on, &sum, 1);
        while (aeron_subscription_poll(subscription, aeron_fragment_assembler_handler, assembler, 20) > 0) continue;
        positions += aeron_image_position(image) + aeron_image_is_closed(image);
        positions += aeron_subscription_is_connected(subscription) + aeron_publication_is_connected(publication);
    };
    round();  // the assembler's memory comes with the first message
    const std::int64_t before = allocations;
    for (int i = 0; i < 200; ++i) round();
    EXPECT_EQ(allocations, before);
    EXPECT_GT(sum, 0);
    EXPECT_EQ(aeron_fragment_assembler_delete(assembler), 0);
    EXPECT_EQ(aeron_image_release(image), 0);
    EXPECT_GT(allocations, 0) << "the library's allocations are counted";
}

}  // namespace
}  // namespace gale::testing

/// One story after the other, each of its own seed.
#pragma once

#include "sim/stream_model.hpp"
#include "support/seeds.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace gale::sim {

/// What came of all stories together, up to the first that failed: a story in which nothing happens shows nothing.
template <class Story, class Faults> Streams::Tally tell_all(const Faults& faults, std::uint64_t count) {
    Streams::Tally sum;
    for (const std::uint64_t seed : testing::seeds(count)) {
        SCOPED_TRACE("SEED=" + std::to_string(seed));
        Story story{seed, faults};
        story.tell();
        if (::testing::Test::HasFailure()) break;
        sum.messages += story.tally().messages;
        sum.images += story.tally().images;
        sum.images_again += story.tally().images_again;
        sum.clients_lost += story.tally().clients_lost;
        sum.gaps += story.tally().gaps;
    }
    return sum;
}

}  // namespace gale::sim

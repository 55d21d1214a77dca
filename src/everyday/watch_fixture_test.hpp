/// For tests only: a publisher, a subscriber to watch, and ears.
#pragma once

#include "everyday/testing.hpp"

#include <gale/watch.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace gale::testing {

/// What a handler heard, for another thread to look at.
class Heard {
public:
    void operator()(const Message& message) {
        const std::lock_guard lock{mutex_};
        texts_.emplace_back(message.text());
    }
    std::vector<std::string> texts() const {
        const std::lock_guard lock{mutex_};
        return texts_;
    }
    std::size_t count() const { return texts().size(); }

private:
    mutable std::mutex mutex_;
    std::vector<std::string> texts_;
};

class WatchTest : public ::testing::Test {
protected:
    void put(std::string_view text) {
        ASSERT_EQ(publication.put(text, {.timeout = forever, .wait_for_subscriber = true}), PutStatus::success);
    }
    void put_numbers(int count) {
        for (int i = 0; i < count; ++i) put(std::to_string(i));
    }
    static Watch::Handler to(Heard& heard) {
        return [&heard](const Message& message) { heard(message); };
    }

    Context context{embedded()};
    Publisher publication = publisher(context, short_log(1));
    Heard heard;
    Heard heard_too;
    Subscriber subscription = subscriber(context, short_log(1));
};

}  // namespace gale::testing

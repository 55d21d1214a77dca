/// A driver in this process and clients of it, through the C ABI. For the tests of libaeron.so.
#pragma once

#include "support/test_directory.hpp"

#include <gale/driver_options.hpp>
#include <gale/media_driver.hpp>

#include <gtest/gtest.h>

#include <aeron/aeronc.h>

#include <atomic>
#include <cstring>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace gale::testing {

inline DriverOptions driver_for_c_clients(const std::string& directory) {
    DriverOptions options;
    options.directory = directory;
    options.threading_mode = ThreadingMode::shared;
    options.ipc_term_buffer_length = 64 * 1024;
    options.term_buffer_length = 64 * 1024;
    return options;
}

/// What went wrong where nobody waits.
struct Complaints {
    std::vector<int> codes;
    static void on_error(void* clientd, int code, const char*) {
        static_cast<Complaints*>(clientd)->codes.push_back(code);
    }
};

enum class Conductor { own_thread, invoker };

class CClient {
public:
    explicit CClient(const std::string& directory, Conductor conductor = Conductor::own_thread,
                     const std::function<void(aeron_context_t*)>& adjust = {})
        : stepped_{conductor == Conductor::invoker} {
        EXPECT_EQ(aeron_context_init(&context), 0) << aeron_errmsg();
        EXPECT_EQ(aeron_context_set_dir(context, directory.c_str()), 0);
        EXPECT_EQ(aeron_context_set_error_handler(context, Complaints::on_error, &complaints), 0);
        EXPECT_EQ(aeron_context_set_use_conductor_agent_invoker(context, stepped_), 0);
        if (adjust) adjust(context);
        EXPECT_EQ(aeron_init(&client, context), 0) << aeron_errmsg();
        EXPECT_EQ(aeron_start(client), 0) << aeron_errmsg();
    }
    CClient(const CClient&) = delete;
    CClient& operator=(const CClient&) = delete;
    ~CClient() { close(); }
    void close() {
        if (client != nullptr) {
            EXPECT_EQ(aeron_close(client), 0) << aeron_errmsg();
        }
        client = nullptr;
        EXPECT_EQ(aeron_context_close(context), 0);
        context = nullptr;
    }

    /// Until it is true, the conductor being run meanwhile.
    void wait(const std::function<bool()>& condition) const {
        while (!condition()) {
            if (stepped_) aeron_main_do_work(client);
            std::this_thread::yield();
        }
    }
    /// Polls to its end what an add function started; null when it was refused.
    template <class Handle, class Async> Handle* made(Async* async, int (*poll)(Handle**, Async*)) const {
        Handle* handle = nullptr;
        int result = 0;
        wait([&] { return (result = poll(&handle, async)) != 0; });
        return result == 1 ? handle : nullptr;
    }

    aeron_publication_t* publication(const char* channel, std::int32_t stream = 10) const {
        aeron_async_add_publication_t* async = nullptr;
        EXPECT_EQ(aeron_async_add_publication(&async, client, channel, stream), 0) << aeron_errmsg();
        return made(async, aeron_async_add_publication_poll);
    }
    aeron_exclusive_publication_t* exclusive(const char* channel, std::int32_t stream = 10) const {
        aeron_async_add_exclusive_publication_t* async = nullptr;
        EXPECT_EQ(aeron_async_add_exclusive_publication(&async, client, channel, stream), 0) << aeron_errmsg();
        return made(async, aeron_async_add_exclusive_publication_poll);
    }
    aeron_subscription_t* subscription(const char* channel, std::int32_t stream = 10,
                                       aeron_on_available_image_t available = nullptr,
                                       aeron_on_unavailable_image_t unavailable = nullptr,
                                       void* clientd = nullptr) const {
        aeron_async_add_subscription_t* async = nullptr;
        EXPECT_EQ(
            aeron_async_add_subscription(&async, client, channel, stream, available, clientd, unavailable, clientd), 0)
            << aeron_errmsg();
        return made(async, aeron_async_add_subscription_poll);
    }
    aeron_counter_t* counter(std::int32_t type, const std::string& label) const {
        aeron_async_add_counter_t* async = nullptr;
        EXPECT_EQ(aeron_async_add_counter(&async, client, type, nullptr, 0, label.data(), label.size()), 0)
            << aeron_errmsg();
        return made(async, aeron_async_add_counter_poll);
    }
    void wait_for_image(aeron_subscription_t* subscription, int count = 1) const {
        wait([&] { return aeron_subscription_image_count(subscription) == count; });
    }

    Complaints complaints;
    aeron_context_t* context = nullptr;
    aeron_t* client = nullptr;

private:
    bool stepped_;
};

class CAbiClient : public ::testing::Test {
protected:
    TestDirectory directory;
    MediaDriver driver = MediaDriver::launch(driver_for_c_clients(directory.path()));
};

/// Messages as texts.
struct Inbox {
    std::vector<std::string> messages;
    std::vector<aeron_header_values_t> headers;
    std::vector<std::int64_t> positions;
    void* context = nullptr;
    aeron_controlled_fragment_handler_action_t action = AERON_ACTION_CONTINUE;

    static void take(void* clientd, const std::uint8_t* buffer, std::size_t length, aeron_header_t* header) {
        auto& inbox = *static_cast<Inbox*>(clientd);
        inbox.messages.emplace_back(reinterpret_cast<const char*>(buffer), length);
        aeron_header_values_t values{};
        EXPECT_EQ(aeron_header_values(header, &values), 0);
        inbox.headers.push_back(values);
        inbox.positions.push_back(aeron_header_position(header));
        inbox.context = aeron_header_context(header);
    }
    static aeron_controlled_fragment_handler_action_t decide(void* clientd, const std::uint8_t* buffer,
                                                             std::size_t length, aeron_header_t* header) {
        take(clientd, buffer, length, header);
        return static_cast<Inbox*>(clientd)->action;
    }
};

inline const std::uint8_t* bytes_of(const std::string& text) {
    return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// A handler that counts.
inline void count_one(void* clientd) { static_cast<std::atomic<int>*>(clientd)->fetch_add(1); }

}  // namespace gale::testing

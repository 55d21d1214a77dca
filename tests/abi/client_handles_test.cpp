// Every function of libaeron.so with handles that are null, closed, or something else: an answer, and never a crash.
#include "abi/client_fixture_test.hpp"
#include "capi/beyond/dropped.hpp"
#include "client_headers.inc"

#include <aeron/aeronmd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <set>
#include <string_view>
#include <type_traits>

namespace gale::testing {
namespace {

/// A handle of each kind.
struct Handles {
    aeron_context_t* context = nullptr;
    aeron_t* client = nullptr;
    aeron_publication_t* publication = nullptr;
    aeron_exclusive_publication_t* exclusive = nullptr;
    aeron_subscription_t* subscription = nullptr;
    aeron_image_t* image = nullptr;
    aeron_counter_t* counter = nullptr;
    aeron_counters_reader_t* reader = nullptr;
    aeron_async_add_publication_t* async = nullptr;
    aeron_cnc_t* cnc = nullptr;
    aeron_fragment_assembler_t* assembler = nullptr;
    aeron_image_fragment_assembler_t* image_assembler = nullptr;
    aeron_controlled_fragment_assembler_t* controlled_assembler = nullptr;
    aeron_image_controlled_fragment_assembler_t* image_controlled_assembler = nullptr;
};

template <class T>
constexpr bool is_handle =
    std::is_same_v<T, aeron_context_t> || std::is_same_v<T, aeron_t> || std::is_same_v<T, aeron_publication_t> ||
    std::is_same_v<T, aeron_exclusive_publication_t> || std::is_same_v<T, aeron_subscription_t> ||
    std::is_same_v<T, aeron_image_t> || std::is_same_v<T, aeron_counter_t> ||
    std::is_same_v<T, aeron_counters_reader_t> || std::is_same_v<T, aeron_async_add_publication_t> ||
    std::is_same_v<T, aeron_cnc_t> || std::is_same_v<T, aeron_fragment_assembler_t> ||
    std::is_same_v<T, aeron_image_fragment_assembler_t> || std::is_same_v<T, aeron_controlled_fragment_assembler_t> ||
    std::is_same_v<T, aeron_image_controlled_fragment_assembler_t>;

template <class Function> struct Nothing;
template <class R, class... A> struct Nothing<R(A...)> {
    static R call(A...) {
        if constexpr (!std::is_void_v<R>) return R{};
    }
};

/// Arguments of any type: the handles, and beside them either nothing at all, or something that can be used.
class Arguments {
public:
    Arguments(const Handles& handles, bool empty) : handles_{handles}, empty_{empty} {}

    template <class T> T get() {
        if constexpr (std::is_pointer_v<T>) {
            using To = std::remove_cv_t<std::remove_pointer_t<T>>;
            if constexpr (std::is_function_v<To>)
                return empty_ ? nullptr : &Nothing<To>::call;
            else if constexpr (is_handle<To>)
                return handle<To>();
            else if constexpr (std::is_same_v<To, char>)
                return empty_ ? nullptr : text_.data();
            else if constexpr (std::is_same_v<To, void>)
                return handles_.assembler;
            else
                return empty_ ? nullptr : reinterpret_cast<T>(scratch_.data());
        } else {
            return static_cast<T>(empty_ ? 0 : 1);
        }
    }

private:
    template <class To> To* handle() {
        if constexpr (std::is_same_v<To, aeron_context_t>)
            return handles_.context;
        else if constexpr (std::is_same_v<To, aeron_t>)
            return handles_.client;
        else if constexpr (std::is_same_v<To, aeron_publication_t>)
            return handles_.publication;
        else if constexpr (std::is_same_v<To, aeron_exclusive_publication_t>)
            return handles_.exclusive;
        else if constexpr (std::is_same_v<To, aeron_subscription_t>)
            return handles_.subscription;
        else if constexpr (std::is_same_v<To, aeron_image_t>)
            return handles_.image;
        else if constexpr (std::is_same_v<To, aeron_counter_t>)
            return handles_.counter;
        else if constexpr (std::is_same_v<To, aeron_counters_reader_t>)
            return handles_.reader;
        else if constexpr (std::is_same_v<To, aeron_async_add_publication_t>)
            return handles_.async;
        else if constexpr (std::is_same_v<To, aeron_cnc_t>)
            return handles_.cnc;
        else if constexpr (std::is_same_v<To, aeron_fragment_assembler_t>)
            return handles_.assembler;
        else if constexpr (std::is_same_v<To, aeron_image_fragment_assembler_t>)
            return handles_.image_assembler;
        else if constexpr (std::is_same_v<To, aeron_controlled_fragment_assembler_t>)
            return handles_.controlled_assembler;
        else
            return handles_.image_controlled_assembler;
    }

    Handles handles_;
    bool empty_;
    std::array<char, 40> text_{"/nonexistent/gale-abi-test"};
    alignas(64) std::array<std::byte, 8192> scratch_{};
};

struct Answer {
    bool takes_handle = false;
    bool is_number = false;  // a signed one
    std::int64_t number = 0;
};

template <class R, class... A> Answer call(R (*function)(A...), const Handles& handles, bool empty) {
    Arguments arguments{handles, empty};
    Answer answer{.takes_handle = (is_handle<std::remove_cv_t<std::remove_pointer_t<A>>> || ...)};
    if constexpr (std::is_void_v<R>) {
        function(arguments.get<A>()...);
    } else {
        const R result = function(arguments.get<A>()...);
        if constexpr (std::is_integral_v<R> && std::is_signed_v<R> && !std::is_same_v<R, bool>) {
            answer.is_number = true;
            answer.number = result;
        }
    }
    return answer;
}

struct Row {
    std::string_view name;
    Answer (*call)(const Handles&, bool empty);
};

constexpr Row rows[] = {
#define CALL(name) {#name, [](const Handles& handles, bool empty) { return call(&::name, handles, empty); }},
#include "client_calls.inc"
#undef CALL
};

static_assert(std::size(rows) >= 330);

// With arguments that can be used these make something, need no handle for it, free what they are given, or read it as
// what it is not.
const std::set<std::string_view> only_with_nulls{
    "aeron_agent_init",
    "aeron_alloc",
    "aeron_alloc_aligned",
    "aeron_free",
    "aeron_ftell",
    "aeron_idle_strategy_backoff_state_init",
    "aeron_int64_to_ptr_hash_map_init",
    "aeron_int64_to_ptr_hash_map_put",
    "aeron_mkdir_recursive",
    "aeron_mutex_destroy",
    "aeron_mutex_lock",
    "aeron_mutex_unlock",
    "aeron_reallocf",
    "aeron_thread_set_affinity",
    "aeron_uri_string_builder_init_new",
    "aeron_context_init",
    "aeron_fragment_assembler_create",
    "aeron_image_fragment_assembler_create",
    "aeron_controlled_fragment_assembler_create",
    "aeron_image_controlled_fragment_assembler_create",
    "aeron_publication_error_values_copy",
    "aeron_publication_error_values_delete",
};

/// What answers 0 to a handle that is closed already, or is nothing: its job is done.
bool ends_something(std::string_view name) {
    return name.ends_with("_close") || name.ends_with("_revoke") || name.ends_with("_delete");
}

void call_all(const Handles& handles, bool empty, bool refused) {
    int with_handles = 0;
    for (const Row& row : rows) {
        if (!empty && only_with_nulls.contains(row.name)) continue;
        SCOPED_TRACE(row.name);
        const Answer answer = row.call(handles, empty);
        if (!answer.takes_handle) continue;
        ++with_handles;
        if (!refused || !answer.is_number || row.name.starts_with("aeron_context_get_")) continue;
        if (ends_something(row.name)) {
            EXPECT_LE(answer.number, 0);
            continue;
        }
        EXPECT_LT(answer.number, 0);
        if (answer.number == -1) {
            EXPECT_EQ(aeron_errcode(), EINVAL) << aeron_errmsg();
        }
    }
    EXPECT_GT(with_handles, 180);
    EXPECT_NE(aeron_set_fprintf_handler(nullptr), nullptr) << "it was set above, unless all was null";
}

TEST(CAbiHandles, ThatAreNullAreRefusedByEveryFunction) {
    aeron_set_fprintf_handler([](const char*, std::uint64_t, void*, const char*, va_list) { return 0; });
    int refused = 0;
    for (const Row& row : rows) {
        SCOPED_TRACE(row.name);
        const Answer answer = row.call({}, true);
        if (answer.takes_handle && answer.is_number && answer.number < 0) ++refused;
    }
    EXPECT_GT(refused, 100);
    EXPECT_EQ(aeron_get_fprintf_handler(), nullptr);
    call_all({}, false, true);
}

/// Handles that were good once.
Handles closed_handles(const std::string& directory) {
    Handles closed;
    {
        CClient client{directory};
        const auto async = [&] {
            aeron_async_add_publication_t* pending = nullptr;
            EXPECT_EQ(aeron_async_add_publication(&pending, client.client, "aeron:ipc", 11), 0);
            return pending;
        }();
        EXPECT_NE(client.made(async, aeron_async_add_publication_poll), nullptr);
        closed.async = async;
        closed.context = client.context;
        closed.client = client.client;
        closed.publication = client.publication("aeron:ipc");
        closed.exclusive = client.exclusive("aeron:ipc");
        closed.subscription = client.subscription("aeron:ipc");
        closed.counter = client.counter(1000, "of a test");
        closed.reader = aeron_counters_reader(client.client);
        client.wait_for_image(closed.subscription, 2);
        closed.image = aeron_subscription_image_at_index(closed.subscription, 0);
        EXPECT_NE(closed.image, nullptr);
    }
    EXPECT_EQ(aeron_cnc_init(&closed.cnc, directory.c_str(), 0), 0);
    aeron_cnc_close(closed.cnc);
    EXPECT_EQ(aeron_fragment_assembler_create(&closed.assembler, Inbox::take, nullptr), 0);
    EXPECT_EQ(aeron_fragment_assembler_delete(closed.assembler), 0);
    EXPECT_EQ(aeron_image_fragment_assembler_create(&closed.image_assembler, Inbox::take, nullptr), 0);
    EXPECT_EQ(aeron_image_fragment_assembler_delete(closed.image_assembler), 0);
    EXPECT_EQ(aeron_controlled_fragment_assembler_create(&closed.controlled_assembler, Inbox::decide, nullptr), 0);
    EXPECT_EQ(aeron_controlled_fragment_assembler_delete(closed.controlled_assembler), 0);
    EXPECT_EQ(
        aeron_image_controlled_fragment_assembler_create(&closed.image_controlled_assembler, Inbox::decide, nullptr),
        0);
    EXPECT_EQ(aeron_image_controlled_fragment_assembler_delete(closed.image_controlled_assembler), 0);
    return closed;
}

TEST_F(CAbiClient, HandlesThatWereClosedAreRefusedByEveryFunction) {
    const Handles closed = closed_handles(directory.path());
    call_all(closed, false, true);
    // Also when others have come in their places.
    CClient client{directory.path()};
    std::vector<aeron_counter_t*> counters;
    for (int i = 0; i < 100; ++i) counters.push_back(client.counter(1000, "another"));
    call_all(closed, false, true);
}

TEST_F(CAbiClient, HandlesOfAnotherKindAreRefusedByEveryFunction) {
    const auto as_each = [](void* other) {
        return Handles{.context = static_cast<aeron_context_t*>(other),
                       .client = static_cast<aeron_t*>(other),
                       .publication = static_cast<aeron_publication_t*>(other),
                       .exclusive = static_cast<aeron_exclusive_publication_t*>(other),
                       .subscription = static_cast<aeron_subscription_t*>(other),
                       .image = static_cast<aeron_image_t*>(other),
                       .counter = static_cast<aeron_counter_t*>(other),
                       .reader = static_cast<aeron_counters_reader_t*>(other),
                       .async = static_cast<aeron_async_add_publication_t*>(other),
                       .cnc = static_cast<aeron_cnc_t*>(other),
                       .assembler = static_cast<aeron_fragment_assembler_t*>(other),
                       .image_assembler = static_cast<aeron_image_fragment_assembler_t*>(other),
                       .controlled_assembler = static_cast<aeron_controlled_fragment_assembler_t*>(other),
                       .image_controlled_assembler = static_cast<aeron_image_controlled_fragment_assembler_t*>(other)};
    };
    // What is good here for a context is none of the other kinds, and the other way round.
    CClient client{directory.path()};
    Handles contexts = as_each(client.context);
    contexts.context = nullptr;
    call_all(contexts, false, true);
    Handles clients = as_each(client.client);
    clients.client = nullptr;
    call_all(clients, false, true);
    // Memory that was never a handle.
    alignas(256) static std::array<std::byte, 512> memory{};
    call_all(as_each(memory.data() + 256), false, true);
    EXPECT_FALSE(aeron_is_closed(client.client));
}

TEST_F(CAbiClient, AClosedHandleIsNotTheNextOneInItsPlace) {
    CClient client{directory.path()};
    std::set<aeron_counter_t*> old;
    for (int i = 0; i < 300; ++i) {
        aeron_counter_t* counter = client.counter(1000, "again");
        ASSERT_NE(counter, nullptr);
        EXPECT_FALSE(old.contains(counter));
        old.insert(counter);
        EXPECT_EQ(aeron_counter_close(counter, nullptr, nullptr), 0);
        EXPECT_EQ(aeron_counter_addr(counter), nullptr);
    }
}

}  // namespace
}  // namespace gale::testing

// What libaeron.so has for programs besides messaging: files, memory, texts, maps, threads, frames.
#include "abi/client_fixture_test.hpp"

#include <aeron/aeron_agent.h>
#include <aeron/aeron_alloc.h>
#include <aeron/collections/aeron_int64_to_ptr_hash_map.h>
#include <aeron/concurrent/aeron_logbuffer_descriptor.h>
#include <aeron/protocol/aeron_udp_protocol.h>
#include <aeron/util/aeron_bitutil.h>
#include <aeron/util/aeron_fileutil.h>
#include <aeron/util/aeron_parse_util.h>
#include <aeron/util/aeron_strutil.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <map>
#include <set>

// Found by its name: it idles by counting, and takes no arguments but `1`.
extern "C" {
extern aeron_idle_strategy_t gale_counting_idle_strategy;
aeron_idle_strategy_t gale_counting_idle_strategy{[](void* state, int) { ++*static_cast<int*>(state); },
                                                  [](void** state, const char*, const char* arguments) {
                                                      static int count = 0;
                                                      if (arguments == nullptr || std::string_view{arguments} != "1")
                                                          return -1;
                                                      *state = &count;
                                                      return 0;
                                                  }};
}

namespace gale::testing {
namespace {

TEST(CAbiTools, MapFiles) {
    TestDirectory file;
    aeron_mapped_file_t mapped{nullptr, 8192};
    ASSERT_EQ(aeron_map_new_file(&mapped, file.path().c_str(), true), 0) << aeron_errmsg();
    std::memcpy(mapped.addr, "hello", 5);
    EXPECT_EQ(aeron_msync(mapped.addr, mapped.length), 0);
    EXPECT_EQ(aeron_msync(static_cast<std::byte*>(mapped.addr) + 1, 1), -1) << "no begin of a page";
    EXPECT_EQ(aeron_msync(nullptr, 1), -1);
    EXPECT_EQ(aeron_map_new_file(&mapped, file.path().c_str(), true), -1) << "it is there";
    EXPECT_EQ(aeron_file_length(file.path().c_str()), 8192);
    aeron_mapped_file_t again{}, read_only{};
    ASSERT_EQ(aeron_map_existing_file(&again, file.path().c_str()), 0);
    ASSERT_EQ(aeron_map_readonly_file(&read_only, file.path().c_str()), 0);
    EXPECT_EQ(read_only.length, 8192U);
    EXPECT_EQ(std::memcmp(again.addr, "hello", 5), 0);
    for (auto* each : {&mapped, &again, &read_only}) EXPECT_EQ(aeron_unmap(each), 0);
    EXPECT_EQ(aeron_unmap(nullptr), -1);
    EXPECT_EQ(aeron_file_length("/nonexistent/gale-abi-test"), -1);
    EXPECT_EQ(aeron_map_existing_file(&again, nullptr), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_delete_file(file.path().c_str()), 0);
    EXPECT_EQ(aeron_delete_file(file.path().c_str()), -1);
    EXPECT_EQ(aeron_errcode(), ENOENT);
}

TEST(CAbiTools, MakeDirectoriesAndFindThem) {
    TestDirectory directory;
    const std::string inner = directory.path() + "/a/b";
    EXPECT_FALSE(aeron_file_exists(inner.c_str()));
    EXPECT_EQ(aeron_is_directory(inner.c_str()), 0);
    ASSERT_EQ(aeron_mkdir_recursive(inner.c_str(), 0755), 0) << aeron_errmsg();
    EXPECT_TRUE(aeron_file_exists(inner.c_str()));
    EXPECT_EQ(aeron_is_directory(inner.c_str()), 1);
    std::array<char, 200> path{};
    EXPECT_EQ(aeron_file_resolve(inner.c_str(), "file", path.data(), path.size()), static_cast<int>(inner.size() + 5));
    EXPECT_EQ(path.data(), inner + "/file");
    auto* stream = static_cast<std::FILE*>(aeron_open_file_append(path.data()));
    ASSERT_NE(stream, nullptr);
    std::fputs("four", stream);
    EXPECT_EQ(aeron_ftell(stream), 4);
    std::fclose(stream);
    EXPECT_EQ(aeron_is_directory(path.data()), 0);
    EXPECT_EQ(aeron_mkdir_recursive((inner + "/file/c").c_str(), 0755), -1);
    EXPECT_EQ(aeron_open_file_append(inner.c_str()), nullptr);
    EXPECT_EQ(aeron_errcode(), EISDIR);
    std::array<char, 200> real{};
    EXPECT_EQ(aeron_realpath((inner + "/../b").c_str(), real.data(), real.size()), real.data());
    EXPECT_EQ(real.data(), std::filesystem::canonical(inner).string());
    EXPECT_EQ(aeron_realpath(inner.c_str(), real.data(), 3), nullptr);
    EXPECT_EQ(aeron_errcode(), ENAMETOOLONG);
    EXPECT_EQ(aeron_realpath("/nonexistent/gale-abi-test", real.data(), real.size()), nullptr);
    EXPECT_EQ(aeron_errcode(), ENOENT);
    EXPECT_GT(aeron_usable_fs_space(inner.c_str()), 0U);
    EXPECT_EQ(aeron_usable_fs_space("/nonexistent/gale-abi-test"), 0U);
    EXPECT_EQ(aeron_usable_fs_space_disabled(nullptr), UINT64_MAX);
}

TEST(CAbiTools, HaveNamesForAWhile) {
    std::array<char, 200> place{};
    ASSERT_EQ(aeron_tmpdir(place.data(), place.size()), place.data());
    const std::string temporary = place.data();
    EXPECT_EQ(aeron_is_directory(temporary.c_str()), 1);
    EXPECT_EQ(aeron_tmpdir(place.data(), 2), nullptr);
    EXPECT_EQ(aeron_errcode(), ENAMETOOLONG);
    const std::size_t length = aeron_temp_filename(place.data(), place.size());
    EXPECT_EQ(length, std::strlen(place.data()));
    EXPECT_TRUE(std::string_view{place.data()}.starts_with(temporary + "/aeron-")) << place.data();
    EXPECT_FALSE(aeron_file_exists(place.data()));
    EXPECT_EQ(aeron_temp_filename(place.data(), 5), 0U);
    for (const std::string& wanted : {std::string{"gale-abi-XXXXXX"}, temporary + "/gale-abi-"}) {
        const char* made = aeron_temp_dir(wanted.c_str());
        ASSERT_NE(made, nullptr) << aeron_errmsg();
        EXPECT_TRUE(std::string_view{made}.starts_with(temporary + "/gale-abi-")) << made;
        EXPECT_EQ(aeron_is_directory(made), 1);
        EXPECT_EQ(aeron_delete_file(made), 0);
    }
    EXPECT_EQ(aeron_temp_dir("/nonexistent/gale-abi-test"), nullptr);
    EXPECT_EQ(aeron_temp_dir(nullptr), nullptr);
}

TEST(CAbiTools, MapLogs) {
    TestDirectory file;
    aeron_mapped_raw_log_t log{};
    for (const bool sparse : {true, false}) {
        ASSERT_EQ(aeron_raw_log_map(&log, file.path().c_str(), sparse, 65536, 4096), 0) << aeron_errmsg();
        EXPECT_EQ(log.mapped_file.length, 3U * 65536 + 4096);
        EXPECT_EQ(log.term_length, 65536U);
        const auto* begin = static_cast<std::uint8_t*>(log.mapped_file.addr);
        EXPECT_EQ(log.term_buffers[2].addr, begin + std::ptrdiff_t{2} * 65536);
        EXPECT_EQ(log.term_buffers[2].length, 65536U);
        EXPECT_EQ(log.log_meta_data.addr, begin + std::ptrdiff_t{3} * 65536);
        aeron_mapped_raw_log_t again{};
        EXPECT_EQ(aeron_raw_log_map(&again, file.path().c_str(), sparse, 65536, 4096), -1);
        EXPECT_EQ(aeron_errcode(), EEXIST);
        EXPECT_EQ(aeron_raw_log_map_existing(&again, file.path().c_str(), false), -1) << "its metadata says nothing";
        EXPECT_NE(std::string_view{aeron_errmsg()}.find("is no log"), std::string_view::npos) << aeron_errmsg();
        auto& metadata = *reinterpret_cast<aeron_logbuffer_metadata_t*>(log.log_meta_data.addr);
        metadata.term_length = 65536;
        metadata.page_size = 4096;
        metadata.mtu_length = 1408;
        ASSERT_EQ(aeron_raw_log_map_existing(&again, file.path().c_str(), !sparse), 0) << aeron_errmsg();
        EXPECT_EQ(again.term_length, 65536U);
        EXPECT_TRUE(aeron_raw_log_free(&again, nullptr));
        EXPECT_TRUE(aeron_raw_log_free(&log, file.path().c_str()));
        EXPECT_FALSE(aeron_file_exists(file.path().c_str()));
        EXPECT_FALSE(aeron_raw_log_free(&log, file.path().c_str())) << "the file has gone";
    }
    EXPECT_EQ(aeron_raw_log_map(&log, file.path().c_str(), true, 65535, 4096), -1);
    EXPECT_EQ(aeron_raw_log_map(&log, file.path().c_str(), true, 65536, 4095), -1);
    EXPECT_FALSE(aeron_raw_log_free(nullptr, nullptr));
    for (const std::uint64_t good : {65536U, 1U << 30U}) EXPECT_EQ(aeron_logbuffer_check_term_length(good), 0);
    for (const std::uint64_t bad : {std::uint64_t{0}, std::uint64_t{32768}, std::uint64_t{65537},
                                    std::uint64_t{1} << 31U, UINT64_MAX, (std::uint64_t{1} << 32U) + 65536})
        EXPECT_EQ(aeron_logbuffer_check_term_length(bad), -1) << bad;
    EXPECT_EQ(aeron_logbuffer_check_page_size(4096), 0);
    EXPECT_EQ(aeron_logbuffer_check_page_size(2048), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
}

TEST(CAbiTools, ReadAndWriteTexts) {
    std::uint64_t value = 0;
    EXPECT_EQ(aeron_parse_size64("64k", &value), 0);
    EXPECT_EQ(value, 65536U);
    EXPECT_EQ(aeron_parse_duration_ns("2us", &value), 0);
    EXPECT_EQ(value, 2000U);
    EXPECT_EQ(aeron_parse_duration_ns("soon", &value), -1);
    EXPECT_EQ(value, 2000U);
    EXPECT_NE(std::string_view{aeron_errmsg()}.find("'soon' cannot be read"), std::string_view::npos);
    EXPECT_EQ(aeron_parse_size64(nullptr, &value), -1);
    EXPECT_EQ(aeron_parse_size64("-1", &value), -1);
    EXPECT_TRUE(aeron_parse_bool("on", false));
    EXPECT_TRUE(aeron_parse_bool("perhaps", true));
    EXPECT_EQ(aeron_digit_count(0), 1);
    EXPECT_EQ(aeron_digit_count(4294967295U), 10);
    std::array<char, AERON_FORMAT_DATE_MAX_LENGTH> text{};
    EXPECT_STREQ(aeron_format_number_to_locale(-1234567, text.data(), text.size()), "-1,234,567");
    EXPECT_STREQ(aeron_format_number_to_locale(123, text.data(), text.size()), "123");
    aeron_format_date(text.data(), text.size(), 1'700'000'000'123);
    EXPECT_NE(std::string{text.data()}.find(".123"), std::string::npos) << text.data();
    aeron_format_date(text.data(), text.size(), -1);
    EXPECT_NE(std::string{text.data()}.find(":59.999"), std::string::npos) << text.data();
    const std::array<std::uint8_t, 3> bytes{0x00, 0xAB, 0x7F};
    aeron_format_to_hex(text.data(), text.size(), bytes.data(), bytes.size());
    EXPECT_STREQ(text.data(), "00ab7f");
    aeron_format_to_hex(text.data(), 6, bytes.data(), bytes.size());
    EXPECT_STREQ(text.data(), "00ab") << "whole bytes only";
    aeron_format_to_hex(text.data(), 6, nullptr, 3);
    EXPECT_STREQ(text.data(), "");
    std::size_t length = 77;
    EXPECT_TRUE(aeron_str_length("abc", 4, &length));
    EXPECT_EQ(length, 3U);
    EXPECT_FALSE(aeron_str_length("abc", 3, &length));
    EXPECT_EQ(length, 3U);
    EXPECT_TRUE(aeron_str_length(nullptr, 3, &length));
    EXPECT_EQ(length, 0U);
    EXPECT_TRUE(aeron_str_length("", 1, nullptr));
    std::set<std::int32_t> chance;
    for (int i = 0; i < 20; ++i) chance.insert(aeron_randomised_int32());
    EXPECT_GT(chance.size(), 10U);
}

TEST(CAbiTools, TakeSettingsWithinTheirRange) {
    EXPECT_EQ(aeron_config_parse_size64("A_SETTING", nullptr, 5, 1, 10), 5U);
    EXPECT_EQ(aeron_config_parse_size64("A_SETTING", "1k", 5, 1, 2000), 1024U);
    EXPECT_EQ(aeron_config_parse_duration_ns("A_SETTING", "2us", 5, 1, 2000), 2000U);
    EXPECT_EQ(aeron_config_parse_int32("A_SETTING", "-3", 5, -10, 10), -3);
    ::testing::internal::CaptureStderr();
    EXPECT_EQ(aeron_config_parse_size64("A_SETTING", "1k", 5, 1, 10), 10U);
    EXPECT_EQ(aeron_config_parse_duration_ns("A_SETTING", "soon", 5, 1, 10), 5U);
    EXPECT_EQ(aeron_config_parse_int32("A_SETTING", "-30", 5, -10, 10), -10);
    EXPECT_EQ(::testing::internal::GetCapturedStderr(), "A_SETTING=1k is too large: 10 is taken\n"
                                                        "A_SETTING=soon cannot be read: 5 is taken\n"
                                                        "A_SETTING=-30 is too small: -10 is taken\n");
}

// As Aeron's own does.
TEST(CAbiTools, CutTexts) {
    const auto pieces = [](std::string text, int room) {
        std::array<char*, 3> tokens{};
        const int count = aeron_tokenise(text.data(), ',', room, tokens.data());
        std::string all = std::to_string(count);
        for (int i = 0; i < count; ++i) all += std::string{" "} + tokens.at(static_cast<std::size_t>(i));
        return all;
    };
    EXPECT_EQ(pieces("one,two,three", 3), "3 three two one");
    EXPECT_EQ(pieces(",,one,,two,,", 2), "2 two one");
    EXPECT_EQ(pieces("one", 1), "1 one");
    for (const char* nothing : {"", ",", ",,,"}) EXPECT_EQ(pieces(nothing, 0), "0");
    EXPECT_EQ(pieces("one,two", 1), std::to_string(-ERANGE));
    std::array<char*, 3> tokens{};
    EXPECT_EQ(aeron_tokenise(nullptr, ',', 3, tokens.data()), -EINVAL);
    EXPECT_EQ(aeron_errcode(), EINVAL);
}

TEST(CAbiTools, GiveMemory) {
    void* memory = nullptr;
    ASSERT_EQ(aeron_alloc(&memory, 8), 0);
    EXPECT_EQ(*static_cast<std::int64_t*>(memory), 0);
    EXPECT_EQ(aeron_reallocf(&memory, 100), 0);
    aeron_free(memory);
    EXPECT_EQ(aeron_alloc(nullptr, 8), -1);
    std::size_t offset = 0;
    ASSERT_EQ(aeron_alloc_aligned(&memory, &offset, 100, 256), 0);
    auto* aligned = static_cast<std::byte*>(memory) + offset;
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(aligned) % 256, 0U);
    std::memset(aligned, 1, 100);
    aeron_free(memory);
    EXPECT_EQ(aeron_alloc_aligned(&memory, &offset, 100, 3), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_alloc_aligned(&memory, &offset, SIZE_MAX, 64), -1);
    EXPECT_EQ(aeron_errcode(), ENOMEM);
    EXPECT_EQ(memory, nullptr);
}

TEST(CAbiTools, FindPointersByNumbers) {
    aeron_int64_to_ptr_hash_map_t map;
    ASSERT_EQ(aeron_int64_to_ptr_hash_map_init(&map, 3, AERON_MAP_DEFAULT_LOAD_FACTOR), 0);
    std::map<std::int64_t, void*> model;
    std::array<char, 997> values{};
    // Few keys, so that they meet often; each step is one of the model's, too.
    std::uint64_t step = 1;
    for (int i = 0; i < 20'000; ++i) {
        step = step * 6364136223846793005U + 1442695040888963407U;
        const auto key = static_cast<std::int64_t>(step >> 33U) % 300 - 150;
        if (step % 5 < 2) {
            const auto known = model.find(key);
            void* expected = known == model.end() ? nullptr : known->second;
            ASSERT_EQ(aeron_int64_to_ptr_hash_map_remove(&map, key), expected) << i;
            model.erase(key);
        } else {
            void* value = &values.at(static_cast<std::size_t>(i) % values.size());
            ASSERT_EQ(aeron_int64_to_ptr_hash_map_put(&map, key, value), 0);
            model[key] = value;
        }
        ASSERT_EQ(map.size, model.size()) << i;
    }
    EXPECT_LT(static_cast<float>(map.size), AERON_MAP_DEFAULT_LOAD_FACTOR * static_cast<float>(map.capacity) + 1);
    for (std::int64_t key = -160; key < 160; ++key) {
        const auto known = model.find(key);
        EXPECT_EQ(aeron_int64_to_ptr_hash_map_get(&map, key), known == model.end() ? nullptr : known->second);
    }
    std::map<std::int64_t, void*> seen;
    aeron_int64_to_ptr_hash_map_for_each(
        &map,
        [](void* clientd, std::int64_t key, void* value) {
            (*static_cast<std::map<std::int64_t, void*>*>(clientd))[key] = value;
        },
        &seen);
    EXPECT_EQ(seen, model);
    EXPECT_EQ(aeron_int64_to_ptr_hash_map_put(&map, 1, nullptr), -1);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    aeron_int64_to_ptr_hash_map_delete(&map);
    aeron_int64_to_ptr_hash_map_delete(&map);
    EXPECT_EQ(map.size, 0U);
    EXPECT_EQ(aeron_int64_to_ptr_hash_map_remove(&map, 1), nullptr);
    EXPECT_EQ(aeron_int64_to_ptr_hash_map_put(&map, 1, &map), 0);
    EXPECT_EQ(aeron_int64_to_ptr_hash_map_get(&map, 1), &map);
    aeron_int64_to_ptr_hash_map_delete(&map);
    EXPECT_EQ(aeron_int64_to_ptr_hash_map_init(&map, SIZE_MAX, 0.5F), -1);
    EXPECT_EQ(aeron_int64_to_ptr_hash_map_init(nullptr, 8, 0.5F), -1);
}

TEST(CAbiTools, IdleAsTheyAreTold) {
    struct Choice {
        const char* name;
        aeron_idle_strategy_func_t idle;
        bool has_state;
    };
    for (const Choice& choice : {Choice{"sleeping", aeron_idle_strategy_sleeping_idle, true},
                                 Choice{"sleep-ns", aeron_idle_strategy_sleeping_idle, true},
                                 Choice{"yield", aeron_idle_strategy_yielding_idle, false},
                                 Choice{"spin", aeron_idle_strategy_busy_spinning_idle, false},
                                 Choice{"noop", aeron_idle_strategy_noop_idle, false},
                                 Choice{"backoff", aeron_idle_strategy_backoff_idle, true},
                                 Choice{"aeron_idle_strategy_backoff", aeron_idle_strategy_backoff_idle, true}}) {
        void* state = nullptr;
        const auto idle = aeron_idle_strategy_load(choice.name, &state, "A_VARIABLE", nullptr);
        EXPECT_EQ(idle, choice.idle) << choice.name;
        EXPECT_EQ(state != nullptr, choice.has_state) << choice.name;
        for (const int work : {0, 0, 1, 0}) idle(state, work);
        aeron_free(state);
    }
    void* state = nullptr;
    ASSERT_NE(aeron_idle_strategy_load("sleeping", &state, nullptr, "250us"), nullptr);
    EXPECT_EQ(*static_cast<std::uint64_t*>(state), 250'000U);
    aeron_free(state);
    ASSERT_NE(aeron_idle_strategy_load("backoff", &state, nullptr, "0-0-1ns-3ns"), nullptr);
    for (int i = 0; i < 5; ++i) aeron_idle_strategy_backoff_idle(state, 0);
    aeron_free(state);
    for (const auto& [name, arguments] :
         {std::pair{"none-such", ""}, std::pair{"backoff", "1-2"}, std::pair{"sleeping", "soon"}}) {
        EXPECT_EQ(aeron_idle_strategy_load(name, &state, "A_VARIABLE", arguments), nullptr) << name;
        EXPECT_EQ(aeron_errcode(), EINVAL) << name;
    }
    EXPECT_NE(std::string_view{aeron_errmsg()}.find("A_VARIABLE"), std::string_view::npos) << aeron_errmsg();
    EXPECT_EQ(aeron_idle_strategy_load(nullptr, &state, nullptr, nullptr), nullptr);
    EXPECT_EQ(aeron_idle_strategy_backoff_state_init(&state, 1, 1, 0, 1), -1);
    EXPECT_EQ(aeron_idle_strategy_backoff_state_init(&state, 1, 1, 2, 1), -1);
    EXPECT_EQ(aeron_idle_strategy_backoff_state_init(nullptr, 1, 1, 1, 1), -1);
    EXPECT_EQ(aeron_idle_strategy_init_null(&state, nullptr, nullptr), 0);
    EXPECT_EQ(state, nullptr);
}

TEST(CAbiTools, IdleAsTheProgramItselfCan) {
    void* state = nullptr;
    const auto idle = aeron_idle_strategy_load("gale_counting_idle_strategy", &state, nullptr, "1");
    ASSERT_EQ(idle, gale_counting_idle_strategy.idle) << aeron_errmsg();
    idle(state, 0);
    idle(state, 1);
    EXPECT_EQ(*static_cast<int*>(state), 2);
    EXPECT_EQ(aeron_idle_strategy_load("gale_counting_idle_strategy", &state, nullptr, "2"), nullptr);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(state, nullptr);
}

TEST(CAbiTools, HaveIdleStrategiesAsObjects) {
    EXPECT_EQ(aeron_idle_strategy_noop.idle, aeron_idle_strategy_noop_idle);
    EXPECT_EQ(aeron_idle_strategy_yielding.idle, aeron_idle_strategy_yielding_idle);
    EXPECT_EQ(aeron_idle_strategy_busy_spinning.init, aeron_idle_strategy_init_null);
    for (const auto& strategy : {aeron_idle_strategy_sleeping, aeron_idle_strategy_backoff}) {
        void* state = nullptr;
        ASSERT_EQ(strategy.init(&state, nullptr, nullptr), 0);
        ASSERT_NE(state, nullptr);
        strategy.idle(state, 0);
        aeron_free(state);
    }
}

TEST(CAbiTools, FindFunctionsOfTheProcess) {
    EXPECT_EQ(reinterpret_cast<void*>(aeron_agent_on_start_load("aeron_micro_sleep")),
              reinterpret_cast<void*>(aeron_micro_sleep));
    EXPECT_EQ(aeron_agent_on_start_load("gale_abi_test_none_such"), nullptr);
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_agent_on_start_load(nullptr), nullptr);
}

TEST(CAbiTools, NameAndBindThreads) {
    std::thread{[] {
        std::array<char, 16> name{};
        EXPECT_EQ(aeron_thread_set_name("a name that is too long"), 0);
        EXPECT_EQ(aeron_thread_get_name(name.data(), name.size()), 0);
        EXPECT_STREQ(name.data(), "a name that is ");
        EXPECT_EQ(aeron_thread_get_name(name.data(), 5), -1);
        EXPECT_EQ(aeron_errcode(), ERANGE);
        EXPECT_EQ(aeron_thread_set_name(nullptr), -1);
        EXPECT_EQ(aeron_thread_get_name(nullptr, 16), -1);
        EXPECT_EQ(aeron_thread_set_affinity(nullptr, 0), -1);
        int bound = 0;
        for (int cpu = 0; cpu < 256; ++cpu)
            bound += aeron_thread_set_affinity("of a test", static_cast<std::uint8_t>(cpu)) == 0;
        EXPECT_GE(bound, 1) << "to those that this process may use";
        if (bound < 256) {
            EXPECT_EQ(aeron_errcode(), EINVAL);
        }
    }}.join();
}

TEST(CAbiTools, MeasureEntriesOfResolutionFrames) {
    std::array<std::byte, 64> bytes{};
    const auto put = [&](std::size_t at, auto value) { std::memcpy(bytes.data() + at, &value, sizeof value); };
    put(0, std::int8_t{1});
    put(12, std::int16_t{5});
    EXPECT_EQ(aeron_res_header_entry_length(bytes.data(), 64), 24);
    EXPECT_EQ(aeron_res_header_entry_length(bytes.data(), 23), -1) << "cut off";
    EXPECT_EQ(aeron_errcode(), EINVAL);
    EXPECT_EQ(aeron_res_header_entry_length_ipv4(reinterpret_cast<aeron_resolution_header_ipv4_t*>(bytes.data())), 24U);
    put(0, std::int8_t{2});
    EXPECT_EQ(aeron_res_header_entry_length(bytes.data(), 64), -1) << "its name has no length";
    put(24, std::int16_t{7});
    EXPECT_EQ(aeron_res_header_entry_length(bytes.data(), 64), 40);
    EXPECT_EQ(aeron_res_header_entry_length_ipv6(reinterpret_cast<aeron_resolution_header_ipv6_t*>(bytes.data())), 40U);
    put(0, std::int8_t{3});
    EXPECT_EQ(aeron_res_header_entry_length(bytes.data(), 64), -1);
    EXPECT_EQ(aeron_res_header_entry_length(nullptr, 64), -1);
    EXPECT_EQ(aeron_res_header_entry_length_ipv4(nullptr), 0U);
}

TEST(CAbiTools, ReadTheTagOfAStatusMessage) {
    struct Tagged {
        aeron_status_message_header_t message;
        std::array<std::uint8_t, 8> tag;
    } tagged{};
    tagged.message.frame_header.frame_length = 36;
    tagged.tag[0] = 9;
    std::int64_t tag = 5;
    EXPECT_EQ(aeron_udp_protocol_group_tag(&tagged.message, &tag), 0);
    EXPECT_EQ(tag, 5);
    tagged.message.frame_header.frame_length = 44;
    EXPECT_EQ(aeron_udp_protocol_group_tag(&tagged.message, &tag), 8);
    EXPECT_EQ(tag, 9);
    EXPECT_EQ(aeron_udp_protocol_group_tag(nullptr, &tag), -1);
    EXPECT_EQ(aeron_udp_protocol_group_tag(&tagged.message, nullptr), -1);
}

}  // namespace
}  // namespace gale::testing

// Where logs are stored, and what happens when there is no room.
#include "driver/conductor/log_store.hpp"
#include "driver/conductor/streams_test.hpp"
#include "os/directory.hpp"

#include <gmock/gmock.h>

namespace gale::testing {
namespace {

using driver::LogStore;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::int64_t mib = 1024 * 1024;

class Store : public ::testing::Test {
protected:
    Store() {
        os::create_directory(directory.path());
        os::create_directory(directory.path() + "/publications");
    }
    static logbuffer::LogSettings settings(std::int64_t id, std::int32_t term_length, bool sparse = true) {
        return {.correlation_id = CorrelationId{id},
                .initial_term_id = TermId{3},
                .starting_term_id = TermId{3},
                .term_length = term_length,
                .mtu_length = 1408,
                .sparse = sparse};
    }
    TestDirectory directory;
    LogStore store{{.directory = directory.path()}};
};

TEST_F(Store, HasSmallLogsWholeAtOnce) {
    const auto created = store.create(settings(1, 64 * 1024));
    EXPECT_EQ(created.log->allocated_to().value, INT64_MAX);
    EXPECT_FALSE(store.has_work());
    EXPECT_EQ(store.mapped(), 3 * 64 * 1024 + 4096);
}

TEST_F(Store, LetsBigLogsGrowFromWhereTheStreamBegins) {
    auto wanted = settings(1, 4 * mib);
    wanted.starting_term_id = TermId{5};
    wanted.starting_offset = 4096;
    const auto created = store.create(wanted);
    const std::int64_t begin = 2 * 4 * mib;
    std::int64_t before = created.log->allocated_to().value;
    EXPECT_GT(before, begin + 4096);
    while (store.do_work() > 0) {
        EXPECT_GT(created.log->allocated_to().value, before);
        before = created.log->allocated_to().value;
    }
    EXPECT_EQ(before, INT64_MAX);
    EXPECT_FALSE(store.has_work());
}

TEST_F(Store, GivesALogThatIsNotSparseAllOfItAtOnce) {
    const auto created = store.create(settings(1, 4 * mib, false));
    EXPECT_EQ(created.log->allocated_to().value, INT64_MAX);
}

TEST_F(Store, RemovesTheFileAtOnceAndUnmapsLater) {
    auto created = store.create(settings(1, 4 * mib));
    const std::string path = created.log->path();
    EXPECT_TRUE(std::filesystem::exists(path));
    store.release(std::move(created.log));  // it was still growing
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(store.mapped(), 0);
    while (store.do_work() > 0) {
    }
    EXPECT_FALSE(store.has_work());
}

TEST_F(Store, CountsFilesThatItCouldNotRemove) {
    auto created = store.create(settings(1, 64 * 1024));
    std::filesystem::remove(created.log->path());
    store.release(std::move(created.log));
    EXPECT_EQ(store.failed_removals(), 1);
}

TEST_F(Store, DoesNotOverwriteALogOfThatName) {
    const auto first = store.create(settings(1, 64 * 1024));
    EXPECT_THROW((void)store.create(settings(1, 64 * 1024)), Error);
    EXPECT_TRUE(std::filesystem::exists(first.log->path()));
}

TEST_F(Store, RefusesWhatWouldNotFitBesideWhatItPromisedBefore) {
    const std::int64_t usable = os::usable_space(directory.path());
    if (usable > 300 * 1024 * mib) GTEST_SKIP() << "too much space for this test";
    std::vector<LogStore::Created> logs;
    std::int64_t id = 0;
    try {
        while (id <= usable / (3 * 1024 * mib) + 1) logs.push_back(store.create(settings(++id, 1024 * mib)));
        FAIL() << "more was promised than there is";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::storage_space);
        EXPECT_THAT(error.what(), HasSubstr("term-length"));
    }
    EXPECT_FALSE(std::filesystem::exists(directory.path() + "/publications/" + std::to_string(id) + ".logbuffer"));
    store.release(std::move(logs.back().log));
    EXPECT_NO_THROW((void)store.create(settings(id, 1024 * mib))) << "what was given back can be promised again";
}

/// A file system of a few MiB of its own, where that can be had.
class SmallFileSystem : public ::testing::Test {
protected:
    SmallFileSystem() {
        std::filesystem::create_directory(mount_point);
        mounted = run("mount -t tmpfs -o size=16m tmpfs " + mount_point + " 2>/dev/null");
    }
    ~SmallFileSystem() override {
        test_driver.reset();
        if (mounted) static_cast<void>(run("umount -l " + mount_point));
        std::filesystem::remove(mount_point);
    }
    void SetUp() override {
        if (!mounted) GTEST_SKIP() << "mounting a tmpfs takes root";
    }
    static bool run(const std::string& command) { return std::system(command.c_str()) == 0; }
    TestDriver& launch(DriverOptions options = small_options()) { return test_driver.emplace(options, mount_point); }
    /// Leaves about that many bytes.
    void fill_up(std::int64_t left) {
        const auto size = os::usable_space(mount_point) - left;
        os::MappedFile::create(mount_point + "/ballast", static_cast<std::size_t>(size))
            .allocate(0, static_cast<std::size_t>(size));
    }

    const std::string mount_point = "/dev/shm/gale-test-fs-" + std::to_string(os::process_id());
    bool mounted = false;
    std::optional<TestDriver> test_driver;
};

TEST_F(SmallFileSystem, RefusesALogThatIsTooBigToWhoAskedAndServesTheOthers) {
    TestDriver& driver = launch();
    Puppet client{driver};
    const auto big = client.ask(add_publication("aeron:ipc?term-length=16m", stream_7));
    const std::string error = client.error_to(big);
    EXPECT_THAT(error, StartsWith("12 "));
    EXPECT_THAT(error, HasSubstr("term-length"));
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_FALSE(client.heartbeat());
    EXPECT_TRUE(try_publish(client, "aeron:ipc"));
}

TEST_F(SmallFileSystem, RefusesALogWithoutTheCheckToo) {
    DriverOptions options = small_options();
    options.perform_storage_checks = false;
    TestDriver& driver = launch(options);
    Puppet client{driver};
    const auto big = client.ask(add_publication("aeron:ipc?term-length=16m|sparse=false", stream_7));
    EXPECT_THAT(client.error_to(big), StartsWith("12 "));
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_TRUE(try_publish(client, "aeron:ipc"));
}

TEST_F(SmallFileSystem, WarnsOnceWhenSpaceRunsLow) {
    DriverOptions options = small_options();
    options.low_file_store_warning_threshold = 64 * mib;
    TestDriver& driver = launch(options);
    Puppet client{driver};
    publish_exclusively(client);
    publish_exclusively(client);
    EXPECT_EQ(driver.errors().size(), 1U);
    EXPECT_TRUE(driver.has_error("space is running low"));
    EXPECT_TRUE(driver.has_error("64m"));
    EXPECT_EQ(driver.value(control::SystemCounter::errors), 0);
}

TEST_F(SmallFileSystem, StopsAPublicationWhereItsStorageEndsAndSaysSo) {
    DriverOptions options = small_options();
    options.perform_storage_checks = false;
    TestDriver& driver = launch(options);
    Puppet client{driver};
    const auto subscription = subscribe(client);
    fill_up(1536 * 1024);
    const auto publication = publish_exclusively(client, "aeron:ipc?term-length=1m|mtu=8192");
    const auto image = image_of(client, subscription);
    driver.step(20);
    const auto heard = client.take_first<control::PublicationErrorEvent>([](const auto&) { return true; });
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->as<control::PublicationErrorEvent>()->original_id, publication.id);
    EXPECT_EQ(heard->as<control::PublicationErrorEvent>()->code, ErrorCode::storage_space);
    EXPECT_TRUE(driver.has_error("no space was left"));
    // It goes on as far as there is storage, and touching that never fails.
    auto appender = publication.exclusive_appender();
    std::size_t read = 0;
    for (int i = 0; i < 10'000; ++i) {
        static_cast<void>(appender.offer(publication.limit(), logbuffer::SingleSource{message(1, 1000)}, nullptr));
        read += image.poll().size();
        driver.step();
    }
    EXPECT_GT(read, 100U);
    EXPECT_LT(publication.position(), 2 * mib);
    EXPECT_EQ(driver.value(control::SystemCounter::errors), 1) << "told once";
    std::filesystem::remove(mount_point + "/ballast");
    EXPECT_TRUE(try_publish(client, "aeron:ipc", StreamId{8}));
}

TEST(Storage, IsThereBeforePublishersMayReachIt) {
    DriverOptions options = small_options();
    options.ipc_term_buffer_length = 16 * mib;
    TestDriver driver{options};
    Puppet client{driver};
    const auto subscription = subscribe(client);
    const auto publication = publish_exclusively(client, "aeron:ipc?init-term-id=5|term-id=9|term-offset=1024");
    const auto image = image_of(client, subscription);
    const std::int64_t start = 4 * 16 * mib + 1024;
    EXPECT_EQ(publication.position(), start);
    auto appender = publication.exclusive_appender();
    const std::int64_t longest = logbuffer::Framing{1376}.framed_length(2 * mib);
    for (int i = 0; i < 200 && publication.position() < start + 40 * mib; ++i) {
        const std::int64_t stored = static_cast<std::int64_t>([&] {
            const auto command = "stat -c %b " + publication.path;
            const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{popen(command.c_str(), "r"), pclose};
            char text[64] = {};
            return std::fgets(text, sizeof text, pipe.get()) != nullptr ? std::atoll(text) * 512 : 0;
        }());
        // Stored is the page of metadata and, in order from the first term's begin, the rest.
        EXPECT_TRUE(publication.limit() == start || publication.limit() + longest <= start - 1024 + stored - 4096);
        while (appender.offer(publication.limit(), logbuffer::SingleSource{message(1, 60'000)}, nullptr)) {
        }
        image.set_position(publication.position());
        driver.step();
    }
    EXPECT_GE(publication.position(), start + 40 * mib);
}

}  // namespace
}  // namespace gale::testing

// Where logs are stored, and what happens when there is no room.
#include "driver/conductor/log_store.hpp"
#include "driver/conductor/streams_test.hpp"
#include "os/directory.hpp"

#include <gmock/gmock.h>

#include <sys/stat.h>  // layers: how much of a file has storage

#include <limits>

namespace gale::testing {
namespace {

using driver::LogStore;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::int64_t mib = 1024 * 1024;

std::int64_t stored_bytes(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return std::int64_t{status.st_blocks} * 512;
}

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
    static Tick at(Nanos now) { return {.now = now}; }
    /// Pieces of work until there is none at hand; how many.
    static int finish(LogStore& store) {
        int pieces = 0;
        while (store.do_work(at(0s)) > 0) ++pieces;
        return pieces;
    }
    [[nodiscard]] std::string path_of(std::int64_t id) const {
        return directory.path() + "/publications/" + std::to_string(id) + ".logbuffer";
    }

    TestDirectory directory;
    LogStore store{{.directory = directory.path()}};
};

TEST_F(Store, HasSmallLogsWholeAtOnce) {
    const auto created = store.create(settings(1, 64 * 1024));
    EXPECT_TRUE(created.log->is_whole());
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
    while (store.do_work(at(0s)) > 0) {
        EXPECT_GT(created.log->allocated_to().value, before);
        before = created.log->allocated_to().value;
    }
    EXPECT_TRUE(created.log->is_whole());
    EXPECT_FALSE(store.has_work());
}

TEST_F(Store, GivesALogThatIsNotSparseAllOfItPieceByPieceToo) {
    const auto created = store.create(settings(1, 4 * mib, false));
    EXPECT_FALSE(created.log->is_whole());
    EXPECT_GE(finish(store), 6);
    EXPECT_TRUE(created.log->is_whole());
    EXPECT_GE(stored_bytes(created.log->path()), 12 * mib);
}

TEST_F(Store, LetsAFreshLogHaveItsFirstTermBeforeTheRestOfOthers) {
    const auto old = store.create(settings(1, 4 * mib));
    const auto whole = store.create(settings(2, 4 * mib, false));
    for (int i = 0; i < 4; ++i) store.do_work(at(0s));
    const std::int64_t before = old.log->allocated_to().value;
    const std::int64_t whole_before = whole.log->allocated_to().value;
    const auto fresh = store.create(settings(3, 4 * mib));
    while (fresh.log->allocated_to().value < 4 * mib) ASSERT_EQ(store.do_work(at(0s)), 1);
    EXPECT_EQ(old.log->allocated_to().value, before);
    EXPECT_EQ(whole.log->allocated_to().value, whole_before);
    for (int i = 0; i < 3; ++i) store.do_work(at(0s));
    EXPECT_GT(old.log->allocated_to().value, before) << "the others take turns";
    EXPECT_GT(whole.log->allocated_to().value, whole_before);
    EXPECT_GT(fresh.log->allocated_to().value, 4 * mib);
}

TEST_F(Store, LetsAFreshLogHaveItsFirstTermBeforeOthersAreUnmapped) {
    auto leaving = store.create(settings(1, 64 * 1024)).log;
    const std::weak_ptr<driver::StoredLog> left = leaving;
    store.release(std::move(leaving));
    const auto fresh = store.create(settings(2, 4 * mib)).log;
    for (; fresh->allocated_to() < Position{4 * mib}; store.do_work(at(0s)))
        EXPECT_FALSE(left.expired()) << "a stream waits meanwhile";
    store.do_work(at(0s));
    EXPECT_TRUE(left.expired()) << "before the rest of it";
    EXPECT_FALSE(fresh->is_whole());
}

TEST_F(Store, LetsFreshLogsTakeTurns) {
    const auto one = store.create(settings(1, 16 * mib));
    const auto other = store.create(settings(2, 16 * mib));
    for (int i = 0; i < 6; ++i) store.do_work(at(0s));
    EXPECT_GT(one.log->allocated_to(), Position{4 * mib});
    EXPECT_EQ(one.log->allocated_to(), other.log->allocated_to());
}

TEST_F(Store, UnmapsBeforeLongHoweverManyFreshLogsThereAre) {
    auto leaving = store.create(settings(1, 64 * 1024)).log;
    const std::weak_ptr<driver::StoredLog> left = leaving;
    store.release(std::move(leaving));
    const auto fresh = store.create(settings(2, 256 * mib)).log;
    int slices = 0;
    while (!left.expired()) {
        store.do_work(at(0s));
        ASSERT_LT(++slices, 100);
    }
    EXPECT_LT(fresh->allocated_to(), Position{256 * mib});
}

TEST_F(Store, WaitsForRoomThatIsBeingGivenBack) {
    std::weak_ptr<driver::StoredLog> left;
    bool is_full = false;
    LogStore tight{{.directory = directory.path(), .allocate = [&](const auto&, auto, auto) {
                        if (is_full && !left.expired()) throw Error{ErrorCode::storage_space, "full"};
                    }}};
    auto leaving = tight.create(settings(1, 64 * 1024)).log;
    left = leaving;
    const auto fresh = tight.create(settings(2, 4 * mib)).log;
    is_full = true;
    tight.release(std::move(leaving));
    while (!fresh->is_whole()) ASSERT_EQ(tight.do_work(at(0s)), 1);
    EXPECT_FALSE(fresh->is_starved());
}

TEST_F(Store, RemovesTheFileAtOnceAndUnmapsLater) {
    auto created = store.create(settings(1, 4 * mib));
    EXPECT_TRUE(std::filesystem::exists(path_of(1)));
    store.release(std::move(created.log));  // it was still growing
    EXPECT_FALSE(std::filesystem::exists(path_of(1)));
    EXPECT_EQ(store.mapped(), 0);
    finish(store);
    EXPECT_FALSE(store.has_work());
}

// The conductor would wait for a slice that takes long; here it would wait for ever.
TEST_F(Store, IsFreeForTheConductorWhileALogGetsASlice) {
    LogStore::Created growing;
    LogStore::Created other;
    bool released = false;
    LogStore slow{
        {.directory = directory.path(), .allocate = [&](const os::MappedFile& file, auto offset, auto length) {
             if (growing.log && !std::exchange(released, true)) {
                 other = slow.create(settings(2, 64 * 1024));
                 slow.release(std::move(growing.log));
             }
             file.allocate(offset, length);
         }}};
    {
        auto created = slow.create(settings(1, 4 * mib));
        growing = std::move(created);
    }
    EXPECT_EQ(slow.do_work(at(0s)), 1);
    EXPECT_TRUE(released);
    EXPECT_EQ(finish(slow), 1) << "what was released while it grew is only unmapped";
    EXPECT_FALSE(slow.has_work());
    EXPECT_EQ(slow.mapped(), other.log->length());
}

TEST_F(Store, StopsWhereStorageRunsOut) {
    LogStore full{{.directory = directory.path(), .allocate = [left = 3](const auto&, auto, auto) mutable {
                       if (left-- == 0) throw Error{ErrorCode::storage_space, "full"};
                   }}};
    const auto created = full.create(settings(1, 4 * mib));
    finish(full);
    EXPECT_TRUE(created.log->is_starved());
    EXPECT_EQ(created.log->allocated_to().value, 4 * mib);
    EXPECT_FALSE(full.has_work());
}

TEST_F(Store, TriesAgainSomeOfWhatCouldNotBeRemovedOnceInAWhile) {
    std::vector<std::string> tried;
    bool works = false;
    LogStore stuck{
        {.directory = directory.path(), .free_limit = 2, .free_interval = 1s, .remove = [&](const std::string& path) {
             tried.push_back(path);
             return works;
         }}};
    for (std::int64_t id = 1; id <= 3; ++id) stuck.release(stuck.create(settings(id, 64 * 1024)).log);
    EXPECT_EQ(stuck.failed_removals(), 3);
    tried.clear();
    finish(stuck);
    EXPECT_THAT(tried, ElementsAre(path_of(1), path_of(2)));
    EXPECT_EQ(stuck.failed_removals(), 5);
    EXPECT_TRUE(stuck.has_work());
    EXPECT_EQ(stuck.do_work(at(999ms)), 0);
    EXPECT_EQ(tried.size(), 2U);
    tried.clear();
    works = true;
    EXPECT_EQ(stuck.do_work(at(1s)), 2);
    EXPECT_THAT(tried, ElementsAre(path_of(3), path_of(1)));
    EXPECT_EQ(stuck.do_work(at(2s)), 1);
    EXPECT_EQ(tried.back(), path_of(2));
    EXPECT_FALSE(stuck.has_work());
    EXPECT_EQ(stuck.failed_removals(), 5);
}

TEST_F(Store, TriesEverythingOnceMoreAtTheEnd) {
    int tries = 0;
    LogStore stuck{{.directory = directory.path(), .remove = [&](const std::string&) { return ++tries > 2; }}};
    for (std::int64_t id = 1; id <= 2; ++id) stuck.release(stuck.create(settings(id, 64 * 1024)).log);
    stuck.finish();
    EXPECT_EQ(tries, 4);
    EXPECT_FALSE(stuck.has_work());
}

TEST_F(Store, DoesNotMindAFileThatSomebodyElseRemoved) {
    auto created = store.create(settings(1, 64 * 1024));
    std::filesystem::remove(created.log->path());
    store.release(std::move(created.log));
    EXPECT_EQ(store.failed_removals(), 0);
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
    EXPECT_FALSE(std::filesystem::exists(path_of(id)));
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
    driver.step(20);  // it ran out of storage on the way
    EXPECT_THAT(client.error_to(big), StartsWith("12 no space was left for the log of aeron:ipc"));
    EXPECT_EQ(driver.log_files(), 0);
    EXPECT_FALSE(client.heartbeat());
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
        // Stored is the page of metadata and, in order from the first term's begin, the rest.
        EXPECT_TRUE(publication.limit() == start ||
                    publication.limit() + longest <= start - 1024 + stored_bytes(publication.path) - 4096);
        while (appender.offer(publication.limit(), logbuffer::SingleSource{message(1, 60'000)}, nullptr)) {
        }
        image.set_position(publication.position());
        driver.step();
    }
    EXPECT_GE(publication.position(), start + 40 * mib);
}

// Each of them compared its position with the limit before the others had moved the tail.
TEST(Storage, IsThereForAnyNumberOfPublishersThatPassTheLimitTogether) {
    TestDriver driver;
    Puppet client{driver};
    const auto subscription = subscribe(client);
    const auto publication = publish(client, "aeron:ipc?term-length=4m");
    const auto image = image_of(client, subscription);
    const std::int64_t anything = std::numeric_limits<std::int64_t>::max();
    const std::vector<std::byte> bulk = message(1, 500'000);
    int passed = 0;
    for (int i = 0; i < 100 && publication.position() < 12 * mib; ++i, driver.step()) {
        if (publication.position() >= publication.limit()) continue;
        while (publication.appender().offer(anything, logbuffer::SingleSource{bulk}, nullptr)) {
        }
        ++passed;
        ASSERT_LE(publication.position(), stored_bytes(publication.path) - 4096);
        image.set_position(publication.position());
    }
    EXPECT_EQ(passed, 3) << "a term each time";
}

}  // namespace
}  // namespace gale::testing

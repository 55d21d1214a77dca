#include "base/recorded_test.hpp"
#include "control/cnc_file.hpp"
#include "os/directory.hpp"
#include "os/process.hpp"
#include "shm/testing.hpp"

#include <gale/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace gale::control {
namespace {

using ::testing::HasSubstr;

class Cnc : public ::testing::Test {
protected:
    Cnc() { os::create_directory(directory); }
    ~Cnc() override { os::remove_tree(directory); }
    static CncSettings small() {
        CncSettings settings;
        settings.counters_values_length = 1024 * 1024;
        settings.start_timestamp = Millis{1234};
        settings.pid = 99;
        return settings;
    }
    [[nodiscard]] CncFile::Opened open() const { return CncFile::open(directory, os::Access::read_write); }
    /// A finished file with one 32-bit word of its header changed.
    CncFile::Opened open_with(std::size_t offset, std::int32_t word) {
        std::filesystem::remove(CncFile::path(directory));
        {
            CncFile file = CncFile::create(directory, small());
            file.publish_version();
        }
        const os::MappedFile raw = os::MappedFile::open(CncFile::path(directory), os::Access::read_write);
        std::memcpy(raw.bytes().data() + offset, &word, sizeof word);
        return open();
    }
    const std::string directory = "/dev/shm/gale-test-cnc-" + std::to_string(os::process_id());
};

TEST_F(Cnc, IsNotReadyBeforeItsVersionIsPublished) {
    EXPECT_EQ(open().state, CncState::absent);
    CncFile file = CncFile::create(directory, small());
    EXPECT_EQ(open().state, CncState::not_ready);
    EXPECT_THAT(open().why, HasSubstr("starting"));
    file.publish_version();
    const auto opened = open();
    ASSERT_EQ(opened.state, CncState::ready) << opened.why;
    EXPECT_EQ(opened.file->header().version.load_acquire(), 512);
    EXPECT_EQ(opened.file->header().pid, 99);
    EXPECT_EQ(opened.file->header().start_timestamp_ms, 1234);
    EXPECT_EQ(opened.file->header().file_page_size, 4096);
    EXPECT_EQ(opened.file->header().client_liveness_timeout_ns, 10'000'000'000);
    EXPECT_EQ(opened.file->driver_heartbeat(), Millis{0});
}

TEST_F(Cnc, HasItsSectionsOneBehindTheOther) {
    CncFile file = CncFile::create(directory, small());
    file.publish_version();
    const auto opened = open();
    const auto offset = [&](std::span<std::byte> section) {
        return section.data() - reinterpret_cast<const std::byte*>(&opened.file->header());
    };
    EXPECT_EQ(offset(opened.file->to_driver()), 128);
    EXPECT_EQ(offset(opened.file->to_clients()), 128 + 1024 * 1024 + 768);
    EXPECT_EQ(opened.file->counters_metadata().size(), 4U * 1024 * 1024);
    EXPECT_EQ(opened.file->counters_values().size(), 1024U * 1024);
    EXPECT_EQ(opened.file->error_log().size(), 4U * 1024 * 1024);
    EXPECT_EQ(opened.file->length(), 11'538'432U) << "the least there can be";
    EXPECT_EQ(CncSettings{}.file_length(), 48'238'592);
}

TEST_F(Cnc, IsReadAsAeronsDriverWroteIt) {
    const std::string recorded = GALE_SOURCE_DIR "/../shared/vectors/shm/cnc-live.gz";
    if (!testing::is_recorded(recorded)) GTEST_SKIP() << recorded << " is not here";
    const auto bytes = testing::gunzip(recorded);
    std::ofstream{CncFile::path(directory), std::ios::binary}.write(reinterpret_cast<const char*>(bytes.data()),
                                                                    static_cast<std::streamsize>(bytes.size()));
    const auto opened = open();
    ASSERT_EQ(opened.state, CncState::ready) << opened.why;
    EXPECT_EQ(opened.file->counters().look(CounterId{43})->value, 65536);
}

TEST_F(Cnc, OfAnotherMajorVersionIsIncompatible) {
    EXPECT_EQ(open_with(0, 0x010000).state, CncState::incompatible);
    EXPECT_THAT(open_with(0, 0x010203).why, HasSubstr("1.2.3"));
    EXPECT_EQ(open_with(0, 0x000300).state, CncState::ready) << "another minor one is not";
}

TEST_F(Cnc, WithLengthsThatContradictEachOtherIsBroken) {
    for (std::size_t offset = 4; offset <= 20; offset += 4)
        for (const std::int32_t length : {-1, INT32_MIN, INT32_MAX, 1024 * 1024 * 1024})
            EXPECT_EQ(open_with(offset, length).state, CncState::broken) << offset << " " << length;
    EXPECT_EQ(open_with(4, 1000).state, CncState::broken);
    EXPECT_EQ(open_with(8, 1000).state, CncState::broken);
    EXPECT_EQ(open_with(12, 100).state, CncState::broken);
}

TEST_F(Cnc, ThatIsTooShortIsNotReady) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{3}, std::size_t{128}}) {
        std::ofstream{CncFile::path(directory), std::ios::binary} << std::string(length, '\0');
        EXPECT_EQ(open().state, CncState::not_ready) << length;
    }
}

TEST_F(Cnc, ThatIsNoFileOfItsOwnIsUnreadable) {
    std::filesystem::create_symlink("/etc/passwd", CncFile::path(directory));
    EXPECT_EQ(open().state, CncState::unreadable);
    std::filesystem::remove(CncFile::path(directory));
    std::filesystem::create_directory(CncFile::path(directory));
    EXPECT_EQ(open().state, CncState::unreadable);
}

TEST_F(Cnc, IsNeverMadeOverAnotherNorTooLong) {
    static_cast<void>(CncFile::create(directory, small()));
    EXPECT_THROW((void)CncFile::create(directory, small()), Error);
    CncSettings huge = small();
    huge.counters_values_length = 500 * 1024 * 1024;
    EXPECT_THROW((void)CncFile::create(directory, huge), Error);
}

}  // namespace
}  // namespace gale::control

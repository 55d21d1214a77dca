#include "os/file_lock.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

namespace gale::os {
namespace {

class FileLockTest : public ::testing::Test {
protected:
    void SetUp() override {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        path = std::filesystem::temp_directory_path() / (std::string{"gale-lock-"} + test->name());
        std::filesystem::remove(path);
    }
    void TearDown() override { std::filesystem::remove(path); }

    std::filesystem::path path;
};

TEST_F(FileLockTest, OneHolderAtATime) {
    std::optional<FileLock> held = FileLock::try_acquire(path);
    ASSERT_TRUE(held);
    EXPECT_FALSE(FileLock::try_acquire(path));
    held.reset();
    EXPECT_TRUE(FileLock::try_acquire(path));
}

TEST_F(FileLockTest, MovingItKeepsItHeld) {
    std::optional<FileLock> held = FileLock::try_acquire(path);
    ASSERT_TRUE(held);
    {
        const FileLock moved = std::move(*held);
        held.reset();
        EXPECT_FALSE(FileLock::try_acquire(path));
    }
    EXPECT_TRUE(FileLock::try_acquire(path));
}

TEST_F(FileLockTest, TheNoteOutlivesItsWriter) {
    {
        const auto held = FileLock::try_acquire(path);
        ASSERT_TRUE(held);
        EXPECT_EQ(held->note(), "");
        held->write_note("a longer note, pid 4711");
        held->write_note("pid 42");
        EXPECT_EQ(held->note(), "pid 42");
    }
    const auto next = FileLock::try_acquire(path);
    ASSERT_TRUE(next);
    EXPECT_EQ(next->note(), "pid 42");
}

TEST_F(FileLockTest, SymbolicLinksAndDirectoriesAreNoLockFiles) {
    const std::string target = path.string() + "-target";
    std::ofstream{target} << "precious";
    std::filesystem::create_symlink(target, path);
    EXPECT_THROW((void)FileLock::try_acquire(path), Error);
    std::filesystem::remove(path);
    std::filesystem::remove(target);
    std::filesystem::create_directory(path);
    EXPECT_THROW((void)FileLock::try_acquire(path), Error);
}

}  // namespace
}  // namespace gale::os

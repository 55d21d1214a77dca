#include "os/mapped_file.hpp"
#include "os/process.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>

#include <sys/mount.h>  // layers: a file system that is full

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gale::os {
namespace {

class MappedFileTest : public ::testing::Test {
protected:
    void SetUp() override {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder = std::filesystem::temp_directory_path() / (std::string{"gale-mapped-"} + test->name());
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    std::string path(const char* name = "file") const { return folder / name; }
    static ErrorCode code_of(const auto& action) {
        try {
            action();
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::none;
    }

    std::filesystem::path folder;
};

TEST_F(MappedFileTest, ANewFileIsZeroAndAsLongAsAsked) {
    const MappedFile file = MappedFile::create(path(), 10'000);
    EXPECT_EQ(file.bytes().size(), 10'000U);
    EXPECT_TRUE(std::ranges::all_of(file.bytes(), [](std::byte byte) { return byte == std::byte{0}; }));
    EXPECT_EQ(std::filesystem::file_size(path()), 10'000U);
}

TEST_F(MappedFileTest, WhatOneWritesTheOtherSees) {
    const MappedFile writer = MappedFile::create(path(), 4096);
    const MappedFile reader = MappedFile::open(path(), Access::read_only);
    const MappedFile other = MappedFile::open(path(), Access::read_write);
    writer.bytes()[17] = std::byte{1};
    other.bytes()[18] = std::byte{2};
    EXPECT_EQ(reader.bytes()[17], std::byte{1});
    EXPECT_EQ(reader.bytes()[18], std::byte{2});
}

TEST_F(MappedFileTest, NothingThatExistsIsCreatedAgain) {
    std::ofstream{path()} << "mine";
    EXPECT_EQ(code_of([&] { (void)MappedFile::create(path(), 4096); }), ErrorCode::system);
    EXPECT_EQ(std::filesystem::file_size(path()), 4U);
}

TEST_F(MappedFileTest, SymbolicLinksAreNeverFollowed) {
    std::ofstream{path("target")} << "precious";
    std::filesystem::create_symlink(path("target"), path("link"));
    std::filesystem::create_symlink(path("nowhere"), path("dangling"));
    EXPECT_EQ(code_of([&] { (void)MappedFile::create(path("link"), 4096); }), ErrorCode::system);
    EXPECT_EQ(code_of([&] { (void)MappedFile::create(path("dangling"), 4096); }), ErrorCode::system);
    EXPECT_EQ(code_of([&] { (void)MappedFile::open(path("link"), Access::read_write); }), ErrorCode::system);
    EXPECT_EQ(code_of([&] { (void)MappedFile::open(path("link"), Access::read_only); }), ErrorCode::system);
    EXPECT_FALSE(std::filesystem::exists(path("nowhere")));
    EXPECT_EQ(std::filesystem::file_size(path("target")), 8U);
}

TEST_F(MappedFileTest, OnlyRegularFilesAreMapped) {
    EXPECT_EQ(code_of([&] { (void)MappedFile::open(folder, Access::read_only); }), ErrorCode::system);
    EXPECT_EQ(code_of([&] { (void)MappedFile::open("/dev/null", Access::read_only); }), ErrorCode::system);
    EXPECT_EQ(code_of([&] { (void)MappedFile::open(path("absent"), Access::read_only); }), ErrorCode::system);
}

TEST_F(MappedFileTest, AnEmptyFileMapsToNothing) {
    std::ofstream{path()};
    EXPECT_TRUE(MappedFile::open(path(), Access::read_write).bytes().empty());
}

// tmpfs takes a file of that length; no processor has addresses for it.
TEST_F(MappedFileTest, AFileThatCannotBeMappedIsNotLeftBehind) {
    const std::string file = "/dev/shm/gale-mapped-" + std::to_string(process_id());
    EXPECT_NE(code_of([&] { (void)MappedFile::create(file, std::size_t{1} << 60U); }), ErrorCode::none);
    EXPECT_FALSE(std::filesystem::exists(file));
}

TEST_F(MappedFileTest, AllocatedBytesStayAsTheyAre) {
    MappedFile file = MappedFile::create(path(), 65536);
    file.bytes()[5000] = std::byte{9};
    file.allocate(0, 65536);
    file.populate();
    file.populate(4096, 8192);
    file.flush();
    file.close_descriptor();
    EXPECT_EQ(file.bytes()[5000], std::byte{9});
    EXPECT_EQ(file.bytes()[65535], std::byte{0});
}

TEST_F(MappedFileTest, OneOwnerAtATime) {
    MappedFile first = MappedFile::create(path("a"), 4096);
    const std::byte* place = first.bytes().data();
    MappedFile second = std::move(first);
    EXPECT_EQ(second.bytes().data(), place);
    second = MappedFile::create(path("b"), 8192);
    EXPECT_EQ(second.bytes().size(), 8192U);
    EXPECT_EQ(second.path(), path("b"));
}

TEST_F(MappedFileTest, OneProcessMapsAFileOnce) {
    const MappedFile made = MappedFile::create(path(), 4096);
    const MappedFile writer = MappedFile::open(path(), Access::read_write);
    std::filesystem::create_hard_link(path(), path("other name"));
    const MappedFile other = MappedFile::open(path("other name"), Access::read_write);
    EXPECT_EQ(writer.bytes().data(), made.bytes().data());
    EXPECT_EQ(other.bytes().data(), made.bytes().data());
}

// Who asked to read only is stopped when it writes.
TEST_F(MappedFileTest, ReadersDoNotShareTheMappingOfWriters) {
    const MappedFile writer = MappedFile::create(path(), 4096);
    const MappedFile reader = MappedFile::open(path(), Access::read_only);
    const MappedFile other = MappedFile::open(path(), Access::read_only);
    EXPECT_NE(reader.bytes().data(), writer.bytes().data());
    EXPECT_EQ(reader.bytes().data(), other.bytes().data());
}

TEST_F(MappedFileTest, AFileMadeAnewUnderTheSamePathIsAnother) {
    const MappedFile old = MappedFile::create(path(), 4096);
    old.bytes()[0] = std::byte{1};
    std::filesystem::remove(path());
    const MappedFile fresh = MappedFile::create(path(), 4096);
    const MappedFile opened = MappedFile::open(path(), Access::read_write);
    EXPECT_EQ(opened.bytes().data(), fresh.bytes().data());
    EXPECT_EQ(opened.bytes()[0], std::byte{0});
    EXPECT_EQ(old.bytes()[0], std::byte{1});
}

TEST_F(MappedFileTest, AFileThatGrewIsMappedAsLongAsItIsNow) {
    const MappedFile before = MappedFile::create(path(), 4096);
    std::filesystem::resize_file(path(), 8192);
    const MappedFile after = MappedFile::open(path(), Access::read_write);
    EXPECT_EQ(before.bytes().size(), 4096U);
    EXPECT_EQ(after.bytes().size(), 8192U);
}

TEST_F(MappedFileTest, TheMappingStaysForTheLastOfItsOwners) {
    std::optional<MappedFile> first{MappedFile::create(path(), 4096)};
    const MappedFile second = MappedFile::open(path(), Access::read_write);
    first.reset();
    second.bytes()[17] = std::byte{1};
    EXPECT_EQ(MappedFile::open(path(), Access::read_write).bytes().data(), second.bytes().data());
    EXPECT_EQ(MappedFile::open(path(), Access::read_only).bytes()[17], std::byte{1});
}

TEST_F(MappedFileTest, OwnersComeAndGoOnManyThreads) {
    { const MappedFile file = MappedFile::create(path(), 4096); }
    std::vector<std::thread> threads;
    for (std::size_t thread = 0; thread < 4; ++thread)
        threads.emplace_back([this, thread] {
            for (int round = 0; round < 200; ++round) {
                const MappedFile file = MappedFile::open(path(), Access::read_write);
                file.bytes()[64 * thread] = static_cast<std::byte>(round);
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(MappedFile::open(path(), Access::read_only).bytes()[64 * 3], static_cast<std::byte>(199));
}

// A sparse file on a full file system would end the process with SIGBUS at first touch.
TEST_F(MappedFileTest, AFullFileSystemIsAnErrorBeforeAnythingIsTouched) {
    if (::mount("none", folder.c_str(), "tmpfs", 0, "size=64k") != 0)
        GTEST_SKIP() << "may not mount a small file system";
    {
        const MappedFile file = MappedFile::create(path(), 1 << 20);
        EXPECT_EQ(code_of([&] { file.allocate(0, 1 << 20); }), ErrorCode::storage_space);
    }
    EXPECT_EQ(::umount(folder.c_str()), 0);
}

}  // namespace
}  // namespace gale::os

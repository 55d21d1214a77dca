#include "os/directory.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

namespace gale::os {
namespace {

class DirectoryTest : public ::testing::Test {
protected:
    void SetUp() override {
        const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
        folder = std::filesystem::temp_directory_path() / (std::string{"gale-directory-"} + test->name());
        std::filesystem::remove_all(folder);
        create_directory(folder);
    }
    void TearDown() override { std::filesystem::remove_all(folder); }
    std::string path(const char* name) const { return folder / name; }

    std::filesystem::path folder;
};

TEST_F(DirectoryTest, TellsWhatIsThereWithoutFollowingLinks) {
    EXPECT_EQ(inspect_directory(folder), DirectoryState::ours);
    EXPECT_EQ(inspect_directory(path("absent")), DirectoryState::absent);
    write_text_file(path("file"), "text");
    EXPECT_EQ(inspect_directory(path("file")), DirectoryState::not_a_directory);
    std::filesystem::create_directory_symlink(folder, path("link"));
    EXPECT_EQ(inspect_directory(path("link")), DirectoryState::not_a_directory);
}

TEST_F(DirectoryTest, CreatingWhatExistsIsFineUnlessItIsNoDirectory) {
    create_directory(folder);
    write_text_file(path("file"), "text");
    EXPECT_THROW(create_directory(path("file")), Error);
    std::filesystem::create_directory_symlink("/tmp", path("link"));
    EXPECT_THROW(create_directory(path("link")), Error);
}

TEST_F(DirectoryTest, RemovingATreeLeavesAloneWhatItsLinksPointTo) {
    create_directory(path("tree"));
    create_directory(path("kept"));
    write_text_file(path("kept/file"), "text");
    std::filesystem::create_directory_symlink(path("kept"), path("tree/link"));
    remove_tree(path("tree"));
    EXPECT_FALSE(std::filesystem::exists(path("tree")));
    EXPECT_EQ(read_text_file(path("kept/file"), 100), "text");
}

TEST_F(DirectoryTest, TextComesBackUpToTheLimit) {
    write_text_file(path("file"), "a longer text");
    write_text_file(path("file"), "text");
    EXPECT_EQ(read_text_file(path("file"), 100), "text");
    EXPECT_EQ(read_text_file(path("file"), 2), "te");
    EXPECT_EQ(read_text_file(path("absent"), 2), std::nullopt);
    EXPECT_TRUE(remove_file(path("file")));
    EXPECT_TRUE(remove_file(path("file"))) << "it is gone";
    create_directory(path("no file"));
    EXPECT_FALSE(remove_file(path("no file")));
}

TEST_F(DirectoryTest, LinksAreNeitherReadNorWritten) {
    write_text_file(path("target"), "precious");
    std::filesystem::create_symlink(path("target"), path("link"));
    EXPECT_EQ(read_text_file(path("link"), 100), std::nullopt);
    EXPECT_THROW(write_text_file(path("link"), "overwritten"), Error);
    EXPECT_EQ(read_text_file(path("target"), 100), "precious");
}

TEST_F(DirectoryTest, UsableSpaceIsKnownWhereThereIsAFileSystem) {
    EXPECT_GT(usable_space(folder), 0);
    EXPECT_THROW((void)usable_space(path("absent")), Error);
    EXPECT_GE(total_space(folder), usable_space(folder));
    EXPECT_THROW((void)total_space(path("absent")), Error);
}

}  // namespace
}  // namespace gale::os

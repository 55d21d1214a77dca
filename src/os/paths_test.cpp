#include "os/paths.hpp"

#include <gale/error.hpp>

#include <gtest/gtest.h>

#include <filesystem>

namespace gale::os {
namespace {

/// A directory of a test's own, removed with all below it.
class Folder {
public:
    Folder() : path_{make_temporary_directory(temporary_directory() + "/gale-paths-XXXXXX")} {}
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() { std::filesystem::remove_all(path_); }
    [[nodiscard]] std::string at(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

TEST(Paths, DirectoriesAreMadeWithThoseAboveThem) {
    const Folder folder;
    create_directories(folder.at("a/b//c/"), 0755);
    EXPECT_TRUE(is_directory(folder.at("a/b/c")));
    create_directories(folder.at("a/b"), 0755);
    EXPECT_EQ(std::filesystem::status(folder.at("a")).permissions() & std::filesystem::perms::group_write,
              std::filesystem::perms::none);
    std::fclose(open_for_appending(folder.at("file")));
    EXPECT_THROW(create_directories(folder.at("file/d"), 0755), Error);
    EXPECT_THROW(create_directories(folder.at("file"), 0755), Error);
    EXPECT_THROW(create_directories("", 0755), Error);
}

TEST(Paths, AppendingGoesOnAtTheEnd) {
    const Folder folder;
    for (int i = 1; i <= 2; ++i) {
        std::FILE* stream = open_for_appending(folder.at("file"));
        std::fputs("four", stream);
        EXPECT_EQ(position_of(stream), 4 * i);
        std::fclose(stream);
    }
    EXPECT_THROW(static_cast<void>(open_for_appending(folder.at("none/file"))), Error);
}

TEST(Paths, WhatIsRemovedWasThere) {
    const Folder folder;
    std::fclose(open_for_appending(folder.at("file")));
    EXPECT_TRUE(path_exists(folder.at("file")) && !is_directory(folder.at("file")));
    remove_path(folder.at("file"));
    EXPECT_FALSE(path_exists(folder.at("file")));
    EXPECT_THROW(remove_path(folder.at("file")), Error);
}

TEST(Paths, LinksAreFollowedToWhereTheyLead) {
    const Folder folder;
    create_directories(folder.at("a"), 0755);
    std::filesystem::create_directory_symlink(folder.at("a"), folder.at("link"));
    EXPECT_EQ(real_path(folder.at("link/../link/.")), real_path(folder.at("a")));
    EXPECT_THROW(static_cast<void>(real_path(folder.at("none"))), Error);
}

TEST(Paths, UnusedNamesDifferAndAreNotThere) {
    const Folder folder;
    const std::string one = unused_file_name(folder.at("XXXXXX"));
    EXPECT_NE(one, unused_file_name(folder.at("XXXXXX")));
    EXPECT_FALSE(path_exists(one));
    EXPECT_THROW(static_cast<void>(unused_file_name(folder.at("none/XXXXXX"))), Error);
}

}  // namespace
}  // namespace gale::os

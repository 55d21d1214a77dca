#include "driver/options.hpp"

#include <gale/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace gale::driver {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

DriverOptions load(std::string_view text) {
    DriverOptions options;
    static_cast<void>(load_properties(text, "my.properties", options));
    return options;
}

std::string refusal(std::string_view text) {
    try {
        static_cast<void>(load(text));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::invalid_argument);
        return error.what();
    }
    return "";
}

TEST(PropertiesFile, TakesBothSeparatorsCommentsAndBlanks) {
    const auto options = load("# a comment\n"
                              "! another = one\n"
                              "\n"
                              "   \t\n"
                              "aeron.mtu.length=2048\n"
                              "  ipc.mtu.length \t :  4096\r\n"
                              "AERON_MAX_RESEND = 32");
    EXPECT_EQ(options.mtu_length, 2048);
    EXPECT_EQ(options.ipc_mtu_length, 4096);
    EXPECT_EQ(options.max_resend, 32);
}

TEST(PropertiesFile, TheFirstSeparatorCounts) {
    EXPECT_EQ(load("aeron.dir=/tmp/a=b:c\n").directory, "/tmp/a=b:c");
    EXPECT_EQ(load("aeron.dir:=b\n").directory, "=b");
}

TEST(PropertiesFile, TrailingBlanksBelongToTheValue) {
    EXPECT_EQ(load("aeron.dir=/tmp/a \n").directory, "/tmp/a ");
    EXPECT_THAT(refusal("aeron.mtu.length=2048 \n"), HasSubstr("'2048 ' given"));
}

TEST(PropertiesFile, ABackslashContinuesTheLine) {
    const auto options = load("aeron.dir=/tmp/\\\n"
                              "    # not part of it\n"
                              "\n"
                              "    some\\\n"
                              "\twhere\n"
                              "aeron.max.resend\\\n"
                              "=7\n");
    EXPECT_EQ(options.directory, "/tmp/somewhere");
    EXPECT_EQ(options.max_resend, 7);
    EXPECT_EQ(refusal("\naeron.dir=x\\\n"), "my.properties:2: the last line says that another one follows");
}

TEST(PropertiesFile, AnEmptyValueBringsTheDefaultBack) {
    EXPECT_EQ(load("aeron.max.resend=7\naeron.max.resend=\n").max_resend, 16);
    EXPECT_EQ(load("aeron.max.resend=7\naeron.max.resend=9\n").max_resend, 9) << "the later line wins";
}

TEST(PropertiesFile, AFaultIsToldWithFileAndLineAndChangesNothing) {
    EXPECT_EQ(refusal("\naeron.max.resend=0\n"),
              "my.properties:2: aeron.max.resend: '0' given, allowed: a whole number from 1 to 256");
    EXPECT_THAT(refusal("aeron.max.resent=1\n"),
                StartsWith("my.properties:1: aeron.max.resent: there is no such option"));
    EXPECT_THAT(refusal("hello\n"), HasSubstr("'hello' is no name = value"));
    EXPECT_THAT(refusal("=5\n"), HasSubstr("no name"));
    EXPECT_EQ(refusal("aeron.mtu.length=\\\n\\\n\\\nx\n").substr(0, 16), "my.properties:1:");
    DriverOptions options;
    EXPECT_THROW(static_cast<void>(load_properties("aeron.max.resend=7\nx\n", "f", options)), Error);
    EXPECT_EQ(options.max_resend, 16);
}

TEST(PropertiesFile, NotesWhatHasNoEffect) {
    DriverOptions options;
    const auto notes = load_properties("aeron.event.log=admin\naeron.max.resend=7\n", "f", options);
    EXPECT_EQ(notes.size(), 1U);
    EXPECT_EQ(options.max_resend, 7);
}

TEST(PropertiesFile, IsReadFromAPath) {
    const auto path = std::filesystem::path{::testing::TempDir()} / "gale-options-test.properties";
    std::ofstream{path} << "aeron.max.resend=7\n";
    DriverOptions options;
    EXPECT_TRUE(load_properties_file(path, options).empty());
    EXPECT_EQ(options.max_resend, 7);
    static_cast<void>(load_properties_file("file://" + path.string(), options));
    std::filesystem::remove(path);
    EXPECT_THROW(static_cast<void>(load_properties_file(path, options)), Error);
    EXPECT_THROW(static_cast<void>(load_properties_file("http://localhost/x", options)), Error);
}

TEST(PropertiesFile, AnyBytesAreEitherTakenOrRefused) {
    constexpr std::string_view alphabet = "=:\\\n\r#! \taeron.mtu.length=1k";
    for (std::uint32_t seed = 1; seed < 500; ++seed) {
        std::string text;
        for (std::uint32_t state = seed * 2654435761U; state > 0; state /= 7) text += alphabet[state % alphabet.size()];
        static_cast<void>(refusal(text));
    }
    EXPECT_NE(refusal(std::string_view{"aeron.dir=\0x\n", 13}), "");
}

}  // namespace
}  // namespace gale::driver

// Who may have a directory: nobody while a driver lives there, the next one as soon as it is dead.
#include "control/cnc_file.hpp"
#include "driver/conductor/puppet_test.hpp"
#include "driver/directory.hpp"
#include "os/directory.hpp"
#include "os/mapped_file.hpp"
#include "shm/error_log.hpp"
#include "shm/overlay.hpp"
#include "shm/testing.hpp"

#include <fmt/chrono.h>
#include <gmock/gmock.h>

#include <sys/wait.h>  // layers: waits for the other user below
#include <unistd.h>    // layers: becomes another user, who must be refused

#include <fstream>
#include <functional>

namespace gale::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Directory : public ::testing::Test {
protected:
    Directory() {
        options.on_warning = [this](std::string_view line) { warnings.emplace_back(line); };
    }

    std::unique_ptr<MediaDriver> launch() { return launch(options); }
    std::unique_ptr<MediaDriver> launch(DriverOptions with) {
        with.directory = place.path();
        with.environment.clock = &clock;
        return std::make_unique<MediaDriver>(MediaDriver::launch(std::move(with)));
    }
    /// Why it was refused; empty when it was not.
    std::string refusal() {
        try {
            launch()->close();
            return {};
        } catch (const Error& error) {
            return error.what();
        }
    }
    /// The same of the directory alone, with `meanwhile` happening in each pause of 1 ms.
    std::string take() {
        const auto pause = [this](Millis time) {
            clock.advance(time);
            ++pauses;
            if (meanwhile) meanwhile();
        };
        try {
            static_cast<void>(driver::DriverDirectory::take(options, place.path(), clock, options.on_warning, pause));
            return {};
        } catch (const Error& error) {
            return error.what();
        }
    }
    /// A directory as Aeron's own driver leaves it: no lock, no note.
    control::CncFile foreign_driver(Millis heartbeat_age, bool finished = true) {
        os::create_directory(place.path());
        control::CncSettings settings;
        settings.counters_values_length = 1024 * 1024;
        settings.pid = 4711;
        control::CncFile cnc = control::CncFile::create(place.path(), settings);
        shm::Ring{cnc.to_driver()}.consumer_heartbeat().store_release((clock.tick().wall - heartbeat_age).count());
        if (finished) cnc.publish_version();
        return cnc;
    }
    [[nodiscard]] bool exists(const std::string& name) const {
        return std::filesystem::exists(place.path() + "/" + name);
    }

    VirtualClock clock;
    TestDirectory place;
    DriverOptions options = small_options();
    std::vector<std::string> warnings;
    std::function<void()> meanwhile;
    int pauses = 0;
};

TEST_F(Directory, HoldsWhatADriverNeeds) {
    const auto driver = launch();
    EXPECT_EQ(driver->directory(), place.path());
    EXPECT_TRUE(exists("cnc.dat"));
    EXPECT_TRUE(exists("loss-report.dat"));
    EXPECT_TRUE(exists("publications"));
    EXPECT_TRUE(exists("images"));
    const auto cnc = control::CncFile::open(place.path(), os::Access::read_only);
    ASSERT_EQ(cnc.state, control::CncState::ready);
    EXPECT_EQ(cnc.file->driver_heartbeat(), clock.tick().wall);
    EXPECT_EQ(cnc.file->header().pid, os::process_id());
    EXPECT_EQ(cnc.file->header().start_timestamp_ms, clock.tick().wall.count());
}

TEST_F(Directory, OfALivingDriverIsRefused) {
    const auto living = launch();
    clock.advance(1h);  // its heartbeat says nothing: the lock does
    EXPECT_THAT(refusal(), AllOf(HasSubstr("a media driver lives in " + place.path()), HasSubstr("aeron.dir")));
    options.delete_directory_on_start = true;
    EXPECT_THAT(refusal(), HasSubstr("a media driver lives in"));
    EXPECT_TRUE(exists("cnc.dat"));
}

TEST_F(Directory, OfAStoppedDriverIsTakenAtOnceAndKeptForTools) {
    launch()->close();
    EXPECT_TRUE(exists("cnc.dat"));
    {
        const auto cnc = control::CncFile::open(place.path(), os::Access::read_only);
        EXPECT_EQ(cnc.file->driver_heartbeat(), Millis{-1});
    }
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(warnings, IsEmpty());
}

TEST_F(Directory, OfAKilledDriverIsTakenAtOnce) {
    {
        const auto driver = launch();
        // Killed: the lock goes with the process, the heartbeat stays as it was.
        const auto cnc = control::CncFile::open(place.path(), os::Access::read_write);
        driver->close();
        shm::Ring{cnc.file->to_driver()}.consumer_heartbeat().store_release(clock.tick().wall.count());
    }
    EXPECT_EQ(refusal(), "");
}

TEST_F(Directory, OfALivingForeignDriverIsRefusedWithItsNumbers) {
    const auto cnc = foreign_driver(Millis{300});
    EXPECT_THAT(refusal(), AllOf(HasSubstr("process 4711"), HasSubstr("300 ms ago"), HasSubstr("10000 ms")));
    EXPECT_TRUE(exists("cnc.dat"));
}

TEST_F(Directory, OfAForeignDriverIsTakenOnceItsHeartbeatIsOld) {
    static_cast<void>(foreign_driver(Millis{10'000}));
    EXPECT_NE(refusal(), "");
    clock.advance(1ms);
    EXPECT_EQ(refusal(), "");
}

TEST_F(Directory, OfAForeignDriverThatStoppedOrSaysNonsenseIsTakenAtOnce) {
    for (const std::int64_t heartbeat : {std::int64_t{-1}, std::int64_t{0}, INT64_MIN}) {
        std::filesystem::remove_all(place.path());
        std::filesystem::remove(place.path() + ".lock");
        const auto cnc = foreign_driver(Millis{0});
        shm::Ring{cnc.to_driver()}.consumer_heartbeat().store_release(heartbeat);
        EXPECT_EQ(refusal(), "") << heartbeat;
    }
}

TEST_F(Directory, OfAForeignDriverIsTakenAliveWhenAskedTo) {
    const auto cnc = foreign_driver(Millis{0});
    options.delete_directory_on_start = true;
    EXPECT_EQ(refusal(), "");
}

TEST_F(Directory, OfAForeignDriverWhoseHeartbeatIsAheadIsRefusedOnceItGoesOn) {
    const auto cnc = foreign_driver(Millis{-3'600'000});
    meanwhile = [&] {
        if (pauses == 999)  // 1 s, the interval of Aeron's timer
            shm::Ring{cnc.to_driver()}.consumer_heartbeat().store_release((clock.tick().wall + 1h).count());
    };
    EXPECT_THAT(take(), AllOf(HasSubstr("process 4711"), HasSubstr("3600000 ms ahead")));
    EXPECT_EQ(pauses, 999);
}

TEST_F(Directory, OfAForeignDriverWhoseHeartbeatIsAheadAndStandsStillIsTaken) {
    static_cast<void>(foreign_driver(Millis{-3'600'000}));
    EXPECT_EQ(take(), "");
    EXPECT_EQ(pauses, 1500);
}

TEST_F(Directory, OfAForeignDriverWhoseHeartbeatIsAheadAndThatStopsIsTaken) {
    const auto cnc = foreign_driver(Millis{-1});
    meanwhile = [&] { shm::Ring{cnc.to_driver()}.consumer_heartbeat().store_release(-1); };
    EXPECT_EQ(take(), "");
    EXPECT_EQ(pauses, 1);
}

TEST_F(Directory, WhoseDriverIsStartingJustNowIsGivenAWhile) {
    auto starting = foreign_driver(Millis{0}, false);
    meanwhile = [&] {
        if (pauses == 700) starting.publish_version();
    };
    EXPECT_THAT(take(), HasSubstr("process 4711"));
    EXPECT_EQ(pauses, 700);
}

TEST_F(Directory, WhoseDriverNeverFinishedIsTakenAfterAWhile) {
    static_cast<void>(foreign_driver(Millis{0}, false));
    EXPECT_EQ(take(), "");
    EXPECT_EQ(pauses, 1000);
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("not initialised")));
}

TEST_F(Directory, WhoseUnfinishedDriverWasOursIsTakenAtOnce) {
    launch()->close();
    {
        const auto raw = os::MappedFile::open(place.path() + "/cnc.dat", os::Access::read_write);
        shm::overlay<control::CncHeader>(raw.bytes()).version.store_release(0);
    }
    EXPECT_EQ(take(), "");
    EXPECT_EQ(pauses, 0);
}

TEST_F(Directory, WithACncOfAnotherVersionOrNoneIsCleared) {
    {
        auto cnc = foreign_driver(Millis{0});
        const auto raw = os::MappedFile::open(place.path() + "/cnc.dat", os::Access::read_write);
        shm::overlay<control::CncHeader>(raw.bytes()).version.store_release(0x010000);
    }
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("1.0.0")));
    std::filesystem::remove_all(place.path());
    os::create_directory(place.path());
    std::ofstream{place.path() + "/something"} << "else";
    EXPECT_EQ(refusal(), "");
    EXPECT_FALSE(exists("something"));
}

TEST_F(Directory, WithADamagedCncIsCleared) {
    {
        const auto cnc = foreign_driver(Millis{0});
        const auto raw = os::MappedFile::open(place.path() + "/cnc.dat", os::Access::read_write);
        shm::overlay<control::CncHeader>(raw.bytes()).error_log_length = INT32_MAX;
    }
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("damaged")));
}

TEST_F(Directory, WithACncThatCannotBeReadIsRefused) {
    os::create_directory(place.path());
    std::filesystem::create_symlink("/etc/passwd", place.path() + "/cnc.dat");
    EXPECT_THAT(refusal(), HasSubstr("cannot tell whether a driver lives in"));
    options.delete_directory_on_start = true;
    EXPECT_EQ(refusal(), "");
    EXPECT_TRUE(std::filesystem::exists("/etc/passwd"));
}

TEST_F(Directory, ThatIsALinkOrAFileIsRefusedAlsoWithASlash) {
    const TestDirectory target;
    os::create_directory(target.path());
    std::ofstream{target.path() + "/precious"} << "data";
    std::filesystem::create_directory_symlink(target.path(), place.path());
    EXPECT_THAT(refusal(), HasSubstr("symbolic link"));
    DriverOptions with_slash = options;
    with_slash.directory = place.path() + "///";
    with_slash.environment.clock = &clock;
    EXPECT_THROW((void)MediaDriver::launch(with_slash), Error);
    EXPECT_TRUE(std::filesystem::exists(target.path() + "/precious"));
    std::filesystem::remove(place.path());
    std::ofstream{place.path()} << "a file";
    EXPECT_THAT(refusal(), HasSubstr("no directory"));
}

// Runs `refused` as a user without rights; true when it was.
bool as_nobody(const std::function<bool()>& refused) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(::setgid(65534) == 0 && ::setuid(65534) == 0 && refused() ? 0 : 1);
    int status = 1;
    return ::waitpid(child, &status, 0) == child && status == 0;
}

TEST_F(Directory, OfAnotherUserIsRefused) {
    if (::geteuid() != 0) GTEST_SKIP() << "becoming somebody else takes root";
    launch()->close();
    EXPECT_TRUE(as_nobody(
        [&] { return refusal() == place.path() + " belongs to another user: choose another directory (aeron.dir)"; }));
    EXPECT_TRUE(exists("cnc.dat"));
}

TEST_F(Directory, WithoutPermissionIsRefusedByName) {
    if (::geteuid() != 0) GTEST_SKIP() << "becoming somebody else takes root";
    os::create_directory(place.path());
    EXPECT_TRUE(as_nobody([&] {
        options.directory = place.path() + "/inside";
        try {
            (void)MediaDriver::launch(options);
            return false;
        } catch (const Error& error) {
            const std::string why = error.what();
            return why.find(place.path() + "/inside") != why.npos && why.find("Permission denied") != why.npos;
        }
    }));
}

TEST_F(Directory, GivenRelativelyIsToldToClientsWhole) {
    DriverOptions relative = options;
    relative.directory = std::filesystem::relative(place.path());
    relative.environment.clock = &clock;
    const MediaDriver driver = MediaDriver::launch(relative);
    EXPECT_EQ(driver.directory(), place.path());
}

TEST_F(Directory, OfADeadDriverGivesUpItsErrorsBesideIt) {
    {
        const auto cnc = foreign_driver(Millis{20'000});
        shm::DistinctErrorLog log{cnc.error_log()};
        log.record(11, "something went wrong", Millis{1'700'000'000'123});
        log.record(11, "something went wrong", Millis{1'700'000'001'456});
        log.record(1, "another thing", Millis{INT64_MAX});
    }
    EXPECT_EQ(refusal(), "");
    const auto saved = place.siblings();
    ASSERT_EQ(saved.size(), 1U);
    EXPECT_THAT(saved[0], HasSubstr("-error.log"));
    EXPECT_THAT(warnings, ElementsAre(HasSubstr(saved[0])));
    const std::string text = read_file(saved[0]);
    EXPECT_TRUE(
        text.starts_with("***\n2 observations from 2023-11-14 22:13:20.123+0000 to 2023-11-14 22:13:21.456+0000 for:\n "
                         "something went wrong\n"))
        << text;
    EXPECT_TRUE(text.ends_with("\n\n2 distinct errors observed.\n")) << text;
}

TEST_F(Directory, WhoseErrorsCannotBeSavedIsTakenAllTheSame) {
    {
        const auto cnc = foreign_driver(Millis{20'000});
        shm::DistinctErrorLog{cnc.error_log()}.record(11, "something went wrong", Millis{1});
    }
    // The name that the file would have is taken by a directory.
    const auto name = [&] {
        const auto wall = clock.tick().wall.count();
        return fmt::format("{}-{:%Y-%m-%d-%H-%M-%S}-{:03}-error.log", place.path(),
                           fmt::gmtime(static_cast<std::time_t>(wall / 1000)), wall % 1000);
    }();
    std::filesystem::create_directory(name);
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(warnings, ElementsAre(HasSubstr("could not be saved")));
}

TEST_F(Directory, IsRemovedAtTheEndWhenAskedTo) {
    options.delete_directory_on_shutdown = true;
    EXPECT_EQ(refusal(), "");
    EXPECT_FALSE(std::filesystem::exists(place.path()));
}

TEST_F(Directory, IsAnnouncedWhenItExistsAndThatWasAskedFor) {
    launch()->close();
    options.warn_if_directory_exists = true;
    EXPECT_EQ(refusal(), "");
    EXPECT_THAT(warnings, ElementsAre("the directory " + place.path() + " exists"));
}

TEST_F(Directory, IsNotLeftHalfMadeWhenTheDriverCannotStart) {
    options.counters_buffer_length = 500 * 1024 * 1024;  // within its limits, but then cnc.dat is too long
    EXPECT_NE(refusal(), "");
    EXPECT_FALSE(exists("cnc.dat"));
    options = small_options();
    EXPECT_EQ(refusal(), "");
}

TEST_F(Directory, WhoseParentIsMissingIsRefusedByName) {
    DriverOptions nowhere = options;
    nowhere.directory = place.path() + "/not/there";
    try {
        (void)MediaDriver::launch(nowhere);
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr(place.path() + "/not/there"));
    }
}

}  // namespace
}  // namespace gale::testing

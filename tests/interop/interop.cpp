#include "interop/interop.hpp"

#include "base/recorded_test.hpp"

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

namespace gale::interop {
namespace {

constexpr int first_stream = 1001;

/// Shared drivers end with the program, before anything static that they need.
class SharedDrivers : public ::testing::Environment {
public:
    Driver& get(const DriverKind& kind) {
        auto& driver = drivers_[title(kind)];
        if (!driver)
            driver = std::make_unique<Driver>(kind, Words{"--prop", "aeron.ipc.term.buffer.length=16m", "--prop",
                                                          "aeron.client.liveness.timeout=20s", "--prop",
                                                          "aeron.publication.unblock.timeout=30s"});
        return *driver;
    }
    void TearDown() override {
        for (auto& [name, driver] : drivers_) {
            if (::testing::Test::HasFailure()) continue;
            try {
                driver->peer().stop();
            } catch (const std::exception& failure) {
                ADD_FAILURE() << failure.what();
            }
        }
        drivers_.clear();
    }

private:
    std::map<std::string, std::unique_ptr<Driver>> drivers_;
};

SharedDrivers& shared_drivers() {
    static auto* const drivers = static_cast<SharedDrivers*>(::testing::AddGlobalTestEnvironment(new SharedDrivers));
    return *drivers;
}
[[maybe_unused]] const auto& registered = shared_drivers();  // before main asks who wants to be told of the end

/// Empty when upstream is at hand, else what is missing.
std::string missing() {
    for (const char* variable : {"GALE_INTEROP_JAR", "GALE_INTEROP_CLASSES"}) {
        const char* path = std::getenv(variable);
        if (path == nullptr) return std::string{variable} + " is not set";
        if (!std::filesystem::exists(path)) return std::string{variable} + ": there is no " + path;
    }
    const char* path = std::getenv("PATH");
    const std::string directories = path == nullptr ? "" : path;
    for (std::size_t at = 0; at <= directories.size();) {
        const auto end = std::min(directories.find(':', at), directories.size());
        if (std::filesystem::exists(directories.substr(at, end - at) + "/java")) return {};
        at = end + 1;
    }
    return "there is no java";
}

}  // namespace

Words join(std::initializer_list<Words> lists) {
    Words all;
    for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
    return all;
}

std::string title(const DriverKind& kind) {
    std::string threading{kind.threading};
    threading[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(threading[0])));
    return std::string{name(kind.language)} + threading;
}

Driver::Driver(DriverKind kind, const Words& properties)
    : kind_{kind}, properties_{properties}, parent_{"interop"}, directory_{parent_ / "aeron"} {
    start_again();
}

void Driver::start_again() {
    peer_.emplace(kind_.language, "driver", directory_,
                  join({{"--threading", std::string{kind_.threading}}, properties_}));
    peer_->expect("ready");
}

Words short_timeouts() {
    Words words;
    for (const char* property : {"aeron.timer.interval=100ms", "aeron.client.liveness.timeout=3s",
                                 "aeron.publication.unblock.timeout=4s", "aeron.image.liveness.timeout=1s",
                                 "aeron.publication.linger.timeout=1s", "aeron.ipc.term.buffer.length=1m"}) {
        words.emplace_back("--prop");
        words.emplace_back(property);
    }
    return words;
}

void Interop::SetUp() {
    const std::string what = missing();
    if (what.empty()) return;
    const std::string advice =
        "no interop with upstream: " + what + "; scripts/ci.sh interop prepares it and runs this";
    if (testing::in_ci()) FAIL() << advice;
    GTEST_SKIP() << advice;
}

Driver& Interop::shared_driver(const DriverKind& kind) { return shared_drivers().get(kind); }

Peer Interop::once(Driver& driver, Language language, const std::string& role, const Words& words) {
    Peer peer{language, role, driver.directory(), words};
    peer.end_well();
    return peer;
}

std::string Interop::new_stream() {
    static int next = first_stream;
    return std::to_string(next++);
}

}  // namespace gale::interop

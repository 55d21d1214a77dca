/// For tests only: a driver stepped by hand under a clock of its own, and clients that are nothing but what they say
/// and hear. No threads, no sleeps.
#pragma once

#include "control/cnc_file.hpp"
#include "control/commands.hpp"
#include "control/counter_types.hpp"
#include "control/events.hpp"
#include "os/mapped_file.hpp"
#include "shm/broadcast.hpp"
#include "shm/counters.hpp"
#include "shm/error_log.hpp"
#include "shm/ring.hpp"
#include "support/seeds.hpp"
#include "support/simulated_network.hpp"
#include "support/test_directory.hpp"
#include "support/virtual_clock.hpp"

#include <gale/driver_options.hpp>
#include <gale/media_driver.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gale::testing {

using namespace std::chrono_literals;

/// The least that is allowed, so that a driver starts quickly.
inline DriverOptions small_options() {
    DriverOptions options;
    options.threading_mode = ThreadingMode::invoker;
    options.counters_buffer_length = 1024 * 1024;
    options.loss_report_buffer_length = 4096;
    options.ipc_term_buffer_length = 64 * 1024;
    options.term_buffer_length = 64 * 1024;
    options.low_file_store_warning_threshold = 0;
    options.environment.seed = 7;
    return options;
}

/// An event with the bytes it borrows.
class Heard {
public:
    Heard(std::int32_t type, std::span<const std::byte> payload)
        : bytes_(payload.begin(), payload.end()), event_{control::decode_event(type, bytes_)} {}
    Heard(Heard&&) = default;
    Heard& operator=(Heard&&) = default;
    template <class Event> [[nodiscard]] const Event* as() const { return std::get_if<Event>(&event_); }
    /// As one line: `AVAILABLE_IMAGE 5 to 9`.
    [[nodiscard]] std::string line() const;

private:
    std::vector<std::byte> bytes_;
    control::Event event_;
};

class Puppet;

class TestDriver {
public:
    explicit TestDriver(DriverOptions options = small_options(), const std::string& parent = "/dev/shm")
        : directory_{parent} {
        options.directory = directory_.path();
        options.environment.clock = &clock_;
        if (options.environment.network == nullptr)
            options.environment.network = &world_.add_host("driver", {"10.0.0.1"});
        if (!options.on_warning) options.on_warning = [this](std::string_view line) { warnings.emplace_back(line); };
        driver_.emplace(MediaDriver::launch(std::move(options)));
        auto opened = control::CncFile::open(directory_.path(), os::Access::read_write);
        cnc_.emplace(std::move(opened.file.value()));
    }

    /// The network that its host hangs on, under the name `driver` and the address 10.0.0.1.
    [[nodiscard]] SimulatedNetwork& world() noexcept { return world_; }
    [[nodiscard]] VirtualClock& clock() noexcept { return clock_; }
    [[nodiscard]] const TestDirectory& directory() const noexcept { return directory_; }
    [[nodiscard]] MediaDriver& driver() noexcept { return *driver_; }
    [[nodiscard]] const control::CncFile& cnc() const noexcept { return *cnc_; }
    [[nodiscard]] shm::Counters counters() const noexcept { return cnc_->counters(); }
    [[nodiscard]] std::int64_t value(CounterId id) const { return counters().value(id).load_acquire(); }
    [[nodiscard]] std::int64_t value(control::SystemCounter counter) const {
        return value(CounterId{static_cast<std::int32_t>(counter)});
    }
    [[nodiscard]] std::int64_t value(control::Refusal refusal) const {
        return value(CounterId{control::system_counter_count + static_cast<std::int32_t>(refusal)});
    }
    /// What the error log holds, in order.
    [[nodiscard]] std::vector<std::string> errors() const {
        std::vector<std::string> texts;
        shm::read_error_log(cnc_->error_log(), Millis{0},
                            [&](const shm::ErrorObservation& error) { texts.emplace_back(error.text); });
        return texts;
    }
    [[nodiscard]] bool has_error(std::string_view part) const {
        return std::ranges::any_of(errors(), [&](const std::string& text) { return text.find(part) != text.npos; });
    }
    /// How many logs there are.
    [[nodiscard]] std::ptrdiff_t log_files() const {
        namespace fs = std::filesystem;
        return std::distance(fs::directory_iterator{directory_.path() + "/publications"}, fs::directory_iterator{});
    }
    [[nodiscard]] std::ptrdiff_t counters_of(control::CounterType type) const {
        std::ptrdiff_t count = 0;
        counters().for_each(
            [&](const shm::CounterView& c) { count += c.type_id == static_cast<std::int32_t>(type) ? 1 : 0; });
        return count;
    }

    /// Duty cycles without time passing.
    void step(int cycles = 1);
    /// Time passes in small steps, with a duty cycle and a sign of life from each living client in each.
    void pass(Nanos time, Nanos step_length = 100ms);

    std::vector<std::string> warnings;

private:
    friend class Puppet;
    TestDirectory directory_;
    VirtualClock clock_;
    SimulatedNetwork world_{clock_, 7};
    std::optional<MediaDriver> driver_;
    std::optional<control::CncFile> cnc_;
    std::vector<Puppet*> puppets_;
};

/// A client. It hears everything that is said from its making on.
class Puppet {
public:
    explicit Puppet(TestDriver& driver)
        : driver_{driver}, ring_{driver.cnc().to_driver()}, receiver_{driver.cnc().to_clients()},
          id_{ring_.next_correlation_id()} {
        listen();
        inbox_.clear();  // a receiver begins with the newest record, which is old news
        driver.puppets_.push_back(this);
    }
    Puppet(const Puppet&) = delete;
    Puppet& operator=(const Puppet&) = delete;
    ~Puppet() { std::erase(driver_.puppets_, this); }

    [[nodiscard]] TestDriver& driver() const noexcept { return driver_; }
    [[nodiscard]] ClientId id() const noexcept { return id_; }
    [[nodiscard]] CorrelationId next_id() { return CorrelationId{ring_.next_correlation_id()}; }
    [[nodiscard]] shm::Ring& ring() noexcept { return ring_; }

    /// Into the ring, nothing more. The request's ids are filled in; returns its correlation id.
    template <class Command> CorrelationId say(Command command) {
        command.request = {id_, next_id()};
        say_as_it_is(command);
        return command.request.correlation_id;
    }
    template <class Command> void say_as_it_is(const Command& command) {
        const control::Command any{command};
        say_bytes(static_cast<std::int32_t>(control::type_of(any)), control::encode(any).bytes());
    }
    void say_bytes(std::int32_t type, std::span<const std::byte> payload) {
        ASSERT_EQ(ring_.write(type, payload), shm::RingWrite::written);
    }
    /// `say`, and one duty cycle; some more where a name may have to be looked up.
    template <class Command> CorrelationId ask(Command command) {
        const CorrelationId id = say(command);
        driver_.step();
        if constexpr (requires { command.channel; })
            if (command.channel.find("aeron:udp") != command.channel.npos) driver_.step(2);
        return id;
    }

    /// What was heard since this was asked last.
    std::vector<Heard> take() { return std::exchange(inbox_, {}); }
    [[nodiscard]] std::vector<std::string> take_lines() {
        std::vector<std::string> lines;
        for (const Heard& heard : take()) lines.push_back(heard.line());
        return lines;
    }
    /// The first event of that type not asked for yet, and which `match` likes; the others stay.
    template <class Event, class Match> [[nodiscard]] std::optional<Heard> take_first(Match match) {
        for (auto it = inbox_.begin(); it != inbox_.end(); ++it) {
            const auto* event = it->template as<Event>();
            if (event == nullptr || !match(*event)) continue;
            std::optional<Heard> found{std::move(*it)};
            inbox_.erase(it);
            return found;
        }
        return std::nullopt;
    }
    /// The error that answers a request, as `11 text`; empty when none did.
    [[nodiscard]] std::string error_to(CorrelationId request) {
        const auto heard = take_first<control::ErrorEvent>([&](const auto& e) { return e.correlation_id == request; });
        if (!heard) return {};
        const auto* error = heard->as<control::ErrorEvent>();
        return std::to_string(static_cast<int>(error->code)) + " " + std::string{error->text};
    }

    /// Gives no sign of life from now on.
    void die() noexcept { alive_ = false; }
    [[nodiscard]] std::optional<CounterId> heartbeat() const noexcept { return heartbeat_; }
    void listen() {
        while (const auto message = receiver_.receive()) {
            Heard heard{message->type, message->payload};
            if (const auto* ready = heard.as<control::CounterReady>();
                ready != nullptr && ready->correlation_id.value == id_.value)
                heartbeat_ = ready->counter_id;
            inbox_.push_back(std::move(heard));
        }
        EXPECT_EQ(receiver_.lapped(), 0);
    }
    void beat() noexcept {
        if (alive_ && heartbeat_)
            driver_.counters().value(*heartbeat_).store_release(driver_.clock_.tick().wall.count());
    }

private:
    TestDriver& driver_;
    shm::Ring ring_;
    shm::BroadcastReceiver receiver_;
    ClientId id_;
    std::vector<Heard> inbox_;
    std::optional<CounterId> heartbeat_;
    bool alive_ = true;
};

inline void TestDriver::step(int cycles) {
    for (int i = 0; i < cycles; ++i) {
        driver_->do_work();
        for (Puppet* puppet : puppets_) puppet->listen();
    }
}

inline void TestDriver::pass(Nanos time, Nanos step_length) {
    while (time > Nanos::zero()) {
        const Nanos now = std::min(time, step_length);
        clock_.advance(now);
        for (Puppet* puppet : puppets_) puppet->beat();
        step();
        time -= now;
    }
}

inline std::string Heard::line() const {
    struct Line {
        std::string operator()(const control::ErrorEvent& e) const {
            return "ERROR " + std::to_string(e.correlation_id.value) + " " + std::to_string(static_cast<int>(e.code));
        }
        std::string operator()(const control::AvailableImage& e) const {
            return "AVAILABLE_IMAGE " + std::to_string(e.image_correlation_id.value) + " to " +
                   std::to_string(e.subscription_id.value);
        }
        std::string operator()(const control::PublicationReady& e) const {
            return (e.exclusive ? "EXCLUSIVE_PUBLICATION_READY " : "PUBLICATION_READY ") +
                   std::to_string(e.correlation_id.value) + " of " + std::to_string(e.original_id.value);
        }
        std::string operator()(const control::OperationSucceeded& e) const {
            return "SUCCESS " + std::to_string(e.correlation_id.value);
        }
        std::string operator()(const control::UnavailableImage& e) const {
            return "UNAVAILABLE_IMAGE " + std::to_string(e.image_correlation_id.value) + " to " +
                   std::to_string(e.subscription_id.value);
        }
        std::string operator()(const control::SubscriptionReady& e) const {
            return "SUBSCRIPTION_READY " + std::to_string(e.correlation_id.value);
        }
        std::string operator()(const control::CounterReady& e) const {
            return "COUNTER_READY " + std::to_string(e.correlation_id.value);
        }
        std::string operator()(const control::UnavailableCounter& e) const {
            return "UNAVAILABLE_COUNTER " + std::to_string(e.registration_id.value);
        }
        std::string operator()(const control::ClientTimeout& e) const {
            return "CLIENT_TIMEOUT " + std::to_string(e.client_id.value);
        }
        std::string operator()(const control::StaticCounter& e) const {
            return "STATIC_COUNTER " + std::to_string(e.correlation_id.value);
        }
        std::string operator()(const control::PublicationErrorEvent& e) const {
            return "PUBLICATION_ERROR " + std::to_string(e.original_id.value) + " " +
                   std::to_string(static_cast<int>(e.code));
        }
        std::string operator()(const control::NextSessionIdEvent& e) const {
            return "NEXT_SESSION_ID " + std::to_string(e.correlation_id.value);
        }
        std::string operator()(const control::UnreadableEvent& e) const {
            return "UNREADABLE " + std::to_string(e.type);
        }
    };
    return std::visit(Line{}, event_);
}

/// `name` and its numbers as Heard::line writes them.
inline std::string line(std::string name, std::int64_t id) { return std::move(name) + " " + std::to_string(id); }
inline std::string line(std::string name, CorrelationId id) { return line(std::move(name), id.value); }
inline std::string available(CorrelationId image, CorrelationId subscription) {
    return line(line("AVAILABLE_IMAGE", image) + " to", subscription);
}
inline std::string unavailable(CorrelationId image, CorrelationId subscription) {
    return line(line("UNAVAILABLE_IMAGE", image) + " to", subscription);
}

}  // namespace gale::testing

#include "everyday/connection.hpp"

#include "os/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace gale::everyday {
namespace {

/// Over the network: a publication introduces itself each 100 ms, and the subscriber answers.
constexpr Nanos settling_time = std::chrono::milliseconds{200};

Nanos now() noexcept { return std::chrono::steady_clock::now().time_since_epoch(); }

ClientOptions client_options(const ContextOptions& options) {
    ClientOptions client = options.client ? *options.client : ClientOptions::from_environment();
    if (client.conductor == ConductorMode::invoker)
        throw Error{ErrorCode::invalid_argument,
                    "a context's client needs its own conductor thread: in invoker mode nobody "
                    "would step it while a call waits; use Client::connect for that"};
    if (!options.directory.empty()) client.directory = options.directory;
    if (client.directory.empty() && options.driver) client.directory = options.driver->directory;
    if (client.directory.empty()) client.directory = ClientOptions::from_environment().directory;
    if (client.directory.empty()) client.directory = os::default_aeron_directory();
    return client;
}

/// Throws unless a driver gives a sign of life within `wait`. A client's own driver timeout is too long for that: a
/// driver that died seconds ago would still pass for a living one, and an empty directory be waited at.
void probe(const ClientOptions& client, Nanos wait) {
    ClientOptions options;
    options.directory = client.directory;
    options.driver_timeout = wait;
    options.conductor = ConductorMode::invoker;
    options.clock = client.clock;
    options.on_error = [](const Error&) {};
    Client::connect(std::move(options)).close();
}

void expect_driver(const ClientOptions& client, Nanos wait) {
    try {
        probe(client, wait);
    } catch (const Error& error) {
        if (error.code() != ErrorCode::driver_timeout) throw;
        throw Error{error.code(), fmt::format("{}; or let the context bring its own: "
                                              "gale::Context{{{{.no_driver = gale::NoDriver::embed}}}}",
                                              error.what())};
    }
}

/// A living driver, of this process or another, or one of our own.
DriverShare embed(const ContextOptions& options, const ClientOptions& client) {
    DriverOptions driver = options.driver ? *options.driver : DriverOptions::from_environment();
    driver.directory = client.directory;
    driver.delete_directory_on_start = false;  // it may be in use; what a dead driver left is cleared away all the same
    if (driver.threading_mode == ThreadingMode::invoker)
        throw Error{ErrorCode::invalid_argument,
                    "an embedded driver needs threads: in invoker mode nobody would step it"};
    try {
        return DriverShare::find_or_launch(driver);
    } catch (const Error& refusal) {
        try {
            probe(client, options.wait);  // most likely because somebody else's lives there
            return {};
        } catch (const Error& error) {
            throw Error{refusal.code(),
                        fmt::format("cannot run a media driver in {}: {}; and there is none to connect to: {}",
                                    client.directory, refusal.what(), error.what())};
        }
    }
}

DriverShare find_driver(const ContextOptions& options, const ClientOptions& client) {
    if (options.no_driver == NoDriver::embed) {
        if (DriverShare share = embed(options, client)) return share;
    } else {
        expect_driver(client, options.wait);
    }
    return DriverShare::find(client.directory);  // another context's: it is to live as long as this one, too
}

}  // namespace

Connection::Connection(const ContextOptions& options) : Connection{options, client_options(options)} {}

Connection::Connection(const ContextOptions& options, ClientOptions client)
    : driver_{find_driver(options, client)}, client_{Client::connect(std::move(client))},
      embedded_{static_cast<bool>(driver_)} {}

Connection::~Connection() { close(); }

Error Connection::why_closed(const std::string& what) const {
    if (const auto reason = client_.close_reason(); reason)
        return Error{reason->code(), fmt::format("{} ended: {}", what, reason->what())};
    return Error{ErrorCode::closed, fmt::format("{} was closed{}", what, is_closed() ? ", with its context" : "")};
}

void Connection::close() noexcept {
    client_.close();
    const std::lock_guard lock{mutex_};
    driver_ = {};
}

void Connection::settle_anew() noexcept {
    settled_at_ns_.store((now() + settling_time).count(), std::memory_order_relaxed);
}

bool Connection::is_settling() const noexcept { return now().count() < settled_at_ns_.load(std::memory_order_relaxed); }

void Connection::remember_watched(const std::shared_ptr<SubscriberState>& subscriber) {
    const std::lock_guard lock{mutex_};
    std::erase_if(watched_, [](const auto& known) { return known.expired(); });
    const auto same = [&](const auto& known) { return known.lock() == subscriber; };
    if (std::ranges::none_of(watched_, same)) watched_.push_back(subscriber);
}

std::vector<std::shared_ptr<SubscriberState>> Connection::watched() {
    const std::lock_guard lock{mutex_};
    std::vector<std::shared_ptr<SubscriberState>> alive;
    for (const auto& known : watched_)
        if (auto subscriber = known.lock()) alive.push_back(std::move(subscriber));
    return alive;
}

}  // namespace gale::everyday

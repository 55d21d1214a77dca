#include "client/client_core.hpp"

#include "base/random.hpp"
#include "client/connect.hpp"
#include "control/counter_types.hpp"
#include "os/clock.hpp"
#include "os/directory.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <utility>

namespace gale::client {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_name_length = 100;
constexpr int send_retries = 10;
constexpr std::string_view version_label = " version=1.53.0 commit=gale-0.1.0";

std::string directory_of(const ClientOptions& options) {
    if (!options.directory.empty()) return options.directory;
    auto named = os::environment("AERON_DIR");
    return named && !named->empty() ? *std::move(named) : os::default_aeron_directory();
}

void check(const ClientOptions& options) {
    if (options.name.size() > max_name_length)
        throw Error{ErrorCode::invalid_argument, "the client's name has " + std::to_string(options.name.size()) +
                                                     " characters; at most 100 are allowed"};
    if (options.driver_timeout <= 0ns || options.keepalive_interval <= 0ns || options.idle_sleep <= 0ns)
        throw Error{ErrorCode::invalid_argument,
                    "driver_timeout, keepalive_interval and idle_sleep of a client must be longer than nothing"};
}

Nanos liveness_timeout(const CncMapping& cnc) noexcept {
    const Nanos told{cnc.file().header().client_liveness_timeout_ns};
    return told > 0ns ? told : 10s;
}

std::string on_stream(std::string_view what, std::string_view channel, StreamId stream) {
    return std::string{what} + " " + std::string{channel} + " on stream " + std::to_string(stream.value);
}

std::string_view verb(control::DestinationChange change) noexcept {
    switch (change) {
    case control::DestinationChange::add_send:
    case control::DestinationChange::add_receive: return "add destination ";
    case control::DestinationChange::remove_send:
    case control::DestinationChange::remove_receive: return "remove destination ";
    }
    return "change destination ";
}

bool driver_gives_session_ids(const CncMapping& cnc) noexcept {
    constexpr auto number = static_cast<std::int32_t>(control::SystemCounter::control_protocol_version);
    const auto counter = cnc.counters().look(CounterId{number});
    return counter && counter->type_id == static_cast<std::int32_t>(control::CounterType::system) &&
           counter->registration_id == number && counter->value >= control::protocol_version;
}

}  // namespace

std::shared_ptr<ClientCore> ClientCore::connect(ClientOptions options) {
    auto core = prepare(std::move(options));
    core->start();
    return core;
}

std::shared_ptr<ClientCore> ClientCore::prepare(ClientOptions options) {
    check(options);
    options.directory = directory_of(options);
    Clock& clock = options.clock != nullptr ? *options.clock : os::system_clock();
    auto driver = find_driver(options.directory, options.driver_timeout, clock);
    return std::make_shared<ClientCore>(std::move(options), std::move(driver), clock);
}

ClientCore::ClientCore(ClientOptions options, std::shared_ptr<CncMapping> driver, Clock& clock)
    : options_{std::move(options)}, clock_{clock}, cnc_{std::move(driver)}, id_{cnc_->ring().next_correlation_id()},
      liveness_timeout_{liveness_timeout(*cnc_)},
      // A driver that gives its clients little time must hear from them more often.
      keepalive_interval_{std::min(options_.keepalive_interval, liveness_timeout_ / 3)},
      receiver_{cnc_->file().to_clients()}, logs_{options_.pre_touch_mapped_memory},
      driver_watch_{options_.driver_timeout, keepalive_interval_},
      heartbeat_{id_, " name=" + options_.name + std::string{version_label}} {
    const Tick tick = clock_.tick();
    last_cycle_ = last_service_ = last_keepalive_ = tick.now;
    driver_watch_.begin(cnc_->ring().consumer_heartbeat().load_acquire(), tick);
    if (options_.on_close) close_handlers_.emplace(0, options_.on_close);
    if (options_.on_available_counter) available_counter_handlers_.emplace(0, options_.on_available_counter);
    if (options_.on_unavailable_counter) unavailable_counter_handlers_.emplace(0, options_.on_unavailable_counter);
}

ClientCore::~ClientCore() {
    if (is_elsewhere())
        os::forget(thread_);
    else if (thread_.joinable())
        thread_.detach();  // only when the last owner was the conductor thread itself
}

control::Request ClientCore::fresh_request() noexcept {
    return {id_, CorrelationId{cnc_->ring().next_correlation_id()}};
}

void ClientCore::require_open() const {
    if (!is_closed()) return;
    if (reason_) throw Error{ErrorCode::closed, std::string{"the client is closed: "} + reason_->what()};
    throw Error{ErrorCode::closed, "the client is closed"};
}

shm::RingWrite ClientCore::try_send(const control::Command& command) noexcept {
    const auto message = control::encode(command);
    const auto type = static_cast<std::int32_t>(control::type_of(command));
    auto written = cnc_->ring().write(type, message.bytes());
    for (int retry = 0; written == shm::RingWrite::full && retry < send_retries; ++retry) {
        os::yield_thread();
        written = cnc_->ring().write(type, message.bytes());
    }
    os::WakeWord{cnc_->ring().tail_address()}.wake();  // a Gale driver sleeps there; also when it is full
    return written;
}

void ClientCore::send(const control::Command& command) {
    switch (try_send(command)) {
    case shm::RingWrite::written: return;
    case shm::RingWrite::full:
        throw Error{ErrorCode::driver_buffer_full, "the command buffer of the driver in " + options_.directory +
                                                       " is full: it is not keeping up, or it died; look at `gale "
                                                       "stat`, and try again when it reads commands"};
    case shm::RingWrite::too_long:
        throw Error{ErrorCode::invalid_argument, "a request to the driver is longer than its command buffer allows (" +
                                                     std::to_string(cnc_->ring().max_payload_length()) + " bytes)"};
    }
}

void ClientCore::send_later_if_full(const control::Command& command) noexcept {
    if (unsent_.empty() && try_send(command) == shm::RingWrite::written) return;
    unsent_.push_back(command);
    expecting_.fetch_add(1);
    wake_conductor();
}

template <class MakeCommand> ClientCore::Request ClientCore::request(RequestDetails details, MakeCommand make_command) {
    if (is_elsewhere())
        throw Error{ErrorCode::closed,
                    "this client belongs to the process that connected it; a child of fork connects one of its own"};
    Request request;
    {
        const std::lock_guard lock{mutex_};
        require_open();
        const control::Request identity = fresh_request();
        const Nanos deadline = clock_.tick().now + options_.driver_timeout;
        request =
            std::make_shared<PendingState>(shared_from_this(), identity.correlation_id, deadline, std::move(details));
        const auto place = requests_.emplace(identity.correlation_id, request).first;
        try {
            send(make_command(identity));
        } catch (...) {
            requests_.erase(place);
            throw;
        }
        expecting_.fetch_add(1);
        is_known_to_driver_ = true;
    }
    wake_conductor();
    return request;
}

ClientCore::Request ClientCore::add_publication(std::string_view channel, StreamId stream, control::Sharing sharing) {
    const bool exclusive = sharing == control::Sharing::exclusive;
    return request({.kind = exclusive ? RequestKind::exclusive_publication : RequestKind::publication,
                    .subject = on_stream(exclusive ? "add exclusive publication" : "add publication", channel, stream),
                    .channel = std::string{channel},
                    .stream_id = stream},
                   [&](control::Request identity) {
                       return control::AddPublication{identity, sharing, stream, channel};
                   });
}

ClientCore::Request ClientCore::add_subscription(std::string_view channel, StreamId stream,
                                                 SubscriptionHandlers handlers) {
    return request({.kind = RequestKind::subscription,
                    .subject = on_stream("add subscription", channel, stream),
                    .channel = std::string{channel},
                    .stream_id = stream,
                    .handlers = std::move(handlers)},
                   [&](control::Request identity) {
                       return control::AddSubscription{identity, stream, channel};
                   });
}

ClientCore::Request ClientCore::add_counter(const CounterOptions& counter) {
    return request({.kind = RequestKind::counter, .subject = "add counter " + counter.label},
                   [&](control::Request identity) {
                       return control::AddCounter{identity, counter.type_id,
                                                  counter.key.first(std::min(counter.key.size(), shm::max_key_length)),
                                                  std::string_view{counter.label}.substr(0, shm::max_label_length)};
                   });
}

ClientCore::Request ClientCore::add_static_counter(const CounterOptions& counter, std::int64_t registration_id) {
    return request({.kind = RequestKind::static_counter,
                    .subject = "add static counter " + counter.label,
                    .counter_registration_id = registration_id},
                   [&](control::Request identity) {
                       return control::AddStaticCounter{
                           identity, registration_id, counter.type_id,
                           counter.key.first(std::min(counter.key.size(), shm::max_key_length)),
                           std::string_view{counter.label}.substr(0, shm::max_label_length)};
                   });
}

ClientCore::Request ClientCore::next_session_id(StreamId stream) {
    RequestDetails details{.kind = RequestKind::session_id,
                           .subject = "find a session id for stream " + std::to_string(stream.value)};
    if (driver_gives_session_ids(*cnc_))
        return request(std::move(details), [&](control::Request identity) {
            return control::NextSessionId{identity, stream};
        });
    const std::lock_guard lock{mutex_};
    require_open();
    auto settled =
        std::make_shared<PendingState>(shared_from_this(), fresh_request().correlation_id, Nanos{}, std::move(details));
    settled->answer = SessionId{Random{os::random_seed()}.next_int32()};
    settled->set(PendingState::answered);
    return settled;
}

ClientCore::Request ClientCore::change_destination(CorrelationId registration_id, control::DestinationChange change,
                                                   std::string_view channel) {
    return request({.subject = std::string{verb(change)} + std::string{channel}}, [&](control::Request identity) {
        return control::ChangeDestination{identity, change, registration_id, channel};
    });
}

ClientCore::Request ClientCore::remove_destination(CorrelationId registration_id, CorrelationId destination) {
    return request({.subject = "remove destination " + std::to_string(destination.value)},
                   [&](control::Request identity) {
                       return control::RemoveDestinationById{identity, registration_id, destination};
                   });
}

ClientCore::Request ClientCore::reject_image(const ImageState& image, std::string_view reason) {
    const auto& of = image.constants();
    return request({.subject = "reject the image of session " + std::to_string(of.session_id.value) + " on stream " +
                               std::to_string(of.stream_id.value)},
                   [&](control::Request identity) {
                       return control::RejectImage{identity, of.correlation_id, image.position(), reason};
                   });
}

void ClientCore::refuse_in_handler(std::string_view call, std::string_view advice) const {
    if (!in_handler()) return;
    throw Error{ErrorCode::invalid_argument,
                std::string{call} +
                    " waits for the driver, and so cannot be called from a handler: " + std::string{advice}};
}

std::optional<Error> ClientCore::close_reason() const {
    const std::lock_guard lock{mutex_};
    return reason_;
}

int ClientCore::add_close_handler(std::function<void()> handler) {
    const std::lock_guard lock{mutex_};
    require_open();
    close_handlers_.emplace(next_handler_id_, std::move(handler));
    return next_handler_id_++;
}

int ClientCore::add_available_counter_handler(CounterHandler handler) {
    const std::lock_guard lock{mutex_};
    require_open();
    available_counter_handlers_.emplace(next_handler_id_, std::move(handler));
    return next_handler_id_++;
}

int ClientCore::add_unavailable_counter_handler(CounterHandler handler) {
    const std::lock_guard lock{mutex_};
    require_open();
    unavailable_counter_handlers_.emplace(next_handler_id_, std::move(handler));
    return next_handler_id_++;
}

void ClientCore::remove_close_handler(int id) {
    std::map<int, std::function<void()>>::node_type removed;
    {
        const std::lock_guard lock{mutex_};
        removed = close_handlers_.extract(id);
    }
    notices_.settle();
}

void ClientCore::remove_counter_handler(int id) {
    std::map<int, CounterHandler>::node_type removed;
    {
        const std::lock_guard lock{mutex_};
        removed = available_counter_handlers_.extract(id);
        if (!removed) removed = unavailable_counter_handlers_.extract(id);
    }
    notices_.settle();
}

}  // namespace gale::client

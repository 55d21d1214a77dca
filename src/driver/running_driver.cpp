#include "driver/running_driver.hpp"

#include "base/bits.hpp"
#include "base/ensure.hpp"
#include "driver/network_grants.hpp"
#include "driver/options.hpp"
#include "driver/relief_rest.hpp"
#include "driver/roles.hpp"
#include "net/network.hpp"
#include "os/clock.hpp"
#include "os/directory.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <thread>

namespace gale::driver {
namespace {

control::CncSettings cnc_settings(const DriverOptions& options, Millis start) {
    return {.to_driver_length = static_cast<std::int32_t>(options.to_driver_buffer_length),
            .to_clients_length = static_cast<std::int32_t>(options.to_clients_buffer_length),
            .counters_values_length = static_cast<std::int32_t>(options.counters_buffer_length),
            .error_log_length = static_cast<std::int32_t>(options.error_buffer_length),
            .file_page_size = static_cast<std::int32_t>(options.file_page_size),
            .client_liveness_timeout = options.client_liveness_timeout,
            .start_timestamp = start,
            .pid = os::process_id()};
}

os::MappedFile create_loss_report(const std::string& directory, const DriverOptions& options) {
    const auto length = static_cast<std::size_t>(align_up(options.loss_report_buffer_length, options.file_page_size));
    os::MappedFile file = os::MappedFile::create(directory + "/loss-report.dat", length);
    file.allocate(0, length);
    file.close_descriptor();
    return file;
}

// Clients are told paths, and stand in directories of their own. And behind a slash a symbolic link would be followed.
std::string directory_path(const DriverOptions& options) {
    const std::string given = options.directory.empty() ? os::default_aeron_directory() : options.directory;
    std::string path = std::filesystem::absolute(given).lexically_normal();
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

// Freeing and allocating wait for work that others announce: the park's length only bounds a wake-up that went missing.
constexpr Nanos resource_rest = std::chrono::seconds{1};

agent::IdleStrategy resource_idle(const DriverOptions& options) {
    const DriverOptions defaults;
    if (options.resource_idle_strategy == defaults.resource_idle_strategy &&
        options.resource_idle_strategy_args == defaults.resource_idle_strategy_args)
        return agent::IdleStrategy::sleeping(resource_rest);
    return agent::IdleStrategy::parse(options.resource_idle_strategy, options.resource_idle_strategy_args,
                                      "driver.native.resource.agent.idle.strategy");
}

}  // namespace

RunningDriver::RunningDriver(DriverOptions options)
    : options_{std::move(options)},
      clock_{options_.environment.clock != nullptr ? *options_.environment.clock : os::system_clock()} {
    validate(options_);
    check_processors();
    compare_with_system();
    const std::string path = directory_path(options_);
    directory_.emplace(DriverDirectory::take(
        options_, path, clock_, [this](std::string_view line) { warn(line); }, os::sleep_for));
    options_.directory = path;
    try {
        const Tick tick = clock_.tick();
        loss_report_ = create_loss_report(path, options_);
        directory_->sign(tick.wall);
        cnc_.emplace(control::CncFile::create(path, cnc_settings(options_, tick.wall)));
        logs_.emplace(LogStoreOptions{.directory = path,
                                      .perform_storage_checks = options_.perform_storage_checks,
                                      .low_space_warning = options_.low_file_store_warning_threshold,
                                      .free_limit = options_.resource_free_limit,
                                      .free_interval = options_.timer_interval});
        make_network();
        const NetworkAccess access = network_->access();
        conductor_.emplace(Conductor::Parts{.options = options_,
                                            .cnc = *cnc_,
                                            .logs = *logs_,
                                            .network = access,
                                            .loss_report = loss_report_.bytes(),
                                            .seed = options_.environment.seed.value_or(os::random_seed()),
                                            .on_terminate =
                                                [this] {
                                                    running_.store(false, std::memory_order_release);
                                                    if (options_.on_terminate) options_.on_terminate();
                                                },
                                            .mapped_besides_logs = static_cast<std::int64_t>(
                                                cnc_->length() + loss_report_.bytes().size())},
                           tick);
        network_->start(conductor_->system_counters(), conductor_->refusals());
        if (may_relieve())
            relief_.emplace([this](Tick now) { return network_->send(now); },
                            [this](Tick now) { return network_->receive(now); });
        Relief* const relief = relief_ ? &*relief_ : nullptr;
        sender_.emplace(SenderRole{*network_, relief});
        receiver_.emplace(ReceiverRole{*network_, relief});
        if (options_.print_configuration) std::fputs(configuration_text(options_).c_str(), stdout);
    } catch (...) {
        // A half-made directory would look like a driver that is starting: leave none behind.
        directory_->remove();
        throw;
    }
}

void RunningDriver::start(MainLoop main_loop) {
    ensure(!running_ && !closing_, "a driver is started once");
    main_loop_ = options_.threading_mode == ThreadingMode::invoker ? MainLoop::caller : main_loop;
    running_.store(true, std::memory_order_release);
    try {
        start_agents();
        cnc_->publish_version();
    } catch (...) {
        close();
        directory_->remove();
        throw;
    }
}

RunningDriver::~RunningDriver() { close(); }

void RunningDriver::warn(std::string_view line) const {
    if (options_.on_warning) return options_.on_warning(line);
    std::fprintf(stderr, "gale driver: %.*s\n", static_cast<int>(line.size()), line.data());
}

// Before anything is made: a thread that cannot have its processor has nobody to tell but the error log.
void RunningDriver::check_processors() const {
    for (const Role* role : {&conductor_role, &sender_role, &receiver_role, &resource_role})
        static_cast<void>(processor_of(*role, options_));
}

// What a program brings as its network may be anything: only the machine's own is looked at.
void RunningDriver::compare_with_system() const {
    if (options_.environment.network != nullptr) return;
    const auto grants = ask_for_grants(options_, net::system_network());
    if (!grants) return;
    for (const std::string& line : compare(options_, *grants)) warn(line);
}

agent::RunnerOptions RunningDriver::runner_options(const Role& role, agent::IdleStrategy idle) {
    return {.role = role.name(options_.thread_naming),
            .idle = idle,
            .doorbell = std::nullopt,
            .cpu = processor_of(role, options_),
            .on_start = options_.on_agent_start,
            .on_error = [this](const std::exception& error) { conductor_->on_error(error, clock_.tick().wall); }};
}

void RunningDriver::make_network() {
    net::Network* const given = options_.environment.network;
    const shm::Ring ring{cnc_->to_driver()};
    network_.emplace(NetworkAgents::Parts{
        .options = options_,
        .network = given != nullptr ? *given : net::system_network(),
        // The system's resolver may take its time, and no driver's end need wait for it.
        .network_lives = given != nullptr ? NameLookups::NetworkLives::longer : NameLookups::NetworkLives::forever,
        .wake_conductor = [word = os::WakeWord{ring.tail_address()}] { word.wake(); }});
}

void RunningDriver::start_agents() {
    const shm::Ring ring{cnc_->to_driver()};
    const auto commands = agent::Doorbell::tail(os::WakeWord{ring.tail_address()},
                                                [ring] { return static_cast<std::uint32_t>(ring.head()); });
    if (options_.threading_mode != ThreadingMode::invoker)
        network_->start_look_ups(
            clock_, [this](const std::exception& error) { conductor_->on_error(error, clock_.tick().wall); });
    switch (options_.threading_mode) {
    case ThreadingMode::invoker:
        together_.emplace(agent::CompositeAgent{names_, resources_, *conductor_, *sender_, *receiver_});
        return start_together(commands);
    case ThreadingMode::shared:
        together_.emplace(agent::CompositeAgent{resources_, *conductor_, *sender_, *receiver_});
        return start_together(commands);
    case ThreadingMode::dedicated: start_conductor(commands); return start_dedicated();
    case ThreadingMode::shared_network: start_conductor(commands); return start_shared_network();
    }
}

// On a thread, or step by step by the caller.
void RunningDriver::start_first(agent::AgentRef agent, agent::RunnerOptions options) {
    if (main_loop_ == MainLoop::own_thread) {
        conductor_runner_ = std::make_unique<agent::AgentRunner>(agent, clock_, std::move(options));
        return;
    }
    if (options_.thread_naming == ThreadNaming::modern) os::name_thread(options.role);
    if (options.cpu >= 0 && !os::pin_thread(options.cpu))
        warn(options.role + ": cannot stay on processor " + std::to_string(options.cpu));
    if (options.on_start) options.on_start(options.role);
    first_.emplace(agent, clock_, std::move(options));
}

void RunningDriver::start_together(const agent::Doorbell& commands) {
    const auto is_busy = [this] { return network_->has_publications() || network_->has_images(); };
    sender_rest_ = std::make_unique<SharedRest>(network_->sender_poller(), is_busy, commands);
    auto options = runner_options(shared_role, agent::IdleStrategy::parse(options_.shared_idle_strategy,
                                                                          options_.shared_idle_strategy_args,
                                                                          "shared.idle.strategy"));
    options.rest = sender_rest_.get();
    start_first(*together_, std::move(options));
}

void RunningDriver::start_conductor(const agent::Doorbell& commands) {
    auto resource = runner_options(resource_role, resource_idle(options_));
    resource.doorbell = agent::Doorbell::counter(logs_->bell());
    resource_runner_ = std::make_unique<agent::AgentRunner>(resources_, clock_, std::move(resource));
    auto options = runner_options(conductor_role, agent::IdleStrategy::parse(options_.conductor_idle_strategy,
                                                                             options_.conductor_idle_strategy_args,
                                                                             "conductor.idle.strategy"));
    options.doorbell = commands;
    start_first(*conductor_, std::move(options));
}

// Not where somebody chose how threads idle, or their processors: who does that has thought about each.
bool RunningDriver::may_relieve() const noexcept {
    constexpr unsigned enough = 4;  // sender and receiver, and a publisher and a subscriber
    const auto is_default = [](const std::string& strategy, const std::string& arguments, int cpu) {
        const DriverOptions defaults;
        return strategy == defaults.sender_idle_strategy && arguments.empty() && cpu < 0;
    };
    const unsigned processors = std::thread::hardware_concurrency();
    return options_.threading_mode == ThreadingMode::dedicated && processors > 0 && processors < enough &&
           is_default(options_.sender_idle_strategy, options_.sender_idle_strategy_args, options_.sender_cpu) &&
           is_default(options_.receiver_idle_strategy, options_.receiver_idle_strategy_args, options_.receiver_cpu);
}

void RunningDriver::start_dedicated() {
    PollerRest sender_rest{network_->sender_poller(), [this] { return network_->has_publications(); }};
    PollerRest receiver_rest{network_->receiver_poller(), [this] { return network_->has_images(); }};
    if (relief_) {
        sender_rest_ = std::make_unique<RelievingRest>(std::move(sender_rest), network_->receiver_poller(), *relief_);
        receiver_rest_ = std::make_unique<RelievedRest>(std::move(receiver_rest), *relief_);
    } else {
        sender_rest_ = std::make_unique<PollerRest>(std::move(sender_rest));
        receiver_rest_ = std::make_unique<PollerRest>(std::move(receiver_rest));
    }
    auto sender = runner_options(sender_role, agent::IdleStrategy::parse(options_.sender_idle_strategy,
                                                                         options_.sender_idle_strategy_args,
                                                                         "sender.idle.strategy"));
    sender.rest = sender_rest_.get();
    sender_runner_ = std::make_unique<agent::AgentRunner>(*sender_, clock_, std::move(sender));
    auto receiver = runner_options(receiver_role, agent::IdleStrategy::parse(options_.receiver_idle_strategy,
                                                                             options_.receiver_idle_strategy_args,
                                                                             "receiver.idle.strategy"));
    receiver.rest = receiver_rest_.get();
    receiver_runner_ = std::make_unique<agent::AgentRunner>(*receiver_, clock_, std::move(receiver));
}

void RunningDriver::start_shared_network() {
    together_.emplace(agent::CompositeAgent{*sender_, *receiver_});
    const auto is_busy = [this] { return network_->has_publications() || network_->has_images(); };
    sender_rest_ = std::make_unique<PollerRest>(network_->sender_poller(), is_busy);
    auto options = runner_options(network_role, agent::IdleStrategy::parse(options_.shared_network_idle_strategy,
                                                                           options_.shared_network_idle_strategy_args,
                                                                           "sharednetwork.idle.strategy"));
    options.rest = sender_rest_.get();
    sender_runner_ = std::make_unique<agent::AgentRunner>(*together_, clock_, std::move(options));
}

RunningDriver::FirstAgent::FirstAgent(agent::AgentRef agent, Clock& clock, agent::RunnerOptions options)
    : invoker_{agent, clock, std::move(options.on_error)}, strategy_{options.idle},
      own_rest_{std::move(options.doorbell)}, rest_{options.rest != nullptr ? *options.rest : own_rest_} {}

int RunningDriver::FirstAgent::do_work() noexcept {
    rest_.begin_cycle();
    return invoker_.invoke();
}

void RunningDriver::FirstAgent::idle(int work) noexcept {
    resting_.store(true);  // before the look at `stopped_`: either this sees that, or `stop` sees this
    if (!stopped_.load()) strategy_.idle(work, rest_);
    resting_.store(false);
}

void RunningDriver::FirstAgent::stop() noexcept {
    stopped_.store(true);
    invoker_.stop();
    while (resting_.load()) {
        rest_.wake();  // repeated: a thread only about to park on another's word does not hear it
        os::sleep_for(std::chrono::milliseconds{1});
    }
}

int RunningDriver::do_work() {
    if (!first_)
        throw Error{
            ErrorCode::invalid_argument,
            "MediaDriver::do_work belongs to threading mode INVOKER, or to a main loop that is the caller's; this "
            "driver runs its own threads"};
    if (closing_.load(std::memory_order_acquire)) return 0;
    return first_->do_work();
}

void RunningDriver::idle(int work) noexcept {
    if (first_) first_->idle(work);
}

bool RunningDriver::is_own_thread() const noexcept {
    if ((first_ && first_->runs_here()) || network_->looks_up_here()) return true;
    return std::ranges::any_of(std::array{&resource_runner_, &conductor_runner_, &sender_runner_, &receiver_runner_},
                               [](const auto* runner) { return *runner && (*runner)->runs_here(); });
}

void RunningDriver::close() noexcept {
    if (home_.is_elsewhere()) return;  // a child of fork: files and threads are the parent's
    if (closing_.exchange(true)) {
        // Who closes it a second time may count on its end as well. But the first waits for the driver's threads.
        if (!is_own_thread()) closed_.wait(false, std::memory_order_acquire);
        return;
    }
    running_.store(false, std::memory_order_release);
    for (auto* runner : {&conductor_runner_, &resource_runner_, &sender_runner_, &receiver_runner_})
        if (*runner) (*runner)->stop();
    if (first_) first_->stop();
    try {
        network_->stop();
        conductor_->close(clock_.tick());
        logs_->finish();
        if (options_.delete_directory_on_shutdown) directory_->remove();
    } catch (const std::exception& error) {
        warn(std::string{"while stopping: "} + error.what());
    }
    closed_.store(true, std::memory_order_release);
    closed_.notify_all();
}

}  // namespace gale::driver

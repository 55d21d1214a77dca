// The ring of commands is any client's to write to: whole commands with any content, and any bytes anywhere.
#include "channel/parameters.hpp"
#include "driver/conductor/conductor.hpp"
#include "driver/network_agents.hpp"
#include "driver/options.hpp"
#include "fuzz/fuzz.hpp"
#include "os/directory.hpp"
#include "support/simulated_network.hpp"
#include "support/temporary_directory.hpp"
#include "support/virtual_clock.hpp"

#include <optional>

namespace {

using namespace gale;

// Long logs are allowed, and would only fill the machine that looks for faults.
bool is_affordable(std::int32_t type, std::span<const std::byte> payload) {
    const auto command = control::decode_command(type, payload);
    const auto* add = std::get_if<control::AddPublication>(&command);
    if (add == nullptr) return true;
    try {
        const auto uri = channel::Uri::parse(add->channel);
        const channel::PublicationDefaults::Log log{.term_length = 64 * 1024};
        return channel::parse_publication(uri, {.udp = log, .ipc = log}).settings.term_length <= 128 * 1024;
    } catch (const Error&) {
        return true;
    }
}

class Driver {
public:
    Driver() : directory_{"fuzz-driver"}, options_{options()} {
        os::create_directory(directory_ / "publications");
        cnc_.emplace(
            control::CncFile::create(directory_.path(), {.to_driver_length = 4096 + shm::ring_trailer_length,
                                                         .to_clients_length = 4096 + shm::broadcast_trailer_length,
                                                         .counters_values_length = 128 * 512,
                                                         .error_log_length = 16 * 1024}));
        logs_.emplace(driver::LogStoreOptions{.directory = directory_.path()});
        network_.emplace(driver::NetworkAgents::Parts{
            .options = options_, .network = world_.add_host("driver", {"10.0.0.1"}), .wake_conductor = [] {}});
        const driver::NetworkAccess access = network_->access();
        conductor_.emplace(driver::Conductor::Parts{.options = options_,
                                                    .cnc = *cnc_,
                                                    .logs = *logs_,
                                                    .network = access,
                                                    .seed = 7,
                                                    .on_terminate = [] {},
                                                    .mapped_besides_logs = 0},
                           clock_.tick());
        network_->start(conductor_->system_counters(), conductor_->refusals());
    }
    ~Driver() {
        network_->stop();
        conductor_->close(clock_.tick());
        logs_->finish();
    }
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    void pass(Nanos time) {
        clock_.advance(time);
        const Tick tick = clock_.tick();
        conductor_->do_work(tick);
        logs_->do_work(tick);
        network_->look_up(clock_);
        network_->send(tick);
        network_->receive(tick);
    }
    void command(std::int32_t type, std::span<const std::byte> payload) {
        if (!is_affordable(type, payload)) return;
        (void)shm::Ring{cnc_->to_driver()}.write(type, payload);
    }
    [[nodiscard]] control::CncFile& cnc() noexcept { return *cnc_; }

private:
    static DriverOptions options() {
        DriverOptions made;
        made.ipc_term_buffer_length = made.term_buffer_length = 64 * 1024;
        made.perform_storage_checks = false;
        made.threading_mode = ThreadingMode::invoker;
        return made;
    }
    testing::TemporaryDirectory directory_;
    DriverOptions options_;
    testing::VirtualClock clock_;
    testing::SimulatedNetwork world_{clock_, 1};
    std::optional<control::CncFile> cnc_;
    std::optional<driver::LogStore> logs_;
    std::optional<driver::NetworkAgents> network_;
    std::optional<driver::Conductor> conductor_;
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input{data, size};
    Driver driver;
    for (int steps = 0; !input.empty() && steps < 64; ++steps) {
        const auto what = input.number<std::uint8_t>();
        const auto number = input.number<std::uint16_t>();
        const std::size_t length = input.number<std::uint8_t>();
        switch (what % 4) {
        case 0:
        case 1: driver.command(std::max(1, number % 24), input.bytes(length)); break;
        case 2: fuzz::scribble(driver.cnc().to_driver(), number, input.bytes(length)); break;
        case 3: fuzz::scribble(driver.cnc().counters_values(), number, input.bytes(length)); break;
        }
        driver.pass(Millis{what});
    }
    for (int i = 0; i < 40; ++i) driver.pass(std::chrono::seconds{1});  // dead clients, blocked commands and claims
    return 0;
}

#include "driver/running_driver.hpp"

#include <gale/media_driver.hpp>

namespace gale {

MediaDriver::MediaDriver(std::unique_ptr<driver::RunningDriver> running) noexcept : running_{std::move(running)} {}
MediaDriver::MediaDriver(MediaDriver&&) noexcept = default;
MediaDriver& MediaDriver::operator=(MediaDriver&&) noexcept = default;
MediaDriver::~MediaDriver() = default;

MediaDriver MediaDriver::launch(DriverOptions options) {
    auto running = std::make_unique<driver::RunningDriver>(std::move(options));
    running->start(driver::MainLoop::own_thread);
    return MediaDriver{std::move(running)};
}

const std::string& MediaDriver::directory() const noexcept {
    static const std::string nowhere;
    return running_ ? running_->directory() : nowhere;
}
const DriverOptions& MediaDriver::options() const noexcept {
    static const DriverOptions defaults;
    return running_ ? running_->options() : defaults;
}
bool MediaDriver::is_running() const noexcept { return running_ && running_->is_running(); }
int MediaDriver::do_work() { return running_ ? running_->do_work() : 0; }
void MediaDriver::close() noexcept {
    if (running_) running_->close();
}

}  // namespace gale

#include "driver/receiver/congestion_control.hpp"
#include "logbuffer/geometry.hpp"

namespace gale::driver::receiver {
namespace {

class StaticWindow final : public CongestionControl {
public:
    explicit StaticWindow(std::int32_t window) noexcept : window_{window} {}
    Window on_progress(const Progress& /*progress*/) noexcept override { return {window_}; }
    [[nodiscard]] std::int32_t initial_window() const noexcept override { return window_; }
    [[nodiscard]] std::int32_t max_window() const noexcept override { return window_; }

private:
    std::int32_t window_;
};

}  // namespace

std::unique_ptr<CongestionControl> make_static_window(const WindowSettings& settings) {
    return std::make_unique<StaticWindow>(logbuffer::window_length(settings.window, settings.term_length));
}

}  // namespace gale::driver::receiver

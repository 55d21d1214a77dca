#include "driver/receiver/congestion_control.hpp"
#include "logbuffer/geometry.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace gale::driver::receiver {
namespace {

constexpr double growth = 0.4;
constexpr double decrease = 0.2;

double seconds(Nanos time) noexcept { return std::chrono::duration<double>{time}.count(); }

class CubicWindow final : public CongestionControl {
public:
    CubicWindow(const WindowSettings& settings, const CubicSettings& cubic) noexcept
        : cubic_{cubic}, mtu_{settings.mtu},
          max_{std::max(logbuffer::window_length(settings.window, settings.term_length) / mtu_, 1)},
          current_{std::min(10, max_)}, before_loss_{max_}, round_trip_{cubic.initial_round_trip},
          last_loss_{cubic.start}, last_update_{cubic.start}, last_measurement_{cubic.start} {
        find_plateau();
        show();
    }

    Window on_progress(const Progress& progress) noexcept override {
        bool send_now = false;
        if (progress.new_loss) {
            before_loss_ = current_;
            find_plateau();
            current_ = std::max(1, static_cast<std::int32_t>(current_ * (1 - decrease)));
            last_loss_ = progress.now;
            send_now = true;
        } else if (current_ < max_ && progress.now > last_update_ + cubic_.initial_round_trip) {
            grow(seconds(progress.now - last_loss_));
            last_update_ = progress.now;
        } else if (current_ == 1 && progress.consumed > progress.scheduled) {
            send_now = true;
        }
        show();
        return {current_ * mtu_, send_now};
    }
    [[nodiscard]] std::int32_t initial_window() const noexcept override { return current_ * mtu_; }
    [[nodiscard]] std::int32_t max_window() const noexcept override { return max_ * mtu_; }

    bool takes_measurement(Nanos now) noexcept override {
        if (!cubic_.measures || now <= last_measurement_ + 4 * std::max(round_trip_, cubic_.initial_round_trip))
            return false;
        last_measurement_ = now;
        return true;
    }
    void on_round_trip(Nanos now, Nanos round_trip) noexcept override {
        if (!cubic_.measures) return;
        last_measurement_ = now;
        round_trip_ = round_trip;
        if (cubic_.round_trip_counter != nullptr) cubic_.round_trip_counter->store_release(round_trip.count());
    }

private:
    void find_plateau() noexcept { plateau_ = std::cbrt(before_loss_ * decrease / growth); }

    void grow(double since_loss) noexcept {
        const double distance = since_loss - plateau_;
        const double step = growth * distance * distance * distance;
        // Compared before it is cut to an integer: years without loss are not an overflow.
        current_ = step >= max_ ? max_ : std::clamp(before_loss_ + static_cast<std::int32_t>(step), 1, max_);
        if (!cubic_.tcp_mode || current_ >= before_loss_) return;
        const double as_tcp = before_loss_ * (1 - decrease) +
                              3 * decrease / (2 - decrease) * since_loss / std::max(seconds(round_trip_), 1e-9);
        current_ = std::max(current_, static_cast<std::int32_t>(std::min<double>(as_tcp, max_)));
    }
    void show() const noexcept {
        if (cubic_.window_counter != nullptr) cubic_.window_counter->store_release(current_ * mtu_);
    }

    CubicSettings cubic_;
    std::int32_t mtu_;
    std::int32_t max_;  // all three in units of the MTU
    std::int32_t current_;
    std::int32_t before_loss_;
    double plateau_ = 0;  // seconds after a loss until the window is again what it was
    Nanos round_trip_;
    Nanos last_loss_;
    Nanos last_update_;
    Nanos last_measurement_;
};

}  // namespace

std::unique_ptr<CongestionControl> make_cubic_window(const WindowSettings& settings, const CubicSettings& cubic) {
    return std::make_unique<CubicWindow>(settings, cubic);
}

}  // namespace gale::driver::receiver

#include "driver/receiver/congestion_control.hpp"
#include "logbuffer/geometry.hpp"

#include <algorithm>

namespace gale::driver::receiver {
namespace {

constexpr Nanos shortest_round{1'000'000};    // threads that share a processor pause about that long
constexpr Nanos assumed_round{10'000'000};    // while the round trip is not known
constexpr Nanos local_round_trip{2'000'000};  // below: what is on its way waits in our socket, not on the line

/// Looks once a round trip whether the window held the publication up, and if so lets it grow, at most to double, up to
/// what arrives in so many round trips. On a path shorter than the pauses of our threads all of a window may have to
/// wait in the socket, so there it also keeps to what the socket holds: carefully beyond half of the buffer, and back
/// at a loss.
class OwnWindow final : public CongestionControl {
public:
    explicit OwnWindow(const WindowSettings& settings) noexcept
        : mtu_{settings.mtu}, initial_{logbuffer::window_length(settings.window, settings.term_length)},
          max_{settings.term_length / 2}, window_{initial_},
          safe_in_buffer_{std::max<std::int64_t>(initial_, settings.receive_buffer_length / 2)},
          in_buffer_{safe_in_buffer_} {}

    Window on_progress(const Progress& progress) noexcept override {
        if (edges_.now == Position{}) begin(progress);
        if (progress.over_run) shrink(window_ / 2);
        lost_ = lost_ || progress.new_loss;
        arrived_ += progress.arrived;
        held_up_ = held_up_ || progress.high_water + 2 * mtu_ >= edges_.last;
        const Nanos round = round_of(progress.shortest_round_trip);
        const Nanos elapsed = progress.now - round_start_;
        if (elapsed < round) return {window_};
        const std::int32_t before = window_;
        end_round(progress, static_cast<double>(round.count()) / static_cast<double>(elapsed.count()));
        return {window_, window_ > before};
    }
    [[nodiscard]] std::int32_t initial_window() const noexcept override { return initial_; }
    [[nodiscard]] std::int32_t max_window() const noexcept override { return max_; }
    [[nodiscard]] bool wants_long_windows() const noexcept override { return true; }
    void set_longest_window(std::int32_t bytes) noexcept override {
        max_ = bytes;
        window_ = std::min(window_, max_);
    }

private:
    static Nanos round_of(Nanos round_trip) noexcept {
        return round_trip == Nanos{0} ? assumed_round : std::max(round_trip, shortest_round);
    }

    void begin(const Progress& progress) noexcept {
        const Position edge = progress.scheduled + window_;
        edges_ = {edge, edge};
        round_start_ = progress.now;
    }

    void end_round(const Progress& progress, double share) noexcept {
        const auto arrived = static_cast<std::int64_t>(static_cast<double>(arrived_) * share);
        peak_ = std::max(arrived, peak_ - peak_ / 8);
        // What is missing holds back what came behind it for another round trip or two.
        loss_memory_ = lost_ ? rounds_of_loss_memory : std::max(loss_memory_ - 1, 0);
        const std::int64_t needed = peak_ * (loss_memory_ > 0 ? 4 : 2);
        const bool is_local =
            progress.shortest_round_trip > Nanos{0} && progress.shortest_round_trip < local_round_trip;
        if (is_local) keep_to_buffer();
        if (held_up_) {
            const std::int64_t most = is_local ? std::min<std::int64_t>(max_, in_buffer_) : max_;
            const std::int64_t goal = std::min({std::int64_t{window_} * 2, needed, most});
            window_ = std::max(window_, static_cast<std::int32_t>(goal));
        }
        edges_ = {progress.scheduled + window_, edges_.now};
        round_start_ = progress.now;
        arrived_ = 0;
        lost_ = false;
        held_up_ = false;
    }

    void keep_to_buffer() noexcept {
        if (lost_) {
            in_buffer_ = std::max(safe_in_buffer_, std::min<std::int64_t>(in_buffer_, window_) * 3 / 4);
            if (window_ > in_buffer_) shrink(static_cast<std::int32_t>(in_buffer_));
        } else if (held_up_ && window_ >= in_buffer_) {
            in_buffer_ = std::min<std::int64_t>(in_buffer_ + in_buffer_ / 64, max_);
        }
    }
    void shrink(std::int32_t to) noexcept { window_ = std::max(std::min(window_, to), std::min(initial_, window_)); }

    static constexpr int rounds_of_loss_memory = 64;

    std::int32_t mtu_;
    std::int32_t initial_;
    std::int32_t max_;
    std::int32_t window_;
    std::int64_t safe_in_buffer_;  // datagrams cost the kernel about twice their bytes
    std::int64_t in_buffer_;
    struct {
        Position now{};   // how far the publication might go when this round began
        Position last{};  // and the one before: it knows that by now
    } edges_;
    Nanos round_start_{};
    std::int64_t arrived_ = 0;  // in this round
    std::int64_t peak_ = 0;     // most in a round of late
    int loss_memory_ = 0;
    bool lost_ = false;
    bool held_up_ = false;
};

}  // namespace

std::unique_ptr<CongestionControl> make_own_window(const WindowSettings& settings) {
    return std::make_unique<OwnWindow>(settings);
}

}  // namespace gale::driver::receiver

/// How much a publication may have on its way: the window in status messages. One strategy per image.
#pragma once

#include "base/time.hpp"
#include "shm/cell.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <memory>

namespace gale::driver::receiver {

/// What happened to an image since the strategy was asked last.
struct Progress {
    Nanos now;
    Position consumed;         ///< the slowest subscriber
    Position scheduled;        ///< of the status message sent last
    Position high_water;       ///< how far the publication is known to have sent
    std::int64_t arrived = 0;  ///< bytes that were missing before
    bool new_loss = false;
    bool over_run = false;        ///< something had to be dropped because it came from beyond the window
    Nanos shortest_round_trip{};  ///< 0: not known
};

struct Window {
    std::int32_t length;
    bool send_now = false;  ///< the publication should hear of it at once
    bool operator==(const Window&) const = default;
};

class CongestionControl {
public:
    CongestionControl() = default;
    CongestionControl(const CongestionControl&) = delete;
    CongestionControl& operator=(const CongestionControl&) = delete;
    virtual ~CongestionControl() = default;

    /// Once a duty cycle. From 1 to half a term, or to what `set_longest_window` said, whatever happens.
    [[nodiscard]] virtual Window on_progress(const Progress& progress) noexcept = 0;
    /// What the first status message says.
    [[nodiscard]] virtual std::int32_t initial_window() const noexcept = 0;
    /// The longest there can be.
    [[nodiscard]] virtual std::int32_t max_window() const noexcept = 0;
    /// Whether it wants a measurement now; asking means that one is sent.
    [[nodiscard]] virtual bool takes_measurement(Nanos /*now*/) noexcept { return false; }
    virtual void on_round_trip(Nanos /*now*/, Nanos /*round_trip*/) noexcept {}
    /// Whether `max_window` follows what the publication takes.
    [[nodiscard]] virtual bool wants_long_windows() const noexcept { return false; }
    /// The publication takes windows up to so many bytes: half a term, or more. Only for who wants to know.
    virtual void set_longest_window(std::int32_t /*bytes*/) noexcept {}
};

struct WindowSettings {
    std::int32_t window = 128 * 1024;  ///< asked for; half a term is the most
    std::int32_t term_length = 0;
    std::int32_t mtu = 0;
    std::int64_t receive_buffer_length = 0;  ///< of the socket, as obtained
};

struct CubicSettings {
    Nanos start{};  ///< when the image begins
    Nanos initial_round_trip{100'000};
    bool measures = false;
    bool tcp_mode = false;
    shm::Cell<std::int64_t>* round_trip_counter = nullptr;  ///< the receiver, as is the other
    shm::Cell<std::int64_t>* window_counter = nullptr;
};

/// `cc=static`, or a window that the channel names: it never changes.
[[nodiscard]] std::unique_ptr<CongestionControl> make_static_window(const WindowSettings& settings);
/// `cc=cubic`: shrinks at each loss, grows by the third power of time. docs/formats/receiving.md, window.
[[nodiscard]] std::unique_ptr<CongestionControl> make_cubic_window(const WindowSettings& settings,
                                                                   const CubicSettings& cubic);
/// Neither is named: starts with `window` and grows to what the path takes. Loss on a path is repaired, not feared.
[[nodiscard]] std::unique_ptr<CongestionControl> make_own_window(const WindowSettings& settings);

}  // namespace gale::driver::receiver

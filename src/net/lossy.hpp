/// A bad line around a transport: loses, doubles and reorders, by chance from a seed.
#pragma once

#include "base/random.hpp"
#include "net/wrapper.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace gale::net {

/// Chances from 0 to 1, of each datagram whose first frame is of a kind in `frame_types`.
struct LossyLine {
    double loss = 0;
    double duplicate = 0;
    double reorder = 0;  ///< held back until others, later ones, have passed
    /// Bit n: frames of type n. Bit 31: all types from 31 on, and what is too short to have one.
    std::uint32_t frame_types = 0xffff'ffffU;

    [[nodiscard]] static constexpr std::uint32_t type(unsigned number) noexcept {
        return std::uint32_t{1} << (number < 31 ? number : 31);
    }
};

struct LossySpec {
    LossyLine send{};
    LossyLine receive{};
    std::uint64_t seed = 1;
};

/// What is lost counts as accepted: the sender of a datagram never knows.
class Lossy final : public Wrapper {
public:
    Lossy(std::unique_ptr<Transport> inner, const LossySpec& spec);

    [[nodiscard]] int send(std::span<const Datagram> batch, const SocketAddress* to) noexcept override;
    /// What was held back in either direction goes on with the next call, at the latest with an idle one.
    int receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept override;
    /// None where something may be held back: nothing in the system tells when that is to go on.
    [[nodiscard]] int descriptor() const noexcept override {
        return spec_.send.reorder > 0 || spec_.receive.reorder > 0 ? -1 : Wrapper::descriptor();
    }

private:
    enum class Fate : std::uint8_t { pass, lose, duplicate, hold };
    /// One datagram that waits for others to overtake it. Its memory is there from the start.
    struct Held {
        std::vector<std::byte> memory;
        std::size_t length = 0;
        bool full = false;
        bool fresh = false;  // came with the current call: it waits for the next one
    };

    Fate draw(const LossyLine& line, std::span<const std::byte> bytes, const Held& held) noexcept;
    static void hold(Held& held, std::span<const std::byte> bytes) noexcept;
    void release_sent() noexcept;
    int hand_over(std::span<const Received> batch, FunctionRef<void(std::span<const Received>)> handler) noexcept;
    int release_received(FunctionRef<void(std::span<const Received>)> handler) noexcept;

    LossySpec spec_;
    Random random_;
    Held sent_;
    std::optional<SocketAddress> sent_to_;
    Held received_;
    SocketAddress received_from_{};
    Nanos received_at_{};
};

}  // namespace gale::net

#include "net/lossy.hpp"

#include "base/field.hpp"

#include <algorithm>

namespace gale::net {
namespace {

constexpr std::size_t longest_datagram = 65536;

/// A frame's type stands in bytes 6 and 7. docs/formats/wire.md
struct FrameStart {
    std::array<std::byte, 6> before;
    Field<std::uint16_t> type;
};

std::uint32_t type_bit(std::span<const std::byte> bytes) noexcept {
    const auto* const start = view<FrameStart>(bytes);
    return LossyLine::type(start == nullptr ? 31U : unsigned{std::uint16_t{start->type}});
}

double chance(Random& random) noexcept { return static_cast<double>(random.next() >> 11U) * 0x1p-53; }

}  // namespace

Lossy::Lossy(std::unique_ptr<Transport> inner, const LossySpec& spec)
    : Wrapper{std::move(inner)}, spec_{spec}, random_{spec.seed} {
    sent_.memory.resize(longest_datagram);
    received_.memory.resize(longest_datagram);
}

Lossy::Fate Lossy::draw(const LossyLine& line, std::span<const std::byte> bytes, const Held& held) noexcept {
    if ((line.frame_types & type_bit(bytes)) == 0) return Fate::pass;
    double drawn = chance(random_);
    if (drawn < line.loss) return Fate::lose;
    drawn -= line.loss;
    if (drawn < line.duplicate) return Fate::duplicate;
    drawn -= line.duplicate;
    return drawn < line.reorder && !held.full ? Fate::hold : Fate::pass;
}

void Lossy::hold(Held& held, std::span<const std::byte> bytes) noexcept {
    std::ranges::copy(bytes, held.memory.begin());
    held.length = bytes.size();
    held.full = true;
    held.fresh = true;
}

/// Whatever passes unharmed goes on in runs as long as can be, so that offloads still see them.
int Lossy::send(std::span<const Datagram> batch, const SocketAddress* to) noexcept {
    sent_.fresh = false;
    std::size_t begin = 0;  // of the run that passes
    const auto pass_until = [&](std::size_t end) {
        if (begin == end) return true;
        const auto accepted = static_cast<std::size_t>(inner().send(batch.subspan(begin, end - begin), to));
        const bool all = accepted == end - begin;
        begin += accepted;
        return all;
    };
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto fate = draw(spec_.send, batch[i].bytes, sent_);
        if (fate == Fate::pass) continue;
        if (!pass_until(fate == Fate::duplicate ? i + 1 : i)) return static_cast<int>(begin);
        if (fate == Fate::duplicate) {
            static_cast<void>(inner().send(batch.subspan(i, 1), to));
        } else if (fate == Fate::hold) {
            hold(sent_, batch[i].bytes);
            sent_to_ = to != nullptr ? std::optional{*to} : std::nullopt;
        }
        begin = i + 1;
    }
    static_cast<void>(pass_until(batch.size()));
    release_sent();
    return static_cast<int>(begin);
}

void Lossy::release_sent() noexcept {
    if (!sent_.full || sent_.fresh) return;
    sent_.full = false;
    const Datagram datagram{std::span{sent_.memory}.first(sent_.length)};
    static_cast<void>(inner().send({&datagram, 1}, sent_to_ ? &*sent_to_ : nullptr));
}

int Lossy::receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept {
    sent_.fresh = false;
    release_sent();
    received_.fresh = false;
    int count = 0;
    inner().receive([&](std::span<const Received> batch) { count += hand_over(batch, handler); }, limit);
    return count + release_received(handler);
}

int Lossy::hand_over(std::span<const Received> batch, FunctionRef<void(std::span<const Received>)> handler) noexcept {
    int count = 0;
    std::size_t begin = 0;
    const auto pass_until = [&](std::size_t end) {
        if (begin == end) return;
        handler(batch.subspan(begin, end - begin));
        count += static_cast<int>(end - begin);
        begin = end;
    };
    for (std::size_t i = 0; i < batch.size(); ++i) {
        const auto fate = draw(spec_.receive, batch[i].bytes, received_);
        if (fate == Fate::pass) continue;
        pass_until(fate == Fate::duplicate ? i + 1 : i);
        if (fate == Fate::duplicate) {
            handler(batch.subspan(i, 1));
            ++count;
        } else if (fate == Fate::hold) {
            hold(received_, batch[i].bytes);
            received_from_ = batch[i].source;
            received_at_ = batch[i].kernel_time;
        }
        begin = i + 1;
    }
    pass_until(batch.size());
    return count;
}

int Lossy::release_received(FunctionRef<void(std::span<const Received>)> handler) noexcept {
    if (!received_.full || received_.fresh) return 0;
    received_.full = false;
    const Received held{.bytes = std::span{received_.memory}.first(received_.length),
                        .source = received_from_,
                        .kernel_time = received_at_};
    handler({&held, 1});
    return 1;
}

}  // namespace gale::net

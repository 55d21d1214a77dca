#include "driver/sender/retransmit.hpp"

#include <algorithm>
#include <utility>

namespace gale::driver::sender {
namespace {

// Who waits longer has been asked for again, or is gone.
constexpr Nanos patience = std::chrono::milliseconds{100};
// Ranges that lie side by side are taken away in one round when they came in order. What is left is sent twice.
constexpr int trim_rounds = 4;

}  // namespace

Retransmits::Retransmits(const RetransmitSpec& spec)
    : spec_{spec}, waiting_{static_cast<std::size_t>(spec.max_ranges)},
      lingering_{static_cast<std::size_t>(spec.max_ranges)}, bytes_{spec.per_second, spec.at_once} {}

Retransmits::Heard Retransmits::on_nak(Range range, Asker asker, Nanos now) noexcept {
    forget_lingering(now);
    release(range.begin, now);
    for (int round = 0; round < trim_rounds && range.begin < range.end && trim(range, asker); ++round) {
    }
    if (range.begin >= range.end) return Heard::suppressed;
    if (!has_room_for(asker)) return Heard::overflow;
    waiting_.push({range, range.begin, asker, now + spec_.delay});
    return Heard::queued;
}

bool Retransmits::has_room_for(Asker asker) noexcept {
    const std::size_t all = waiting_.size() + lingering_.size();
    if (all >= static_cast<std::size_t>(spec_.max_ranges)) return false;
    if (all < static_cast<std::size_t>(spec_.max_ranges_each)) return true;
    std::int32_t its = 0;
    for (std::size_t i = 0; i < waiting_.size(); ++i) its += waiting_.at(i).asker == asker ? 1 : 0;
    for (std::size_t i = 0; i < lingering_.size(); ++i) its += lingering_.at(i).asker == asker ? 1 : 0;
    return its < spec_.max_ranges_each;
}

/// Takes away from the ends of `range` what another one has already, for the same asker or for all. False when no other
/// has anything of them.
bool Retransmits::trim(Range& range, Asker asker) noexcept {
    bool trimmed = false;
    const auto take_away = [&](const Entry& entry) {
        const Position begin = entry.begin;
        const Position end = entry.range.end;
        if (entry.asker != asker && entry.asker != everybody) return;
        if (begin <= range.begin && range.begin < end) {
            range.begin = end;
            trimmed = true;
        } else if (begin < range.end && range.end <= end) {
            range.end = begin;
            trimmed = true;
        }
    };
    for (std::size_t i = 0; i < waiting_.size(); ++i) take_away(waiting_.at(i));
    for (std::size_t i = 0; i < lingering_.size(); ++i) take_away(lingering_.at(i));
    return trimmed;
}

void Retransmits::forget_lingering(Nanos now) noexcept {
    while (!lingering_.empty() && lingering_.front().time < now) lingering_.pop();
}

/// What lingers there was lost on its way, if that is how long ago it left: from `begin` on it may be sent again. What
/// is before it has arrived.
void Retransmits::release(Position begin, Nanos now) noexcept {
    if (!spec_.lost_again) return;
    for (std::size_t i = 0; i < lingering_.size(); ++i) {
        Entry& entry = lingering_.at(i);
        const Nanos sent = entry.time - spec_.linger;
        if (entry.begin <= begin && begin < entry.range.end && now - sent >= *spec_.lost_again) entry.range.end = begin;
    }
}

std::int64_t Retransmits::budget(Nanos now) noexcept { return std::min(spec_.burst, bytes_.available(now)); }

bool Retransmits::hold_back(Nanos now) noexcept {
    return front(now) != nullptr && !std::exchange(waiting_.front().held, true);
}

const Retransmits::Range* Retransmits::front(Nanos now) noexcept {
    while (!waiting_.empty() && waiting_.front().time + patience < now) finish(now);
    if (waiting_.empty() || waiting_.front().time > now) return nullptr;
    return &waiting_.front().range;
}

bool Retransmits::on_sent(Position up_to, std::int64_t bytes) noexcept {
    Entry& entry = waiting_.front();
    const bool first = entry.range.begin == entry.begin;
    bytes_.take(bytes);
    entry.range.begin = up_to;
    return first;
}

void Retransmits::finish(Nanos now) noexcept {
    const Entry entry = waiting_.front();
    waiting_.pop();
    // Only what was sent: what was not may be asked for at once.
    if (entry.range.begin > entry.begin)
        lingering_.push({{entry.begin, entry.range.begin}, entry.begin, entry.asker, now + spec_.linger});
}

}  // namespace gale::driver::sender

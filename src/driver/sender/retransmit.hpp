/// What receivers lost and is to be sent again: which bytes, when, and how much at once. docs/formats/sending.md,
/// retransmission.
#pragma once

#include "base/time.hpp"
#include "driver/sender/token_bucket.hpp"

#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace gale::driver::sender {

struct RetransmitSpec {
    Nanos delay{};                                 ///< between a NAK and the answer
    Nanos linger = std::chrono::milliseconds{10};  ///< for so long the same bytes are not sent once more
    /// One receiver only: after so long a NAK that begins in what lingers says that it was lost once more.
    std::optional<Nanos> lost_again = std::chrono::milliseconds{2};
    std::int32_t max_ranges = 512;                ///< waiting or lingering; memory is taken at once
    std::int32_t max_ranges_each = 512;           ///< of them for one asker
    std::int64_t burst = 64 * 1024;               ///< bytes in one duty cycle
    std::int64_t per_second = 256 * 1024 * 1024;  ///< bytes, on average
    std::int64_t at_once = 2 * 1024 * 1024;       ///< bytes that may be sent before the average counts
};

/// Ranges of one stream. It knows positions only; the publication cuts the datagrams. The sender's thread; nothing
/// allocates after it was made.
class Retransmits {
public:
    struct Range {
        Position begin;
        Position end;
        [[nodiscard]] std::int64_t length() const noexcept { return end - begin; }
    };
    /// For whom something is sent again: one destination of several by its number, or all there are.
    using Asker = std::int64_t;
    static constexpr Asker everybody = -1;
    enum class Heard {
        queued,      ///< it will be sent
        suppressed,  ///< it was sent just now, or will be
        overflow,    ///< there is no room for another range
    };

    explicit Retransmits(const RetransmitSpec& spec);

    /// What of `range` is neither waiting nor lingering for that asker is queued: its middle may be, its ends are cut
    /// off.
    [[nodiscard]] Heard on_nak(Range range, Asker asker, Nanos now) noexcept;
    [[nodiscard]] bool is_idle() const noexcept { return waiting_.empty(); }
    /// How many bytes may go now, at most `burst`. Zero while the average is exceeded.
    [[nodiscard]] std::int64_t budget(Nanos now) noexcept;
    /// There is no budget: true the first time that this keeps the oldest range, which is due, from being sent.
    [[nodiscard]] bool hold_back(Nanos now) noexcept;
    /// The oldest range that is due, or null. It stays at the front until `finish`.
    [[nodiscard]] const Range* front(Nanos now) noexcept;
    /// For whom the front is.
    [[nodiscard]] Asker asker() noexcept { return waiting_.front().asker; }
    /// The front's range was sent up to there, in so many bytes: padding does not travel. True for its first.
    bool on_sent(Position up_to, std::int64_t bytes) noexcept;
    /// The front is done, or nothing more of it can be sent: what was sent lingers.
    void finish(Nanos now) noexcept;

private:
    struct Entry {
        Range range;     // of one that waits: what is still to be sent
        Position begin;  // where it began
        Asker asker;
        Nanos time;         // of one that waits: when it is due; of one that lingers: until when
        bool held = false;  // of one that waits: for the budget
    };
    /// A queue in memory that is taken once.
    class Ring {
    public:
        explicit Ring(std::size_t capacity) : entries_(capacity) {}
        [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
        [[nodiscard]] std::size_t size() const noexcept { return count_; }
        [[nodiscard]] bool full() const noexcept { return count_ == entries_.size(); }
        [[nodiscard]] Entry& at(std::size_t index) noexcept { return entries_[(head_ + index) % entries_.size()]; }
        [[nodiscard]] Entry& front() noexcept { return entries_[head_]; }
        void push(const Entry& entry) noexcept { entries_[(head_ + count_++) % entries_.size()] = entry; }
        void pop() noexcept {
            head_ = (head_ + 1) % entries_.size();
            --count_;
        }

    private:
        std::vector<Entry> entries_;
        std::size_t head_ = 0;
        std::size_t count_ = 0;
    };
    void forget_lingering(Nanos now) noexcept;
    void release(Position begin, Nanos now) noexcept;
    [[nodiscard]] bool trim(Range& range, Asker asker) noexcept;
    [[nodiscard]] bool has_room_for(Asker asker) noexcept;

    RetransmitSpec spec_;
    Ring waiting_;
    Ring lingering_;
    TokenBucket bytes_;
};

}  // namespace gale::driver::sender

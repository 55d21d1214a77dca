/// What images lost, one entry for each: `loss-report.dat`. docs/formats/loss-report.md.
#pragma once

#include "base/time.hpp"
#include "shm/cell.hpp"

#include <gale/function_ref.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace gale::shm {

/// The part of an entry before its texts. All but the cells is constant once `observation_count` is not 0.
struct LossEntry {
    Cell<std::int64_t> observation_count;  // the writer, last
    Cell<std::int64_t> total_bytes_lost;   // the writer
    std::int64_t first_observation_ms;
    Cell<std::int64_t> last_observation_ms;  // the writer
    std::int32_t session_id;
    std::int32_t stream_id;
};
static_assert(sizeof(LossEntry) == 40);

struct LossObservation {
    std::int64_t count;
    std::int64_t bytes_lost;
    Millis first;
    Millis last;
    SessionId session_id;
    StreamId stream_id;
    std::string_view channel;  ///< in shared memory, never changed again
    std::string_view source;   ///< likewise
};

/// Calls `handler` for each entry; returns how many. Stops where a length makes no sense.
int read_loss_report(std::span<std::byte> report, FunctionRef<void(const LossObservation&)> handler);

/// The writer: one per file, one thread.
class LossReport {
public:
    /// Names an entry for as long as the report lives.
    struct Entry {
        std::size_t offset;
    };
    struct FirstLoss {
        SessionId session_id{};
        StreamId stream_id{};
        std::string_view channel{};
        std::string_view source{};
        std::int64_t bytes_lost = 0;
    };
    /// `report` is all zero, or holds what another writer left up to `next_offset`.
    explicit LossReport(std::span<std::byte> report, std::size_t next_offset = 0) noexcept
        : report_{report}, next_offset_{next_offset} {}
    /// Where the next entry would be; they begin at multiples of `entry_alignment`.
    [[nodiscard]] std::size_t next_offset() const noexcept { return next_offset_; }
    static constexpr std::size_t entry_alignment = 64;
    /// Nothing when no room is left.
    [[nodiscard]] std::optional<Entry> add(const FirstLoss& loss, Millis wall_now) noexcept;
    void lost_more(Entry entry, std::int64_t bytes_lost, Millis wall_now) noexcept;

private:
    std::span<std::byte> report_;
    std::size_t next_offset_;
};

}  // namespace gale::shm

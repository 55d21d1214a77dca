// Loss reports in memory of others: aeron_loss_reporter.h.
#include "shm/loss_report.hpp"

#include "capi/error.hpp"

#include <aeron/reports/aeron_loss_reporter.h>

#include <span>

namespace gale::capi {
namespace {

static_assert(sizeof(aeron_loss_reporter_entry_t) == sizeof(shm::LossEntry));

constexpr std::size_t longest_loss_text = INT32_MAX / 2;

bool is_report(const std::uint8_t* buffer) noexcept {
    return buffer != nullptr && reinterpret_cast<std::uintptr_t>(buffer) % alignof(shm::LossEntry) == 0;
}

std::span<std::byte> report_of(const aeron_loss_reporter_t& reporter) noexcept {
    return {reinterpret_cast<std::byte*>(reporter.buffer), reporter.capacity};
}

bool is_entry_of(const aeron_loss_reporter_t& reporter, std::int64_t offset) noexcept {
    if (offset < 0) return false;
    const auto begin = static_cast<std::size_t>(offset);
    return begin % shm::LossReport::entry_alignment == 0 && begin < reporter.next_record_offset &&
           reporter.next_record_offset <= reporter.capacity && reporter.capacity - begin >= sizeof(shm::LossEntry);
}

int refuse_report() noexcept {
    return fail(EINVAL, "the reporter, its memory or its handler is null, or the memory is not aligned to 8 bytes");
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::Millis;
using gale::shm::LossReport;

int aeron_loss_reporter_init(aeron_loss_reporter_t* reporter, uint8_t* buffer, size_t length) {
    if (reporter == nullptr || !is_report(buffer)) return refuse_report();
    *reporter = {.buffer = buffer, .next_record_offset = 0, .capacity = length};
    return 0;
}

aeron_loss_reporter_entry_offset_t aeron_loss_reporter_create_entry(aeron_loss_reporter_t* reporter,
                                                                    int64_t initial_bytes_lost, int64_t timestamp_ms,
                                                                    int32_t session_id, int32_t stream_id,
                                                                    const char* channel, size_t channel_length,
                                                                    const char* source, size_t source_length) {
    if (reporter == nullptr || !is_report(reporter->buffer)) return refuse_report();
    if ((channel == nullptr && channel_length > 0) || (source == nullptr && source_length > 0))
        return fail(EINVAL, "the channel, or the source, is null, but has a length");
    if (reporter->next_record_offset % LossReport::entry_alignment != 0)
        return fail(EINVAL, "the reporter was never initialised: its next entry is at no multiple of 64");
    const bool can_fit = channel_length <= longest_loss_text && source_length <= longest_loss_text;
    LossReport report{report_of(*reporter), reporter->next_record_offset};
    const auto entry = can_fit ? report.add({.session_id = gale::SessionId{session_id},
                                             .stream_id = gale::StreamId{stream_id},
                                             .channel = {channel, channel_length},
                                             .source = {source, source_length},
                                             .bytes_lost = initial_bytes_lost},
                                            Millis{timestamp_ms})
                               : std::nullopt;
    if (!entry)
        return fail(ENOMEM,
                    "the loss report of " + std::to_string(reporter->capacity) + " bytes has no room for another");
    reporter->next_record_offset = report.next_offset();
    return static_cast<aeron_loss_reporter_entry_offset_t>(entry->offset);
}

void aeron_loss_reporter_record_observation(aeron_loss_reporter_t* reporter, aeron_loss_reporter_entry_offset_t offset,
                                            int64_t bytes_lost, int64_t timestamp_ms) {
    if (reporter == nullptr || !is_report(reporter->buffer)) {
        refuse_report();
        return;
    }
    if (!is_entry_of(*reporter, offset))
        return set_error(EINVAL, "the loss report has no entry at " + std::to_string(offset));
    LossReport{report_of(*reporter), reporter->next_record_offset}.lost_more({static_cast<std::size_t>(offset)},
                                                                             bytes_lost, Millis{timestamp_ms});
}

size_t aeron_loss_reporter_read(const uint8_t* buffer, size_t capacity,
                                aeron_loss_reporter_read_entry_func_t entry_func, void* clientd) {
    if (!is_report(buffer) || entry_func == nullptr) {
        refuse_report();
        return 0;
    }
    // It is only read; what writes takes the same view.
    const std::span<std::byte> report{reinterpret_cast<std::byte*>(const_cast<std::uint8_t*>(buffer)), capacity};
    return static_cast<std::size_t>(gale::shm::read_loss_report(report, [&](const gale::shm::LossObservation& loss) {
        entry_func(clientd, loss.count, loss.bytes_lost, loss.first.count(), loss.last.count(), loss.session_id.value,
                   loss.stream_id.value, loss.channel.data(), static_cast<std::int32_t>(loss.channel.size()),
                   loss.source.data(), static_cast<std::int32_t>(loss.source.size()));
    }));
}

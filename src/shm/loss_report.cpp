#include "shm/loss_report.hpp"

#include "base/bits.hpp"
#include "shm/overlay.hpp"

#include <cstring>

namespace gale::shm {
namespace {

constexpr std::size_t length_size = sizeof(std::int32_t);
constexpr std::size_t entry_alignment = LossReport::entry_alignment;

// The text at `offset`, behind its length; nothing when it would reach past the end.
std::optional<std::string_view> text_at(std::span<std::byte> report, std::size_t offset) noexcept {
    std::int32_t length = 0;
    if (offset + length_size > report.size()) return std::nullopt;
    std::memcpy(&length, report.data() + offset, length_size);
    const std::size_t room = report.size() - offset - length_size;
    if (length < 0 || static_cast<std::size_t>(length) > room) return std::nullopt;
    const auto* text = reinterpret_cast<const char*>(report.data() + offset + length_size);
    return std::string_view{text, static_cast<std::size_t>(length)};
}

void write_text(std::span<std::byte> report, std::size_t offset, std::string_view text) noexcept {
    const auto length = static_cast<std::int32_t>(text.size());
    std::memcpy(report.data() + offset, &length, length_size);
    if (!text.empty()) std::memcpy(report.data() + offset + length_size, text.data(), text.size());
}

// Where the source stands: the channel is followed by what fills it up to a multiple of 4.
constexpr std::size_t source_offset(std::size_t channel_length) noexcept {
    return sizeof(LossEntry) + align_up(length_size + channel_length, length_size);
}

}  // namespace

int read_loss_report(std::span<std::byte> report, FunctionRef<void(const LossObservation&)> handler) {
    int count = 0;
    std::size_t offset = 0;
    while (offset + sizeof(LossEntry) <= report.size()) {
        const auto& entry = overlay<LossEntry>(report, offset);
        const std::int64_t observations = entry.observation_count.load_acquire();  // pairs with LossReport::add
        if (observations == 0) break;
        const auto channel = text_at(report, offset + sizeof(LossEntry));
        if (!channel) break;
        const auto source = text_at(report, offset + source_offset(channel->size()));
        if (!source) break;
        handler({.count = observations,
                 .bytes_lost = entry.total_bytes_lost.load_relaxed(),
                 .first = Millis{entry.first_observation_ms},
                 .last = Millis{entry.last_observation_ms.load_relaxed()},
                 .session_id = SessionId{entry.session_id},
                 .stream_id = StreamId{entry.stream_id},
                 .channel = *channel,
                 .source = *source});
        ++count;
        offset += align_up(source_offset(channel->size()) + length_size + source->size(), entry_alignment);
    }
    return count;
}

std::optional<LossReport::Entry> LossReport::add(const FirstLoss& loss, Millis wall_now) noexcept {
    const std::size_t source = source_offset(loss.channel.size());
    const std::size_t length = align_up(source + length_size + loss.source.size(), entry_alignment);
    if (next_offset_ > report_.size() || length > report_.size() - next_offset_) return std::nullopt;
    const Entry made{next_offset_};
    auto& entry = overlay<LossEntry>(report_, made.offset);
    entry.total_bytes_lost.store_relaxed(loss.bytes_lost);
    entry.first_observation_ms = wall_now.count();
    entry.last_observation_ms.store_relaxed(wall_now.count());
    entry.session_id = loss.session_id.value;
    entry.stream_id = loss.stream_id.value;
    write_text(report_, made.offset + sizeof(LossEntry), loss.channel);
    write_text(report_, made.offset + source, loss.source);
    entry.observation_count.store_release(1);
    next_offset_ += length;
    return made;
}

void LossReport::lost_more(Entry entry, std::int64_t bytes_lost, Millis wall_now) noexcept {
    auto& known = overlay<LossEntry>(report_, entry.offset);
    known.last_observation_ms.store_release(wall_now.count());
    known.total_bytes_lost.fetch_add(bytes_lost);
    known.observation_count.fetch_add(1);
}

}  // namespace gale::shm

#include "sim/stream_model.hpp"

#include "base/bits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

namespace gale::sim {
namespace {

constexpr std::int32_t header_length = 32;

// Of a message in the log: its frames, each at a multiple of 32.
std::int32_t footprint(std::int32_t length, std::int32_t mtu) {
    const std::int32_t most = mtu - header_length;
    const std::int32_t rest = length % most;
    return length / most * mtu + (rest > 0 || length == 0 ? align_up(rest + header_length, header_length) : 0);
}

}  // namespace

void fill(std::span<std::byte> bytes, std::uint64_t seed) noexcept {
    Random random{seed};
    for (std::size_t at = 0; at < bytes.size(); at += sizeof seed) {
        const std::uint64_t word = random.next();
        std::memcpy(bytes.data() + at, &word, std::min(sizeof word, bytes.size() - at));
    }
}

Reader::Reader(StreamModel& stream, const Image& image, Position floor, Promise promise)
    : stream_{stream}, image_{image}, read_to_{image.join_position().value}, position_{read_to_}, promise_{promise},
      came_late_{stream.is_over()} {
    EXPECT_GE(position_, floor);
    EXPECT_LE(position_, stream.written());
    EXPECT_TRUE(stream.is_boundary(read_to_)) << read_to_;
    stream_.readers_.insert(this);
}

Reader::~Reader() { stream_.readers_.erase(this); }

const StreamModel::Entry* Reader::expected(std::int64_t& end) const {
    const StreamModel::Entry* entry = stream_.next(read_to_, end);
    // Who joins within a message does not get the rest of it.
    return entry != nullptr && entry->begin < image_.join_position().value ? stream_.next(end, end) : entry;
}

const StreamModel::Entry* Reader::find(std::int64_t position, std::int64_t& end) {
    const StreamModel::Entry* entry = stream_.next(read_to_, end);
    while (promise_ == Promise::what_comes && entry != nullptr && end < position) {
        if (entry->begin >= image_.join_position().value) has_missed_ = true;
        EXPECT_NE(entry->state, StreamModel::State::open) << "of the message that ends at " << end;
        entry = stream_.next(end, end);
    }
    if (entry == nullptr)
        ADD_FAILURE() << "nothing was published behind " << read_to_;
    else
        EXPECT_EQ(entry->state, StreamModel::State::committed) << "of the message that ends at " << end;
    return entry;
}

void Reader::on_fragment(std::span<const std::byte> fragment, const Header& header) {
    std::int64_t end = 0;
    const StreamModel::Entry* entry = find(header.position().value, end);
    ASSERT_NE(entry, nullptr);
    const std::int64_t begin = header.position().value - align_up(header.frame_length(), header_length);
    const std::int64_t next = std::max(read_to_, entry->begin);
    if (begin != next && promise_ == Promise::what_comes) has_missed_ = true;
    ASSERT_TRUE(begin == next || (promise_ == Promise::what_comes && begin > next))
        << "a fragment begins at " << begin << " and not at " << next;
    ASSERT_EQ((begin - entry->begin) % stream_.mtu_, 0)
        << "a fragment begins at " << begin << " within the message from " << entry->begin;
    const std::int64_t most = stream_.mtu_ - header_length;
    const auto at = static_cast<std::int32_t>((begin - entry->begin) / stream_.mtu_ * most);
    ASSERT_EQ(static_cast<std::int64_t>(fragment.size()), std::min<std::int64_t>(most, entry->length - at));
    EXPECT_EQ(header.begins_message(), at == 0);
    EXPECT_EQ(header.ends_message(), header.position().value == end);
    EXPECT_EQ(static_cast<std::uint64_t>(header.reserved_value()), entry->seed);
    std::vector<std::byte> bytes(static_cast<std::size_t>(entry->length));
    fill(bytes, entry->seed);
    EXPECT_TRUE(std::ranges::equal(std::span{bytes}.subspan(static_cast<std::size_t>(at), fragment.size()), fragment))
        << "in the fragment from " << begin;
    read_to_ = header.position().value;
}

void Reader::on_message(std::span<const std::byte> message, const Header& header) {
    std::int64_t end = 0;
    const StreamModel::Entry* entry =
        promise_ == Promise::what_comes ? find(header.position().value, end) : expected(end);
    ASSERT_NE(entry, nullptr) << "nothing was published behind " << read_to_;
    ASSERT_EQ(entry->state, StreamModel::State::committed) << "of the message that ends at " << end;
    ASSERT_EQ(header.position().value, end);
    ASSERT_EQ(static_cast<std::int64_t>(message.size()), entry->length);
    EXPECT_EQ(static_cast<std::uint64_t>(header.reserved_value()), entry->seed);
    std::vector<std::byte> bytes(message.size());
    fill(bytes, entry->seed);
    EXPECT_TRUE(std::ranges::equal(bytes, message)) << "in the message that ends at " << end;
    read_to_ = end;
}

void Reader::on_position() {
    const Position now = image_.position();
    EXPECT_GE(now, position_);
    EXPECT_GE(now.value, read_to_);
    position_ = now;
    stream_.consumed_ = std::max(stream_.consumed_, now.value);
}

void Reader::expect_all_read() const {
    if (promise_ == Promise::what_comes) return;
    std::int64_t end = 0;
    EXPECT_EQ(expected(end), nullptr) << "a reader that had come to " << read_to_ << " lost the message that ends at "
                                      << end;
}

StreamModel::Entry& StreamModel::add(Position end, std::int32_t length, std::uint64_t seed, State state) {
    const Entry entry{.begin = end.value - footprint(length, mtu_), .length = length, .seed = seed, .state = state};
    const auto [place, is_new] = entries_.emplace(end.value, entry);
    EXPECT_TRUE(is_new) << "two messages end at " << end.value;
    const std::int64_t before = place == entries_.begin() ? 0 : std::prev(place)->first;
    const std::int64_t behind = std::next(place) == entries_.end() ? end.value : std::next(place)->second.begin;
    EXPECT_LE(before, entry.begin) << "messages overlap";
    EXPECT_LE(end.value, behind) << "messages overlap";
    return place->second;
}

bool StreamModel::is_boundary(std::int64_t position) const {
    if (position % term_length_ == 0) return true;
    const auto behind = entries_.upper_bound(position);
    if (behind != entries_.begin() && std::prev(behind)->first == position) return true;
    if (behind == entries_.end() || position < behind->second.begin) return false;
    return (position - behind->second.begin) % mtu_ == 0;
}

const StreamModel::Entry* StreamModel::next(std::int64_t position, std::int64_t& end) const {
    for (auto at = entries_.upper_bound(position); at != entries_.end(); ++at) {
        if (at->second.state == State::nothing) continue;
        end = at->first;
        return &at->second;
    }
    return nullptr;
}

Position StreamModel::floor() const {
    Position slowest{consumed_seen_};
    for (const Reader* reader : readers_) slowest = std::min(slowest, reader->position());
    for (const auto& entry : joining_) slowest = std::min(slowest, entry.second);
    return slowest;
}

StreamModel& Streams::of(const StreamNames& names, StreamId stream, std::int32_t term_length, std::int32_t mtu) {
    const CorrelationId id = medium_ == Medium::network ? CorrelationId{names.session_id.value} : names.registration_id;
    Known& known = streams_[id];
    if (known.model) return *known.model;
    known = {stream, std::make_unique<StreamModel>(term_length, mtu)};
    // They may have been linked when the stream began, and not know it yet.
    for (const auto& [subscription, its_stream] : subscriptions_)
        if (its_stream == stream) known.model->joining_[subscription] = Position{0};
    return *known.model;
}

void Streams::on_driver_cycle() {
    for (auto& [id, known] : streams_) known.model->consumed_seen_ = known.model->consumed_;
}

void Streams::on_join(CorrelationId subscription, StreamId stream) {
    subscriptions_[subscription] = stream;
    for (auto& [id, known] : streams_)
        if (known.stream == stream) known.model->joining_[subscription] = known.model->floor();
}

Position Streams::take_floor(StreamModel& model, CorrelationId subscription) {
    const auto found = model.joining_.find(subscription);
    if (found == model.joining_.end()) return Position{0};
    const Position floor = found->second;
    model.joining_.erase(found);
    return floor;
}

void Streams::on_join_again(StreamModel& model, CorrelationId subscription) {
    model.joining_.insert_or_assign(subscription, model.floor());
}

Position Streams::written(StreamId stream) const {
    Position furthest{0};
    for (const auto& [id, known] : streams_)
        if (known.stream == stream) furthest = std::max(furthest, known.model->written());
    return furthest;
}

bool Streams::has_nothing_left(CorrelationId id) const {
    const auto known = streams_.find(id);
    if (known == streams_.end()) return false;
    std::int64_t end = 0;
    return known->second.model->revoked_ || known->second.model->next(0, end) == nullptr;
}

void Streams::on_leave(CorrelationId subscription) {
    subscriptions_.erase(subscription);
    for (auto& [id, known] : streams_) known.model->joining_.erase(subscription);
}

}  // namespace gale::sim

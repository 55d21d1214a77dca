/// What a stream ought to hold, and who ought to read what of it.
#pragma once

#include "base/random.hpp"

#include <gale/image.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace gale::sim {

/// The bytes of a message of that seed.
void fill(std::span<std::byte> bytes, std::uint64_t seed) noexcept;

class Reader;

class StreamModel {
public:
    enum class State {
        open,       ///< claimed: nobody may pass it
        committed,  ///< everybody has to see it, once
        nothing,    ///< aborted, padding, or left by a dead publisher: nobody may see it
    };
    struct Entry {
        std::int64_t begin = 0;
        std::int32_t length = 0;
        std::uint64_t seed = 0;  ///< of its bytes; also its reserved value
        State state = State::nothing;
    };
    StreamModel(std::int32_t term_length, std::int32_t mtu) : term_length_{term_length}, mtu_{mtu} {}

    /// `end`: what the publication answered.
    Entry& add(Position end, std::int32_t length, std::uint64_t seed, State state);
    [[nodiscard]] bool is_boundary(std::int64_t position) const;
    /// Its publishers have come to there.
    void on_written(Position to) noexcept { written_ = std::max(written_, to); }
    [[nodiscard]] Position written() const noexcept { return written_; }
    /// The first that has to be seen behind a position, with its end; an open one stands in the way.
    [[nodiscard]] const Entry* next(std::int64_t position, std::int64_t& end) const;
    /// Nobody may begin in front of this: where the slowest reader is, or, when that is less, how far anybody had read
    /// when the driver looked last.
    [[nodiscard]] Position floor() const;
    void revoke() noexcept { revoked_ = true; }
    void on_publisher() noexcept { ++publishers_; }
    void on_publisher_left() noexcept {
        --publishers_;
        had_publishers_ = true;
    }
    /// All publishers that anybody knew of are gone: who joins now comes too late to be promised anything.
    [[nodiscard]] bool is_over() const noexcept { return had_publishers_ && publishers_ == 0; }

private:
    friend class Reader;
    friend class Streams;
    std::int32_t term_length_;
    std::int32_t mtu_;
    std::map<std::int64_t, Entry> entries_;  // by end
    std::set<const Reader*> readers_;
    std::map<CorrelationId, Position> joining_;  // subscriptions that were asked for, and the floor of that moment
    Position written_;
    std::int64_t consumed_ = 0;
    std::int64_t consumed_seen_ = 0;  // by the driver
    int publishers_ = 0;
    bool had_publishers_ = false;  // and lost one
    bool revoked_ = false;
};

/// What a reader may do without.
enum class Promise {
    everything,  ///< nothing that was published behind the place where it joined
    what_comes,  ///< whatever was lost; but what comes is whole, right, and in order
};

/// One image: what it has to see next, and that it sees nothing else.
class Reader {
public:
    /// It joined there, which is checked: a frame's boundary, not before `floor`, not after what was written.
    Reader(StreamModel& stream, const Image& image, Position floor, Promise promise = Promise::everything);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader();

    void on_message(std::span<const std::byte> message, const Header& header);
    /// For those who read no whole messages, also of one within which they joined.
    void on_fragment(std::span<const std::byte> fragment, const Header& header);
    /// After each poll: positions never go back.
    void on_position();
    /// The stream was over, and not cut short: then nothing may be left.
    void expect_all_read() const;
    [[nodiscard]] Position position() const noexcept { return position_; }
    /// It joined when the stream was over.
    [[nodiscard]] bool came_late() const noexcept { return came_late_; }
    /// It had to do without something.
    [[nodiscard]] bool has_missed() const noexcept { return has_missed_; }
    [[nodiscard]] const Image& image() const noexcept { return image_; }
    [[nodiscard]] StreamModel& stream() const noexcept { return stream_; }

private:
    [[nodiscard]] const StreamModel::Entry* expected(std::int64_t& end) const;
    /// The next message that has to be seen; where gaps are allowed, the one that holds `position`.
    [[nodiscard]] const StreamModel::Entry* find(std::int64_t position, std::int64_t& end);
    StreamModel& stream_;
    Image image_;
    std::int64_t read_to_;  ///< end of the last message, or where it joined
    Position position_;
    Promise promise_;
    bool came_late_;
    bool has_missed_ = false;
};

/// Where streams run.
enum class Medium {
    shared_memory,  ///< of one driver: an image is known by the registration id of its publication
    network,        ///< of many drivers: by its session
};
/// By what a publication or an image is known.
struct StreamNames {
    CorrelationId registration_id;  ///< of the publication, the original one; also the id of its images on its driver
    SessionId session_id;
};

/// All streams of one world.
class Streams {
public:
    explicit Streams(Medium medium = Medium::shared_memory) : medium_{medium} {}

    struct Tally {
        std::int64_t messages = 0;  ///< read, by each reader that did
        std::int64_t images = 0;
        std::int64_t images_from_start = 0;  ///< that nothing of their stream went before
        std::int64_t images_again = 0;       ///< of a stream that the subscription had lost
        std::int64_t clients_lost = 0;
        std::int64_t destinations = 0;  ///< of subscriptions, that came or went
        std::int64_t gaps = 0;          ///< images that had to do without something, as they may
    };
    Tally tally;

    [[nodiscard]] Medium medium() const noexcept { return medium_; }
    StreamModel& of(const StreamNames& names, StreamId stream, std::int32_t term_length, std::int32_t mtu);
    /// The driver has looked at all positions.
    void on_driver_cycle();
    /// A subscription was asked for.
    void on_join(CorrelationId subscription, StreamId stream);
    /// Where it may begin at the earliest; asked once.
    [[nodiscard]] Position take_floor(StreamModel& model, CorrelationId subscription);
    /// It lost its image of that stream, and may get another.
    void on_join_again(StreamModel& model, CorrelationId subscription);
    void on_leave(CorrelationId subscription);
    /// How far the furthest of a stream's publications has come.
    [[nodiscard]] Position written(StreamId stream) const;
    /// Nothing was published in it, or it was revoked.
    [[nodiscard]] bool has_nothing_left(CorrelationId id) const;

private:
    struct Known {
        StreamId stream;
        std::unique_ptr<StreamModel> model;
    };
    Medium medium_;
    std::map<CorrelationId, Known> streams_;
    std::map<CorrelationId, StreamId> subscriptions_;
};

}  // namespace gale::sim

#include "everyday/subscriber_state.hpp"

#include "everyday/adding.hpp"
#include "everyday/idle.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace gale::everyday {
namespace {

Subscription add_subscription(Connection& connection, const Config& config, const std::shared_ptr<ImageInbox>& inbox) {
    // The handlers hold the inbox, not the subscriber: they may still run while that goes.
    SubscriptionHandlers handlers{.on_available_image = [inbox](const Image& image) { inbox->post(image, true); },
                                  .on_unavailable_image = [inbox](const Image& image) { inbox->post(image, false); }};
    return add<Subscription>("a subscription", connection, config, [&](Client& client) {
        return client.async_add_subscription(config.uri, StreamId{config.stream}, std::move(handlers));
    });
}

}  // namespace

/// The right to read. Lost or won at once: nobody waits for it.
class SubscriberState::Turn {
public:
    explicit Turn(std::atomic<std::thread::id>& reader) noexcept : reader_{reader} {
        // acquire pairs with the release below: what the last reader left is seen
        won_ = reader.compare_exchange_strong(winner_, std::this_thread::get_id(), std::memory_order_acquire);
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        if (won_) reader_.store(std::thread::id{}, std::memory_order_release);
    }
    [[nodiscard]] bool won() const noexcept { return won_; }
    [[nodiscard]] bool is_nested() const noexcept { return !won_ && winner_ == std::this_thread::get_id(); }

private:
    std::atomic<std::thread::id>& reader_;
    std::thread::id winner_{};
    bool won_;
};

SubscriberState::SubscriberState(std::shared_ptr<Connection> connection, const Config& config)
    : connection_{std::move(connection)}, inbox_{std::make_shared<ImageInbox>()}, config_{config},
      subscription_{add_subscription(*connection_, config_, inbox_)} {}

SubscriberState::~SubscriberState() { close(); }

void SubscriberState::close() noexcept {
    subscription_.close();
    const Turn turn{reader_};
    if (!turn.won()) return;  // whoever reads goes on in closed images, which are empty
    sessions_.clear();
    static_cast<void>(inbox_->take());
}

Error SubscriberState::why_closed() const {
    return connection_->why_closed(fmt::format("the subscription to '{}', stream {},", config_.uri, config_.stream));
}

void SubscriberState::expect_unwatched() const {
    if (!watches_.is_watching()) return;
    throw Error{
        ErrorCode::invalid_argument,
        fmt::format(
            "the subscription to '{}', stream {}, is watched and its messages go to the watch: stop that, or add "
            "another subscriber to read from",
            config_.uri, config_.stream)};
}

void SubscriberState::expect_open() const {
    if (is_closed()) throw why_closed();
}

void SubscriberState::hear_news() {
    if (!inbox_->has_news()) return;
    for (ImageNews& news : inbox_->take()) {
        if (news.available) {
            sessions_.push_back(std::make_unique<Session>(std::move(news.image)));
            had_sessions_ = true;
        } else {  // with what is half read
            std::erase_if(sessions_, [&](const auto& session) { return session->image() == news.image; });
        }
    }
}

template <class Visit> int SubscriberState::take_turns(int fragment_limit, Visit visit) {
    const Turn turn{reader_};
    if (turn.is_nested())
        throw Error{ErrorCode::invalid_argument, "a handler cannot read from the subscriber that is calling it"};
    if (!turn.won()) return 0;
    hear_news();
    const std::size_t count = sessions_.size();
    const std::size_t first = next_session_;
    int fragments = 0;
    for (std::size_t i = 0; i < count && fragments < fragment_limit; ++i) {
        const std::size_t index = (first + i) % count;
        const std::size_t next = std::exchange(next_session_, index + 1);  // before the visit, which may throw
        const int read = visit(*sessions_[index], fragment_limit - fragments);
        if (read == 0) next_session_ = next;  // it had nothing: that was not its turn
        fragments += read;
    }
    return fragments;
}

PollResult SubscriberState::read(int fragment_limit) {
    expect_open();
    return read_open(fragment_limit);
}

PollResult SubscriberState::read_open(int fragment_limit) {
    PollResult result;
    result.fragments = take_turns(fragment_limit, [&](Session& session, int limit) {
        return result.message ? 0 : session.read(result.message, limit, *pool_);
    });
    return result;
}

int SubscriberState::deliver(FunctionRef<void(const Message&)> handler, int fragment_limit, FunctionRef<bool()> go_on) {
    expect_open();
    return take_turns(fragment_limit,
                      [&](Session& session, int limit) { return session.deliver(handler, go_on, limit, *pool_); });
}

int SubscriberState::discard(int fragment_limit, FunctionRef<bool()> go_on) {
    expect_open();
    return take_turns(fragment_limit, [&](Session& session, int limit) { return session.discard(go_on, limit); });
}

int SubscriberState::discard_all(FunctionRef<bool()> go_on) {
    // A poll ends with its term. More terms than a log has would be what was published meanwhile.
    constexpr int terms = 3;
    int fragments = 0;
    for (int i = 0; i <= terms; ++i) {
        const int some = discard(std::numeric_limits<int>::max(), go_on);
        if (some == 0) break;
        fragments += some;
    }
    return fragments;
}

bool SubscriberState::has_ended() {
    const Turn turn{reader_};
    if (!turn.won() || !had_sessions_ || inbox_->has_news()) return false;
    return std::ranges::all_of(sessions_, [](const auto& session) { return session->has_ended(); });
}

std::optional<Message> SubscriberState::next(const ReadOptions& options, AtClose at_close) {
    std::optional<Deadline> deadline;  // the clock is read only when there is something to wait for
    for (Idle idle; !options.stop.stop_requested();) {
        if (is_closed()) {
            if (at_close == AtClose::finish && !connection_->is_lost()) return std::nullopt;
            throw why_closed();
        }
        PollResult result = read_open(fragments_per_turn);
        if (result.message) return std::move(result.message);
        if (!deadline) deadline.emplace(options.quiet);
        if (deadline->passed() || (options.end_of_stream && result.fragments == 0 && has_ended())) return std::nullopt;
        if (result.fragments > 0) {
            idle.reset();
        } else {
            idle.rest();
        }
    }
    return std::nullopt;
}

}  // namespace gale::everyday

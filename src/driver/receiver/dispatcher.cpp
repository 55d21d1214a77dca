#include "driver/receiver/dispatcher.hpp"

#include <algorithm>

namespace gale::driver::receiver {

Dispatcher::Dispatcher(const Limits& limits, std::uint64_t secret)
    : limits_{limits}, sessions_{static_cast<std::size_t>(std::max(limits.sessions_per_endpoint, 1)), secret},
      strangers_{static_cast<std::size_t>(std::max(limits.strangers_per_endpoint, 1)), secret},
      setups_{limits.setups_per_second} {}

Dispatcher::Answer Dispatcher::on_data(StreamId stream, SessionId session, bool end_of_stream, Nanos now) noexcept {
    const Interest* const interest = this->interest(stream);
    if (interest == nullptr || end_of_stream) return Answer::ignore;
    if (sessions_.find(stream, session) != nullptr) return Answer::ignore;
    if (Session* const stranger = strangers_.find(stream, session); stranger != nullptr) {
        if (!is_over(*stranger, now)) return Answer::ignore;
        strangers_.remove(*stranger);
    }
    const bool wanted = wants(*interest, session);
    remember_stranger(stream, session, wanted ? SessionState::pending_setup : SessionState::unwanted, now);
    return wanted ? Answer::elicit : Answer::ignore;
}

Dispatcher::Answer Dispatcher::on_setup(StreamId stream, SessionId session, Nanos now) noexcept {
    Interest* const interest = this->interest(stream);
    if (interest == nullptr) return Answer::ignore;
    if (const Session* const known = sessions_.find(stream, session); known != nullptr)
        return known->state == SessionState::active ? Answer::refresh : Answer::ignore;
    if (const Session* const stranger = strangers_.find(stream, session);
        stranger != nullptr && stranger->state == SessionState::unwanted && !is_over(*stranger, now))
        return Answer::ignore;
    if (!wants(*interest, session)) {
        if (strangers_.find(stream, session) == nullptr)
            remember_stranger(stream, session, SessionState::unwanted, now);
        return Answer::ignore;
    }
    const bool is_allowed = interest->images < limits_.sessions_per_stream && setups_.take(now);
    return is_allowed && (!sessions_.full() || oldest_cool_down() != nullptr) ? Answer::create : Answer::refuse;
}

bool Dispatcher::has_elicited(StreamId stream, SessionId session) noexcept {
    const Session* const stranger = strangers_.find(stream, session);
    return stranger != nullptr && stranger->state == SessionState::pending_setup;
}

bool Dispatcher::starting(StreamId stream, SessionId session, Nanos now) noexcept {
    Interest* const interest = this->interest(stream);
    if (interest == nullptr) return false;
    if (sessions_.full())  // those that ended must not keep new ones out for ever
        if (Session* const oldest = oldest_cool_down(); oldest != nullptr) sessions_.remove(*oldest);
    if (sessions_.add(stream, session, SessionState::starting, now) == nullptr) return false;
    ++interest->images;
    if (Session* const stranger = strangers_.find(stream, session); stranger != nullptr) strangers_.remove(*stranger);
    return true;
}

void Dispatcher::forget_setup(StreamId stream, SessionId session) noexcept {
    Session* const known = sessions_.find(stream, session);
    if (known != nullptr && known->state == SessionState::starting) remove(*known);
}

void Dispatcher::add_interest(StreamId stream, std::optional<SessionId> session) {
    Interest* interest = this->interest(stream);
    if (interest == nullptr) interest = &interests_.emplace_back(Interest{.stream_id = stream});
    if (!session)
        interest->all_sessions = true;
    else if (std::ranges::find(interest->sessions, *session) == interest->sessions.end())
        interest->sessions.push_back(*session);
    strangers_.remove_if([&](const Session& each) {
        return each.state == SessionState::unwanted && each.stream_id == stream && wants(*interest, each.session_id);
    });
}

void Dispatcher::remove_interest(StreamId stream, std::optional<SessionId> session) noexcept {
    Interest* const interest = this->interest(stream);
    if (interest == nullptr) return;
    if (!session)
        interest->all_sessions = false;
    else
        std::erase(interest->sessions, *session);
    cached_ = {};
    const auto is_dropped = [&](const Session& each) {
        return each.stream_id == stream && !wants(*interest, each.session_id);
    };
    sessions_.remove_if([&](const Session& each) {
        if (!is_dropped(each)) return false;
        if (each.state != SessionState::cool_down) --interest->images;
        return true;
    });
    strangers_.remove_if(is_dropped);
    if (!interest->all_sessions && interest->sessions.empty())
        std::erase_if(interests_, [&](const Interest& each) { return each.stream_id == stream; });
}

void Dispatcher::add_image(Image& image, StreamId stream, SessionId session, Nanos now) noexcept {
    Interest* const interest = this->interest(stream);
    if (interest == nullptr || !wants(*interest, session)) return;
    cached_ = {};
    Session* known = sessions_.find(stream, session);
    if (known == nullptr) {
        known = sessions_.add(stream, session, SessionState::starting, now);
        if (known == nullptr) return;
        ++interest->images;
    } else if (known->state == SessionState::cool_down) {
        ++interest->images;
    }
    known->state = SessionState::active;
    known->image = &image;
    known->since = now;
}

void Dispatcher::remove_image(const Image& image, StreamId stream, SessionId session, bool cools_down,
                              Nanos now) noexcept {
    Session* const known = sessions_.find(stream, session);
    if (known == nullptr || known->image != &image) return;  // a newer one has its place
    cached_ = {};
    if (!cools_down) return remove(*known);
    if (Interest* const interest = this->interest(stream); interest != nullptr) --interest->images;
    *known = {.stream_id = stream, .session_id = session, .state = SessionState::cool_down, .since = now};
}

Session* Dispatcher::oldest_cool_down() noexcept {
    const Session* oldest = nullptr;
    sessions_.for_each([&](const Session& each) {
        if (each.state == SessionState::cool_down && (oldest == nullptr || each.since < oldest->since)) oldest = &each;
    });
    return oldest == nullptr ? nullptr : sessions_.find(oldest->stream_id, oldest->session_id);
}

void Dispatcher::expire(Nanos now) noexcept {
    strangers_.remove_if([&](const Session& each) { return is_over(each, now); });
}

Dispatcher::Interest* Dispatcher::interest(StreamId stream) noexcept {
    const auto found = std::ranges::find(interests_, stream, &Interest::stream_id);
    return found == interests_.end() ? nullptr : &*found;
}

bool Dispatcher::wants(const Interest& interest, SessionId session) noexcept {
    return interest.all_sessions || std::ranges::find(interest.sessions, session) != interest.sessions.end();
}

Image* Dispatcher::look_up(StreamId stream, SessionId session) noexcept {
    const Session* const known = sessions_.find(stream, session);
    if (known == nullptr || known->state != SessionState::active) return nullptr;
    cached_ = *known;
    return known->image;
}

bool Dispatcher::is_over(const Session& session, Nanos now) const noexcept {
    return now > session.since +
                     (session.state == SessionState::pending_setup ? pending_setup_timeout : limits_.stranger_timeout);
}

// When there is no room nothing is remembered: the session is met as new again, which costs a reply, and those are
// limited.
void Dispatcher::remember_stranger(StreamId stream, SessionId session, SessionState state, Nanos now) noexcept {
    static_cast<void>(strangers_.add(stream, session, state, now));
}

void Dispatcher::remove(Session& session) noexcept {
    if (Interest* const interest = this->interest(session.stream_id); interest != nullptr) --interest->images;
    sessions_.remove(session);
}

}  // namespace gale::driver::receiver

/// One look at the sockets for two agents that take turns on one thread.
#pragma once

#include "net/transport.hpp"

#include <cstddef>
#include <vector>

namespace gale::driver {

/// Asking the kernel twice a cycle what has arrived would cost an idle cycle half of its time. Both agents see what one
/// look found and take what is theirs (and remove no transport while they do); the second one looks for itself only
/// where the first did not.
class SharedLook {
public:
    /// `poller` outlives it, and is waited on and woken by others directly.
    explicit SharedLook(net::Poller& poller) noexcept : first_{*this, poller}, second_{*this, poller} {}
    SharedLook(const SharedLook&) = delete;
    SharedLook& operator=(const SharedLook&) = delete;

    /// Looks afresh each time.
    [[nodiscard]] net::Poller& first() noexcept { return first_; }
    /// Uses what the first one found since this was asked last.
    [[nodiscard]] net::Poller& second() noexcept { return second_; }

private:
    enum class Turn { first, second };

    template <Turn turn> class View final : public net::Poller {
    public:
        View(SharedLook& look, net::Poller& poller) noexcept : look_{look}, poller_{poller} {}
        void add(net::Transport& transport) override {
            look_.found_.reserve(++look_.transports_);  // a look allocates nothing
            poller_.add(transport);
        }
        void remove(net::Transport& transport) noexcept override {
            std::erase(look_.found_, &transport);
            --look_.transports_;
            poller_.remove(transport);
        }
        void ready(FunctionRef<void(net::Transport&)> handler) noexcept override {
            if (turn == Turn::first || !look_.fresh_) look_.look(poller_);
            look_.fresh_ = turn == Turn::first;
            for (auto* const transport : look_.found_) handler(*transport);
        }
        void wait(Nanos longest) noexcept override { poller_.wait(longest); }
        void wake() noexcept override { poller_.wake(); }

    private:
        SharedLook& look_;
        net::Poller& poller_;
    };

    void look(net::Poller& poller) noexcept {
        found_.clear();
        poller.ready([this](net::Transport& transport) { found_.push_back(&transport); });
    }

    std::vector<net::Transport*> found_;
    std::size_t transports_ = 0;
    bool fresh_ = false;
    View<Turn::first> first_;
    View<Turn::second> second_;
};

}  // namespace gale::driver

/// Waiting for the system's sockets.
#pragma once

#include "net/transport.hpp"

#include <atomic>
#include <vector>

namespace gale::net {

/// The kernel is asked which transports have something: that costs a third of looking at one socket in vain.
class SystemPoller final : public Poller {
public:
    SystemPoller();
    ~SystemPoller() override;
    SystemPoller(const SystemPoller&) = delete;
    SystemPoller& operator=(const SystemPoller&) = delete;

    /// Throws Error{generic} when the system cannot watch one more.
    void add(Transport& transport) override;
    void remove(Transport& transport) noexcept override;
    void ready(FunctionRef<void(Transport&)> handler) noexcept override;
    void wait(Nanos longest) noexcept override;
    bool wait_with(Poller& other, Nanos longest) noexcept override;
    void wake() noexcept override;

private:
    [[nodiscard]] bool may_sleep() const noexcept;
    void silence_wake() noexcept;
    void forget_wake() noexcept;

    int epoll_;
    int event_;                          // readable after a wake
    std::atomic<bool> woken_{false};     // wake() sets it, whoever waits takes it
    std::vector<Transport*> unwatched_;  // those without a descriptor: always looked at, and nobody sleeps
};

}  // namespace gale::net

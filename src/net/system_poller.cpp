#include "net/system_poller.hpp"

#include "os/failure.hpp"

#include <gale/error.hpp>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <span>

namespace gale::net {
namespace {

[[noreturn]] void refuse(const char* what) {
    throw Error{ErrorCode::generic, std::string{"cannot "} + what + ": " + os::reason(errno)};
}

/// False when the time was over, or a signal came.
bool sleep(std::span<pollfd> descriptors, Nanos longest) noexcept {
    timespec span{};
    span.tv_sec = static_cast<time_t>(longest.count() / 1'000'000'000);
    span.tv_nsec = static_cast<long>(longest.count() % 1'000'000'000);
    return ::ppoll(descriptors.data(), descriptors.size(), &span, nullptr) > 0;
}

}  // namespace

SystemPoller::SystemPoller()
    : epoll_{::epoll_create1(EPOLL_CLOEXEC)}, event_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
    epoll_event interest{};
    interest.events = EPOLLIN;
    if (epoll_ >= 0 && event_ >= 0 && ::epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &interest) == 0) return;
    const int error = errno;
    if (epoll_ >= 0) ::close(epoll_);
    if (event_ >= 0) ::close(event_);
    errno = error;
    refuse("make what waits for sockets");
}

SystemPoller::~SystemPoller() {
    ::close(epoll_);
    ::close(event_);
}

void SystemPoller::add(Transport& transport) {
    if (transport.descriptor() < 0) return unwatched_.push_back(&transport);
    epoll_event interest{};
    interest.events = EPOLLIN;
    interest.data.ptr = &transport;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, transport.descriptor(), &interest) != 0) refuse("wait for one more socket");
}

void SystemPoller::remove(Transport& transport) noexcept {
    std::erase(unwatched_, &transport);
    if (transport.descriptor() >= 0) ::epoll_ctl(epoll_, EPOLL_CTL_DEL, transport.descriptor(), nullptr);
}

void SystemPoller::ready(FunctionRef<void(Transport&)> handler) noexcept {
    for (auto* const transport : unwatched_) handler(*transport);
    std::array<epoll_event, 64> events;  // NOLINT(cppcoreguidelines-pro-type-member-init): not read where not written.
                                         // The rest of a larger crowd has its turn next time
    const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < count; ++i)
        if (auto* const transport = static_cast<Transport*>(events[static_cast<std::size_t>(i)].data.ptr))
            handler(*transport);
        else
            silence_wake();
}

/// The flag decides, the descriptor only ends the sleep. A wake whose write somebody else's reading took away has left
/// its flag, which is looked at before lying down; a write that comes late ends one later sleep too early.
void SystemPoller::wait(Nanos longest) noexcept {
    if (longest > Nanos::zero() && may_sleep()) {
        pollfd set{.fd = epoll_, .events = POLLIN, .revents = 0};
        if (!sleep({&set, 1}, longest)) return;
        forget_wake();
    } else if (woken_.load(std::memory_order_relaxed)) {
        forget_wake();
    }
}

bool SystemPoller::wait_with(Poller& other, Nanos longest) noexcept {
    auto* const second = dynamic_cast<SystemPoller*>(&other);
    if (second == nullptr) return false;
    if (longest > Nanos::zero() && may_sleep() && second->may_sleep()) {
        std::array<pollfd, 2> set{pollfd{.fd = epoll_, .events = POLLIN, .revents = 0},
                                  pollfd{.fd = second->epoll_, .events = POLLIN, .revents = 0}};
        if (!sleep(set, longest)) return true;
    }
    for (SystemPoller* const each : {this, second})
        if (each->woken_.load(std::memory_order_relaxed)) each->forget_wake();
    return true;
}

// acquire pairs with wake: what it announces is visible
bool SystemPoller::may_sleep() const noexcept { return !woken_.load(std::memory_order_acquire) && unwatched_.empty(); }

// Who does not sleep needs no descriptor that says so each time; the flag stays for the next sleep.
void SystemPoller::silence_wake() noexcept {
    eventfd_t ignored = 0;
    ::eventfd_read(event_, &ignored);
}

void SystemPoller::forget_wake() noexcept {
    silence_wake();
    woken_.exchange(false, std::memory_order_acq_rel);
}

void SystemPoller::wake() noexcept {
    if (!woken_.exchange(true, std::memory_order_acq_rel)) ::eventfd_write(event_, 1);
}

}  // namespace gale::net

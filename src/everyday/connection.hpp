/// A client and its share in an embedded driver: what a context and everything made with it keep alive together.
#pragma once

#include "everyday/embedded.hpp"

#include <gale/client.hpp>
#include <gale/context.hpp>
#include <gale/error.hpp>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gale::everyday {

class SubscriberState;

class Connection {
public:
    explicit Connection(const ContextOptions& options);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection();

    [[nodiscard]] Client& client() noexcept { return client_; }
    [[nodiscard]] const std::string& directory() const noexcept { return client_.directory(); }
    [[nodiscard]] bool is_embedded() const noexcept { return embedded_; }
    [[nodiscard]] bool is_closed() const noexcept { return client_.is_closed(); }
    /// Whether the driver was lost, rather than this connection closed by the program.
    [[nodiscard]] bool is_lost() const { return client_.close_reason().has_value(); }
    /// What to say of `what` (as "the subscription"), which is closed.
    [[nodiscard]] Error why_closed(const std::string& what) const;
    void close() noexcept;

    /// A publication or subscription was added.
    void settle_anew() noexcept;
    /// Whether the driver may still be bringing together what was added last: for so long "not connected" may change
    /// without anybody's doing, and a program that adds a publisher and a subscriber and puts at once would be told so.
    [[nodiscard]] bool is_settling() const noexcept;

    /// For unwatch_all.
    void remember_watched(const std::shared_ptr<SubscriberState>& subscriber);
    [[nodiscard]] std::vector<std::shared_ptr<SubscriberState>> watched();

private:
    Connection(const ContextOptions& options, ClientOptions client);
    DriverShare driver_;  // outlives the client
    Client client_;
    bool embedded_;
    std::atomic<std::int64_t> settled_at_ns_{0};  // steady clock
    std::mutex mutex_;
    std::vector<std::weak_ptr<SubscriberState>> watched_;
};

}  // namespace gale::everyday

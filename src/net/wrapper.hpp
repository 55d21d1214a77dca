/// A transport around another: hands everything on. Wrappers derive from it and override what they change.
#pragma once

#include "net/transport.hpp"

#include <memory>
#include <utility>

namespace gale::net {

class Wrapper : public Transport {
public:
    explicit Wrapper(std::unique_ptr<Transport> inner) noexcept : inner_{std::move(inner)} {}

    [[nodiscard]] int send(std::span<const Datagram> batch, const SocketAddress* to) noexcept override {
        return inner_->send(batch, to);
    }
    int receive(FunctionRef<void(std::span<const Received>)> handler, int limit) noexcept override {
        return inner_->receive(handler, limit);
    }
    [[nodiscard]] int take_error() noexcept override { return inner_->take_error(); }
    [[nodiscard]] SocketAddress local_address() const noexcept override { return inner_->local_address(); }
    [[nodiscard]] std::int64_t send_buffer_length() const noexcept override { return inner_->send_buffer_length(); }
    [[nodiscard]] std::int64_t receive_buffer_length() const noexcept override {
        return inner_->receive_buffer_length();
    }
    [[nodiscard]] bool reconnect(const SocketAddress& to) noexcept override { return inner_->reconnect(to); }
    [[nodiscard]] int descriptor() const noexcept override { return inner_->descriptor(); }

protected:
    [[nodiscard]] Transport& inner() noexcept { return *inner_; }

private:
    std::unique_ptr<Transport> inner_;
};

}  // namespace gale::net

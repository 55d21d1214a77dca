#include "os/http.hpp"

#include "os/failure.hpp"

#include <gale/error.hpp>

#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

namespace gale::os {
namespace {

constexpr std::string_view http_scheme = "http://";
constexpr std::size_t longest_head = 64 * 1024;
constexpr timeval patience{.tv_sec = 5, .tv_usec = 0};

struct HttpAddress {
    std::string host;
    std::string port = "80";
    std::string path = "/";
    std::string authority;
};

[[noreturn]] void refuse_url(std::string_view url, std::string_view why) {
    throw Error{ErrorCode::invalid_argument, "cannot read " + std::string{url} + ": " + std::string{why}};
}

HttpAddress parse_http_url(std::string_view url) {
    if (!url.starts_with(http_scheme)) refuse_url(url, "the address does not begin with http://");
    std::string_view rest = url.substr(http_scheme.size());
    HttpAddress address;
    if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
        address.path = rest.substr(slash);
        rest = rest.substr(0, slash);
    }
    if (url.find_first_of(" \r\n") != std::string_view::npos) refuse_url(url, "the address has blanks in it");
    address.authority = rest;
    std::size_t colon = rest.rfind(':');
    if (rest.starts_with('[')) {
        const std::size_t end = rest.find(']');
        if (end == std::string_view::npos) refuse_url(url, "the host has no closing bracket");
        address.host = rest.substr(1, end - 1);
        if (colon < end) colon = std::string_view::npos;
    } else {
        address.host = rest.substr(0, colon);
    }
    if (colon != std::string_view::npos) address.port = rest.substr(colon + 1);
    if (address.host.empty() || address.port.empty()) refuse_url(url, "it names no host");
    return address;
}

class Connection {
public:
    explicit Connection(const addrinfo& to) noexcept
        : descriptor_{::socket(to.ai_family, to.ai_socktype | SOCK_CLOEXEC, to.ai_protocol)} {
        if (descriptor_ < 0) return;
        ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        if (::connect(descriptor_, to.ai_addr, to.ai_addrlen) != 0) drop();
    }
    Connection(Connection&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    Connection& operator=(Connection&&) = delete;
    ~Connection() { drop(); }
    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

private:
    void drop() noexcept {
        const int error = errno;
        if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
        errno = error;
    }
    int descriptor_;
};

Connection connect_to(const HttpAddress& address, std::string_view url) {
    const addrinfo wanted{.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    addrinfo* found = nullptr;
    if (const int error = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &wanted, &found); error != 0)
        throw Error{ErrorCode::unknown_host, "cannot read " + std::string{url} + ": " + ::gai_strerror(error)};
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all{found, &::freeaddrinfo};
    for (const addrinfo* next = found; next != nullptr; next = next->ai_next)
        if (Connection connection{*next}; connection.is_open()) return connection;
    fail("connect to", url, errno);
}

void send_all(const Connection& connection, std::string_view text, std::string_view url) {
    while (!text.empty()) {
        const ssize_t sent = ::send(connection.descriptor(), text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) fail("ask for", url, errno);
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
}

}  // namespace

std::string http_get(std::string_view url, std::size_t limit) {
    const HttpAddress address = parse_http_url(url);
    const Connection connection = connect_to(address, url);
    // In HTTP/1.0 the answer ends with the connection.
    send_all(connection, "GET " + address.path + " HTTP/1.0\r\nHost: " + address.authority + "\r\n\r\n", url);
    std::string answer;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t received = ::recv(connection.descriptor(), buffer.data(), buffer.size(), 0);
        if (received < 0 && errno == EINTR) continue;
        if (received < 0) fail("read", url, errno);
        if (received == 0) break;
        answer.append(buffer.data(), static_cast<std::size_t>(received));
        if (answer.size() > limit + longest_head) refuse_url(url, "it is too long");
    }
    const std::size_t head = answer.find("\r\n\r\n");
    const std::string status = answer.substr(0, answer.find("\r\n"));
    if (head == std::string::npos || !status.starts_with("HTTP/1.")) refuse_url(url, "the answer is no HTTP");
    if (status.substr(std::min<std::size_t>(status.size(), 8), 5) != " 200 " && !status.ends_with(" 200"))
        refuse_url(url, "the server says " + status);
    return answer.substr(head + 4, limit);
}

}  // namespace gale::os

#include "os/http.hpp"

#include <gale/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <utility>

namespace gale::os {
namespace {

/// Answers one request with these bytes, and keeps what it was asked.
class OneAnswer {
public:
    explicit OneAnswer(std::string answer) : answer_{std::move(answer)} {
        sockaddr_in address{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
        socklen_t length = sizeof address;
        EXPECT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
        EXPECT_EQ(::listen(socket_, 1), 0);
        EXPECT_EQ(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length), 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::thread{[this] { serve(); }};
    }
    OneAnswer(const OneAnswer&) = delete;
    OneAnswer& operator=(const OneAnswer&) = delete;
    ~OneAnswer() {
        thread_.join();
        ::close(socket_);
    }
    [[nodiscard]] std::string url(const std::string& path) const {
        return "http://127.0.0.1:" + std::to_string(port_) + path;
    }
    [[nodiscard]] const std::string& request() const noexcept { return request_; }

private:
    void serve() {
        const int connection = ::accept(socket_, nullptr, nullptr);
        char buffer[512];
        while (request_.find("\r\n\r\n") == std::string::npos) {
            const ssize_t received = ::recv(connection, buffer, sizeof buffer, 0);
            if (received <= 0) break;
            request_.append(buffer, static_cast<std::size_t>(received));
        }
        // Who has heard enough may have gone.
        static_cast<void>(::send(connection, answer_.data(), answer_.size(), MSG_NOSIGNAL));
        ::close(connection);
    }

    std::string answer_;
    std::string request_;
    int socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    std::uint16_t port_ = 0;
    std::thread thread_;
};

ErrorCode refusal(const std::string& url) {
    try {
        static_cast<void>(http_get(url, 1000));
    } catch (const Error& error) {
        return error.code();
    }
    return ErrorCode::none;
}

TEST(Http, GivesTheBodyOfAGoodAnswer) {
    std::string request;
    {
        OneAnswer server{"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\na.b=1\nc=2\n"};
        EXPECT_EQ(http_get(server.url("/some.properties"), 1000), "a.b=1\nc=2\n");
        request = server.request();
    }
    EXPECT_TRUE(request.starts_with("GET /some.properties HTTP/1.0\r\nHost: 127.0.0.1:")) << request;
}

TEST(Http, SaysWhatTheServerSaidInstead) {
    OneAnswer server{"HTTP/1.0 404 Not Found\r\n\r\nnothing here"};
    try {
        static_cast<void>(http_get(server.url(""), 1000));
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("404 Not Found"));
    }
}

TEST(Http, RefusesWhatIsNoAnswerAndWhatIsTooLong) {
    {
        OneAnswer server{"hello"};
        EXPECT_EQ(refusal(server.url("/")), ErrorCode::invalid_argument);
    }
    OneAnswer server{"HTTP/1.0 200 OK\r\n\r\n" + std::string(100'000, 'x')};
    EXPECT_EQ(refusal(server.url("/")), ErrorCode::invalid_argument);
}

TEST(Http, RefusesAddressesThatAreNone) {
    for (const char* url : {"https://localhost/", "http://", "http://:80/", "http://[::1/", "http://a b/", "file:///x"})
        EXPECT_EQ(refusal(url), ErrorCode::invalid_argument) << url;
}

}  // namespace
}  // namespace gale::os

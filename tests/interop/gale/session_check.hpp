/// What one image has delivered: messages in order, each with the bytes and the reserved value of its number.
#pragma once

#include "interop/gale/console.hpp"
#include "interop/gale/content.hpp"

#include <gale/image.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace gale::interop {

class SessionCheck {
public:
    struct Options {
        bool late = false;           ///< may begin with any message
        std::size_t publishers = 1;  ///< that share the publication, each with numbers of its own
    };
    SessionCheck(const Image& image, const Content& content, const Options& options, Console& console);

    [[nodiscard]] std::int64_t count() const noexcept { return count_; }
    /// The number of the message to come, of a single publisher.
    [[nodiscard]] std::int64_t next() const noexcept { return next_.front(); }
    void on_message(std::span<const std::byte> message, const Header& header);
    /// The event `received`.
    [[nodiscard]] std::string told() const;

private:
    void check(bool holds, const std::string& what, std::int64_t is, std::int64_t wanted);
    std::int64_t& next_of(std::int64_t sequence) noexcept;

    Image image_;  // kept, so that no other gets its address
    const Content& content_;
    Console& console_;
    bool late_;
    std::size_t max_payload_;
    std::vector<std::int64_t> next_;  // of each publisher
    std::int64_t first_ = -1;
    std::int64_t count_ = 0;
    std::int64_t bytes_ = 0;
    std::int64_t errors_ = 0;
    Position position_;
};

}  // namespace gale::interop

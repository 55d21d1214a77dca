/// From the handlers of C to those of the C++ client.
#pragma once

#include <gale/handlers.hpp>
#include <gale/header.hpp>

#include <aeron/aeronc.h>

#include <algorithm>
#include <cstdint>
#include <limits>

namespace gale::capi {

/// The header that a handler of C is given is the C++ one.
[[nodiscard]] inline aeron_header_t* to_c(const Header& header) noexcept {
    return reinterpret_cast<aeron_header_t*>(const_cast<Header*>(&header));
}
[[nodiscard]] inline const Header& from_c(const aeron_header_t* header) noexcept {
    return *reinterpret_cast<const Header*>(header);
}
[[nodiscard]] inline const std::uint8_t* to_c(std::span<const std::byte> bytes) noexcept {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}
[[nodiscard]] inline std::span<const std::byte> from_c(const std::uint8_t* bytes, std::size_t length) noexcept {
    return {reinterpret_cast<const std::byte*>(bytes), length};
}

/// C counts without sign, and further.
[[nodiscard]] inline int limit(std::size_t limit) noexcept {
    return static_cast<int>(std::min<std::size_t>(limit, std::numeric_limits<int>::max()));
}

struct CallFragmentHandler {
    aeron_fragment_handler_t handler;
    void* clientd;
    void operator()(std::span<const std::byte> fragment, const Header& header) const {
        handler(clientd, to_c(fragment), fragment.size(), to_c(header));
    }
};

struct CallControlledHandler {
    aeron_controlled_fragment_handler_t handler;
    void* clientd;
    Action operator()(std::span<const std::byte> fragment, const Header& header) const {
        return static_cast<Action>(handler(clientd, to_c(fragment), fragment.size(), to_c(header)));
    }
};

struct CallBlockHandler {
    aeron_block_handler_t handler;
    void* clientd;
    void operator()(std::span<const std::byte> frames, SessionId session, TermId term) const {
        handler(clientd, to_c(frames), frames.size(), session.value, term.value);
    }
};

}  // namespace gale::capi

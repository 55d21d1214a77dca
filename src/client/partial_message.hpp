/// A cut message while its fragments come in.
#pragma once

#include <gale/header.hpp>
#include <gale/types.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace gale::client {

class PartialMessage {
public:
    explicit PartialMessage(std::size_t initial_length);

    /// False when the fragment does not follow what is here; then nothing is here any more. The first fragment of a
    /// message replaces whatever was here.
    bool append(std::span<const std::byte> fragment, const Header& header);
    /// The first fragment's header with the length, flags and end of the message whose last fragment is `last`.
    [[nodiscard]] Header whole_header(const Header& last) const noexcept;
    /// The message; valid until the next append. Nothing is here any more.
    [[nodiscard]] std::span<const std::byte> take() noexcept;

    /// What there was at one moment, to go back to before another first fragment comes.
    struct Mark {
        std::size_t length;
        Position next;
        bool begun;
    };
    [[nodiscard]] Mark mark() const noexcept { return {length_, next_, begun_}; }
    void restore(const Mark& mark) noexcept;

private:
    void grow(std::size_t needed);

    std::unique_ptr<std::byte[]> bytes_;
    std::size_t capacity_;
    std::size_t length_ = 0;
    bool begun_ = false;
    Position next_;  // where the next fragment begins
    Header::Values first_;
};

}  // namespace gale::client

/// Sleeping until another thread or process changes a word they share.
#pragma once

#include <gale/types.hpp>

#include <atomic>
#include <cstdint>

namespace gale::os {

/// A 32-bit word in memory that several processes map; the kernel compares it before a sleeper lies down.
class WakeWord {
public:
    /// `word` outlives this. For a 64-bit counter pass its low half: it changes whenever the counter grows by less than
    /// 4 GiB.
    explicit WakeWord(const void* word) noexcept : word_{word} {}
    [[nodiscard]] std::uint32_t value() const noexcept;
    /// Sleeps until a wake, `timeout`, a signal, or at once when the word is no longer `seen`. May wake for no reason.
    void wait(std::uint32_t seen, Nanos timeout) const noexcept;
    /// Wakes every sleeper on the word, in all processes. A system call; never on a data path.
    void wake() const noexcept;

private:
    const void* word_;
};

}  // namespace gale::os

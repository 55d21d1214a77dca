/// Messages from fragments. Pass the assembler itself to a poll.
#pragma once

#include <gale/handlers.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace gale {

namespace client {
class PartialMessage;
}

// All four: one per polling thread. A message that came in one frame is passed on where it lies; a cut one is copied
// into a buffer that grows to the largest message seen and is then kept. The header of a reassembled message is its
// first fragment's, with the whole length, the flags of a whole message and the position behind the last. Fragments of
// a message whose beginning was not seen, or that do not follow one another, are dropped.

/// For a subscription: keeps the sessions apart.
class FragmentAssembler {
public:
    using Delegate = std::function<void(std::span<const std::byte> message, const Header& header)>;
    explicit FragmentAssembler(Delegate delegate, std::size_t initial_length = 4096);
    FragmentAssembler(FragmentAssembler&&) noexcept;
    ~FragmentAssembler();
    void operator()(std::span<const std::byte> fragment, const Header& header);
    /// Frees what is kept for a session; call it when its image went away.
    void forget(SessionId session);

private:
    Delegate delegate_;
    std::size_t initial_length_;
    std::unordered_map<SessionId, std::unique_ptr<client::PartialMessage>> sessions_;
};

/// For one image.
class ImageFragmentAssembler {
public:
    using Delegate = FragmentAssembler::Delegate;
    explicit ImageFragmentAssembler(Delegate delegate, std::size_t initial_length = 4096);
    ImageFragmentAssembler(ImageFragmentAssembler&&) noexcept;
    ~ImageFragmentAssembler();
    void operator()(std::span<const std::byte> fragment, const Header& header);

private:
    Delegate delegate_;
    std::unique_ptr<client::PartialMessage> message_;
};

/// For a subscription, with actions. When the delegate aborts a reassembled message, its last fragment comes again.
class ControlledFragmentAssembler {
public:
    using Delegate = std::function<Action(std::span<const std::byte> message, const Header& header)>;
    explicit ControlledFragmentAssembler(Delegate delegate, std::size_t initial_length = 4096);
    ControlledFragmentAssembler(ControlledFragmentAssembler&&) noexcept;
    ~ControlledFragmentAssembler();
    Action operator()(std::span<const std::byte> fragment, const Header& header);
    void forget(SessionId session);

private:
    Delegate delegate_;
    std::size_t initial_length_;
    std::unordered_map<SessionId, std::unique_ptr<client::PartialMessage>> sessions_;
};

/// For one image, with actions.
class ImageControlledFragmentAssembler {
public:
    using Delegate = ControlledFragmentAssembler::Delegate;
    explicit ImageControlledFragmentAssembler(Delegate delegate, std::size_t initial_length = 4096);
    ImageControlledFragmentAssembler(ImageControlledFragmentAssembler&&) noexcept;
    ~ImageControlledFragmentAssembler();
    Action operator()(std::span<const std::byte> fragment, const Header& header);

private:
    Delegate delegate_;
    std::unique_ptr<client::PartialMessage> message_;
};

}  // namespace gale

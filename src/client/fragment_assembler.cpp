#include "client/partial_message.hpp"

#include <gale/fragment_assembler.hpp>

#include <utility>

namespace gale {
namespace {

using client::PartialMessage;
using Sessions = std::unordered_map<SessionId, std::unique_ptr<PartialMessage>>;

bool is_whole(const Header& header) noexcept { return header.begins_message() && header.ends_message(); }

// Where the fragment belongs; null when it belongs nowhere, since its message began before we listened.
PartialMessage* find(Sessions& sessions, const Header& header, std::size_t initial_length) {
    const auto known = sessions.find(header.session_id());
    if (known != sessions.end()) return known->second.get();
    if (!header.begins_message()) return nullptr;
    return sessions.emplace(header.session_id(), std::make_unique<PartialMessage>(initial_length)).first->second.get();
}

void assemble(PartialMessage& message, std::span<const std::byte> fragment, const Header& header,
              const FragmentAssembler::Delegate& delegate) {
    if (!message.append(fragment, header) || !header.ends_message()) return;
    const Header whole = message.whole_header(header);
    const auto bytes = message.take();  // also when the delegate throws: its position moves on
    delegate(bytes, whole);
}

Action assemble(PartialMessage& message, std::span<const std::byte> fragment, const Header& header,
                const ControlledFragmentAssembler::Delegate& delegate) {
    const auto before = message.mark();
    if (!message.append(fragment, header) || !header.ends_message()) return Action::proceed;
    const Header whole = message.whole_header(header);
    const Action action = delegate(message.take(), whole);
    if (action == Action::abort) message.restore(before);  // the last fragment comes again
    return action;
}

}  // namespace

FragmentAssembler::FragmentAssembler(Delegate delegate, std::size_t initial_length)
    : delegate_{std::move(delegate)}, initial_length_{initial_length} {}
FragmentAssembler::FragmentAssembler(FragmentAssembler&&) noexcept = default;
FragmentAssembler::~FragmentAssembler() = default;
void FragmentAssembler::operator()(std::span<const std::byte> fragment, const Header& header) {
    if (is_whole(header)) return delegate_(fragment, header);
    if (auto* message = find(sessions_, header, initial_length_)) assemble(*message, fragment, header, delegate_);
}
void FragmentAssembler::forget(SessionId session) { sessions_.erase(session); }

ImageFragmentAssembler::ImageFragmentAssembler(Delegate delegate, std::size_t initial_length)
    : delegate_{std::move(delegate)}, message_{std::make_unique<PartialMessage>(initial_length)} {}
ImageFragmentAssembler::ImageFragmentAssembler(ImageFragmentAssembler&&) noexcept = default;
ImageFragmentAssembler::~ImageFragmentAssembler() = default;
void ImageFragmentAssembler::operator()(std::span<const std::byte> fragment, const Header& header) {
    if (is_whole(header)) return delegate_(fragment, header);
    assemble(*message_, fragment, header, delegate_);
}

ControlledFragmentAssembler::ControlledFragmentAssembler(Delegate delegate, std::size_t initial_length)
    : delegate_{std::move(delegate)}, initial_length_{initial_length} {}
ControlledFragmentAssembler::ControlledFragmentAssembler(ControlledFragmentAssembler&&) noexcept = default;
ControlledFragmentAssembler::~ControlledFragmentAssembler() = default;
Action ControlledFragmentAssembler::operator()(std::span<const std::byte> fragment, const Header& header) {
    if (is_whole(header)) return delegate_(fragment, header);
    auto* message = find(sessions_, header, initial_length_);
    return message == nullptr ? Action::proceed : assemble(*message, fragment, header, delegate_);
}
void ControlledFragmentAssembler::forget(SessionId session) { sessions_.erase(session); }

ImageControlledFragmentAssembler::ImageControlledFragmentAssembler(Delegate delegate, std::size_t initial_length)
    : delegate_{std::move(delegate)}, message_{std::make_unique<PartialMessage>(initial_length)} {}
ImageControlledFragmentAssembler::ImageControlledFragmentAssembler(ImageControlledFragmentAssembler&&) noexcept =
    default;
ImageControlledFragmentAssembler::~ImageControlledFragmentAssembler() = default;
Action ImageControlledFragmentAssembler::operator()(std::span<const std::byte> fragment, const Header& header) {
    if (is_whole(header)) return delegate_(fragment, header);
    return assemble(*message_, fragment, header, delegate_);
}

}  // namespace gale

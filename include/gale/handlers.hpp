/// What a program gives to a poll, and what it answers.
#pragma once

#include <gale/function_ref.hpp>
#include <gale/header.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <span>

namespace gale {

/// What to do after a fragment. Numbers as in Aeron's C ABI.
enum class Action : std::int32_t {
    abort = 1,    ///< not consumed: it comes again with the next poll; this poll ends for this image
    stop = 2,     ///< consumed; this poll ends for this image
    commit = 3,   ///< consumed, the position is published at once; go on
    proceed = 4,  ///< consumed, the position is published at the end of the poll; go on
};

/// A fragment's payload lies in the log: it is valid during the call only.
using FragmentHandler = FunctionRef<void(std::span<const std::byte> fragment, const Header& header)>;
using ControlledFragmentHandler = FunctionRef<Action(std::span<const std::byte> fragment, const Header& header)>;
/// Whole frames, headers included, one behind the other.
using BlockHandler = FunctionRef<void(std::span<const std::byte> frames, SessionId session, TermId term)>;
/// Computes a frame's reserved value from its bytes (32 of header, then the payload), just before readers may see it.
using ReservedValueSupplier = FunctionRef<std::int64_t(std::span<const std::byte> frame)>;

}  // namespace gale

/// Repairing a stream whose publisher died between claim and commit. docs/formats/log-buffer.md, unblocking.
#pragma once

#include "logbuffer/log.hpp"

#include <gale/types.hpp>

namespace gale::logbuffer {

/// Whether somebody may still be about to write at the blocked place.
enum class Producers { may_live, are_gone };

/// Pads over what blocks readers at `blocked`; true when that let them on. Call it only after readers stood there for
/// long, or when the last producer is gone: then a claim of which not a byte was written is padded over too.
bool unblock(const Log& log, Position blocked, Producers producers) noexcept;

}  // namespace gale::logbuffer

/// Objects whose handle is stale already, but which calls under way may still use.
#pragma once

#include "capi/client/handles.hpp"

#include <gale/clock.hpp>

namespace gale::capi {

/// The least time that any object is left for calls under way: a program may close what a handler of it is about.
inline constexpr Nanos shortest_linger{100'000'000};

/// Destroys the object in a slot when `after`, at least `shortest_linger`, is over; those of equal `after` in the order
/// of these calls. A thread of its own does it, which is there only while something lingers. Any thread.
void destroy_later(Slot& slot, Nanos after) noexcept;

}  // namespace gale::capi

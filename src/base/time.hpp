/// Time as the floors see it. The types are part of the front door, because programs may bring their own clock.
#pragma once

#include <gale/clock.hpp>

/// For tests only: what base/testing.hpp has.
#pragma once

#include "base/testing.hpp"

/// Where Aeron's own installation has it. The header itself is beside the client's.
#ifndef AERON_AERONMD_FORWARD_H
#define AERON_AERONMD_FORWARD_H

#include "../aeron/aeronmd.h"

#endif

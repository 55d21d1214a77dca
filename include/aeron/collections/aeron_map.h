/// What the maps have in common.
#ifndef AERON_AERON_MAP_H
#define AERON_AERON_MAP_H

/// How full a map may be before it grows.
#define AERON_MAP_DEFAULT_LOAD_FACTOR (0.65f)

#endif

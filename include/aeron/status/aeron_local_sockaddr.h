/// Addresses that a channel's sockets are bound to.
#ifndef AERON_AERON_LOCAL_SOCKADDR_H
#define AERON_AERON_LOCAL_SOCKADDR_H

#include "../aeronc.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Writes the addresses of the channel with that status counter as texts into the pieces of `address_vec`, cut to their
/// lengths; as many as there is room for. Returns how many there are, 0 for a channel that is not active; -1 with
/// EINVAL for nulls, and for no room at all.
int aeron_local_sockaddr_find_addrs(aeron_counters_reader_t* reader, int32_t channel_status_indicator_id,
                                    aeron_iovec_t* address_vec, size_t address_vec_len);

#ifdef __cplusplus
}
#endif

#endif

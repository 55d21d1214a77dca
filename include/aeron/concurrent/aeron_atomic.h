/// Words that threads share: reading what another has released, and releasing.
#ifndef AERON_AERON_ATOMIC_H
#define AERON_AERON_ATOMIC_H

/// Takes the word `src` into `dst`; what was written before its release is seen from now on.
#define AERON_GET_ACQUIRE(dst, src) ((dst) = __atomic_load_n(&(src), __ATOMIC_ACQUIRE))
/// Puts `src` into the word `dst`, and all that was written before with it.
#define AERON_SET_RELEASE(dst, src) __atomic_store_n(&(dst), (src), __ATOMIC_RELEASE)

#endif

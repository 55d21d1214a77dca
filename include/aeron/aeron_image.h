/// What programs look up of images beside aeronc.h. An image itself is opaque.
#ifndef AERON_AERON_IMAGE_H
#define AERON_AERON_IMAGE_H

#include "aeronc.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How many hold the image: those references that the program has, and its subscription while it lists the image. -1
/// with EINVAL for null and for what is no image.
int64_t aeron_image_refcnt_acquire(aeron_image_t* image);

#ifdef __cplusplus
}
#endif

#endif

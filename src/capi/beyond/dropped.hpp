/// Functions that Aeron had, and that programs and bindings made of older headers still reach for. Declared as there,
/// and in none of today's headers.
#pragma once

#include <aeron/aeron_cnc_file_descriptor.h>
#include <aeron/aeronc.h>

#include <cstddef>
#include <cstdint>

extern "C" {

// Until 1.43 and 1.51: other names of what there still is.
int64_t aeron_async_add_exclusive_exclusive_publication_get_registration_id(
    aeron_async_add_exclusive_publication_t* add_exclusive_publication);
aeron_controlled_fragment_handler_action_t aeron_controlled_image_fragment_assembler_handler(void* clientd,
                                                                                             const uint8_t* buffer,
                                                                                             size_t length,
                                                                                             aeron_header_t* header);

// Until 1.52.
/// Looks from `initial_position` without consuming; returns where it came to, -1 with EINVAL for nulls.
int64_t aeron_image_controlled_peek(aeron_image_t* image, int64_t initial_position,
                                    aeron_controlled_fragment_handler_t handler, void* clientd, int64_t limit_position);
/// Skips ahead within the term; -1 with EINVAL where that is no frame's boundary.
int aeron_image_set_position(aeron_image_t* image, int64_t position);
/// Maps the control file in `dir`, once it is whole: then, and only then, there is something to unmap. It answers what
/// has to be waited for, or that waiting will not help, with the error set: another version, damage, no permission,
/// nulls (EINVAL).
aeron_cnc_load_result_t aeron_cnc_map_file_and_load_metadata(const char* dir, aeron_mapped_file_t* mapped_file,
                                                             aeron_cnc_metadata_t** metadata);
}

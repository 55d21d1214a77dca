#include "capi/beyond/dropped.hpp"

#include "capi/client/client.hpp"
#include "capi/client/polling.hpp"
#include "capi/error.hpp"
#include "control/cnc_file.hpp"
#include "os/raw_mapping.hpp"

namespace gale::capi {
namespace {

static_assert(sizeof(aeron_cnc_metadata_t) <= sizeof(control::CncHeader));

aeron_cnc_load_result_t load_cnc(const std::string& directory, aeron_mapped_file_t& file,
                                 aeron_cnc_metadata_t*& metadata) {
    const auto opened = control::CncFile::open(directory, os::Access::read_write);
    switch (opened.state) {
    case control::CncState::absent: return AERON_CNC_LOAD_AWAIT_FILE;
    case control::CncState::not_ready: return AERON_CNC_LOAD_AWAIT_VERSION;
    case control::CncState::broken:  // or its driver has not stored all of it yet
        return AERON_CNC_LOAD_AWAIT_CNC_DATA;
    case control::CncState::forbidden: throw Error{ErrorCode::invalid_argument, opened.why};
    case control::CncState::unreadable:
    case control::CncState::incompatible: throw Error{ErrorCode::incompatible, opened.why};
    case control::CncState::ready: break;
    }
    const os::RawMapping mapping = os::map_existing(control::CncFile::path(directory), os::Access::read_write);
    if (mapping.length < sizeof(control::CncHeader)) {  // another file has come in its place
        os::unmap(mapping);
        return AERON_CNC_LOAD_AWAIT_MMAP;
    }
    file = {mapping.address, mapping.length};
    metadata = static_cast<aeron_cnc_metadata_t*>(mapping.address);
    return AERON_CNC_LOAD_SUCCESS;
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::Position;

int64_t aeron_async_add_exclusive_exclusive_publication_get_registration_id(
    aeron_async_add_exclusive_publication_t* add_exclusive_publication) {
    return aeron_async_add_exclusive_publication_get_registration_id(add_exclusive_publication);
}

aeron_controlled_fragment_handler_action_t aeron_controlled_image_fragment_assembler_handler(void* clientd,
                                                                                             const uint8_t* buffer,
                                                                                             size_t length,
                                                                                             aeron_header_t* header) {
    return aeron_image_controlled_fragment_assembler_handler(clientd, buffer, length, header);
}

int64_t aeron_image_controlled_peek(aeron_image_t* image, int64_t initial_position,
                                    aeron_controlled_fragment_handler_t handler, void* clientd,
                                    int64_t limit_position) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image);
    if (handler == nullptr) return fail(EINVAL, "the handler is null");
    return object->image
        .controlled_peek(Position{initial_position}, CallControlledHandler{handler, clientd}, Position{limit_position})
        .value;
}

int aeron_image_set_position(aeron_image_t* image, int64_t position) {
    auto* object = find<ImageObject>(image);
    if (object == nullptr) return refused<ImageObject>(image);
    if (object->image.set_position(Position{position})) return 0;
    return fail(EINVAL, "the position is no frame's boundary ahead in this term");
}

aeron_cnc_load_result_t aeron_cnc_map_file_and_load_metadata(const char* dir, aeron_mapped_file_t* mapped_file,
                                                             aeron_cnc_metadata_t** metadata) {
    if (dir == nullptr || mapped_file == nullptr || metadata == nullptr) {
        set_error(EINVAL, "the directory, or the place for the file or its metadata, is null");
        return AERON_CNC_LOAD_FAILED;
    }
    return guarded([&] { return load_cnc(dir, *mapped_file, *metadata); }, AERON_CNC_LOAD_FAILED);
}

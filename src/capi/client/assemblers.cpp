#include "capi/client/assemblers.hpp"

#include "capi/client/lingering.hpp"
#include "capi/error.hpp"

namespace gale::capi {
namespace {

template <class Object, class Call, class Function>
int create_assembler(typename Object::Handle** place, Function delegate, void* clientd) noexcept {
    if (place == nullptr) return fail(EINVAL, "there is no place for the assembler: null");
    if (delegate == nullptr) return fail(EINVAL, "the handler behind the assembler is null");
    return guarded([&] { *place = create<Object>(Call{delegate, clientd}); });
}

template <class Object> int delete_assembler(typename Object::Handle* handle) noexcept {
    if (handle == nullptr) return 0;
    if (find<Object>(handle) == nullptr || !invalidate<Object>(handle)) return refused<Object>(handle);
    destroy_later(slot_of(handle), shortest_linger);  // it may be its own delegate that deletes it
    return 0;
}

/// As a fragment handler: `clientd` is the assembler.
template <class Object>
void assemble(void* clientd, const std::uint8_t* buffer, std::size_t length, aeron_header_t* header) {
    auto* object = find<Object>(static_cast<typename Object::Handle*>(clientd));
    if (object == nullptr) [[unlikely]]
        return refuse(clientd, Object::kind);
    if (header == nullptr) [[unlikely]]
        return set_error(EINVAL, "the header is null");
    (*object->assembler)(from_c(buffer, length), from_c(header));
}

template <class Object>
aeron_controlled_fragment_handler_action_t assemble_controlled(void* clientd, const std::uint8_t* buffer,
                                                               std::size_t length, aeron_header_t* header) {
    auto* object = find<Object>(static_cast<typename Object::Handle*>(clientd));
    if (object == nullptr || header == nullptr) [[unlikely]] {
        if (object == nullptr)
            refuse(clientd, Object::kind);
        else
            set_error(EINVAL, "the header is null");
        return AERON_ACTION_ABORT;
    }
    const Action action = (*object->assembler)(from_c(buffer, length), from_c(header));
    return static_cast<aeron_controlled_fragment_handler_action_t>(action);
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_image_fragment_assembler_create(aeron_image_fragment_assembler_t** assembler,
                                          aeron_fragment_handler_t delegate, void* delegate_clientd) {
    return create_assembler<ImageFragmentAssemblerObject, CallFragmentHandler>(assembler, delegate, delegate_clientd);
}
int aeron_image_fragment_assembler_delete(aeron_image_fragment_assembler_t* assembler) {
    return delete_assembler<ImageFragmentAssemblerObject>(assembler);
}
void aeron_image_fragment_assembler_handler(void* clientd, const uint8_t* buffer, size_t length,
                                            aeron_header_t* header) {
    assemble<ImageFragmentAssemblerObject>(clientd, buffer, length, header);
}

int aeron_image_controlled_fragment_assembler_create(aeron_image_controlled_fragment_assembler_t** assembler,
                                                     aeron_controlled_fragment_handler_t delegate,
                                                     void* delegate_clientd) {
    return create_assembler<ImageControlledFragmentAssemblerObject, CallControlledHandler>(assembler, delegate,
                                                                                           delegate_clientd);
}
int aeron_image_controlled_fragment_assembler_delete(aeron_image_controlled_fragment_assembler_t* assembler) {
    return delete_assembler<ImageControlledFragmentAssemblerObject>(assembler);
}
aeron_controlled_fragment_handler_action_t aeron_image_controlled_fragment_assembler_handler(void* clientd,
                                                                                             const uint8_t* buffer,
                                                                                             size_t length,
                                                                                             aeron_header_t* header) {
    return assemble_controlled<ImageControlledFragmentAssemblerObject>(clientd, buffer, length, header);
}

int aeron_fragment_assembler_create(aeron_fragment_assembler_t** assembler, aeron_fragment_handler_t delegate,
                                    void* delegate_clientd) {
    return create_assembler<FragmentAssemblerObject, CallFragmentHandler>(assembler, delegate, delegate_clientd);
}
int aeron_fragment_assembler_delete(aeron_fragment_assembler_t* assembler) {
    return delete_assembler<FragmentAssemblerObject>(assembler);
}
void aeron_fragment_assembler_handler(void* clientd, const uint8_t* buffer, size_t length, aeron_header_t* header) {
    assemble<FragmentAssemblerObject>(clientd, buffer, length, header);
}

int aeron_controlled_fragment_assembler_create(aeron_controlled_fragment_assembler_t** assembler,
                                               aeron_controlled_fragment_handler_t delegate, void* delegate_clientd) {
    return create_assembler<ControlledFragmentAssemblerObject, CallControlledHandler>(assembler, delegate,
                                                                                      delegate_clientd);
}
int aeron_controlled_fragment_assembler_delete(aeron_controlled_fragment_assembler_t* assembler) {
    return delete_assembler<ControlledFragmentAssemblerObject>(assembler);
}
aeron_controlled_fragment_handler_action_t aeron_controlled_fragment_assembler_handler(void* clientd,
                                                                                       const uint8_t* buffer,
                                                                                       size_t length,
                                                                                       aeron_header_t* header) {
    return assemble_controlled<ControlledFragmentAssemblerObject>(clientd, buffer, length, header);
}

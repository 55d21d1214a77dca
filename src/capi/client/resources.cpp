// How the objects behind handles come to their end, whatever they are.
#include "capi/client/assemblers.hpp"
#include "capi/client/client.hpp"
#include "capi/client/cnc.hpp"
#include "capi/error.hpp"

namespace gale::capi {

PendingObject::~PendingObject() {
    if (auto* shared = std::get_if<std::shared_ptr<SubscriptionShared>>(&what); shared != nullptr && !is_consumed)
        (*shared)->give_up();
}

void close_resource(Slot& slot, Notification on_complete) noexcept {
    // The handle in the token: only whoever takes it there closes.
    const std::uintptr_t token = slot.token.load(std::memory_order_acquire);
    void* handle = handle_of(slot, token);
    switch (static_cast<Kind>(token & Slot::kind_bits)) {
    case Kind::publication:
        aeron_publication_close(static_cast<aeron_publication_t*>(handle), on_complete.function, on_complete.clientd);
        return;
    case Kind::exclusive_publication:
        aeron_exclusive_publication_close(static_cast<aeron_exclusive_publication_t*>(handle), on_complete.function,
                                          on_complete.clientd);
        return;
    case Kind::subscription:
        aeron_subscription_close(static_cast<aeron_subscription_t*>(handle), on_complete.function, on_complete.clientd);
        return;
    case Kind::counter:
        aeron_counter_close(static_cast<aeron_counter_t*>(handle), on_complete.function, on_complete.clientd);
        return;
    default: return;
    }
}

void destroy_any(Slot& slot) noexcept {
    switch (slot.kind) {
    case Kind::none: return;
    case Kind::context: return destroy<ContextObject>(slot);
    case Kind::client: return destroy<ClientObject>(slot);
    case Kind::publication: return destroy<PublicationObject>(slot);
    case Kind::exclusive_publication: return destroy<ExclusivePublicationObject>(slot);
    case Kind::subscription: return destroy<SubscriptionObject>(slot);
    case Kind::image: return destroy<ImageObject>(slot);
    case Kind::counter: return destroy<CounterObject>(slot);
    case Kind::counters_reader: return destroy<CountersReaderObject>(slot);
    case Kind::pending: return destroy<PendingObject>(slot);
    case Kind::cnc: return destroy<CncObject>(slot);
    case Kind::fragment_assembler: return destroy<FragmentAssemblerObject>(slot);
    case Kind::image_fragment_assembler: return destroy<ImageFragmentAssemblerObject>(slot);
    case Kind::controlled_fragment_assembler: return destroy<ControlledFragmentAssemblerObject>(slot);
    case Kind::image_controlled_fragment_assembler: return destroy<ImageControlledFragmentAssemblerObject>(slot);
    case Kind::uri_string_builder: return;  // no client holds one
    }
}

}  // namespace gale::capi

/// The assemblers of C: the C++ ones with a handler of C behind them.
#pragma once

#include "capi/client/handles.hpp"
#include "capi/client/polling.hpp"

#include <gale/fragment_assembler.hpp>

#include <memory>

namespace gale::capi {

template <Kind which, class CHandle, class Assembler, class Call> struct AssemblerObject {
    static constexpr Kind kind = which;
    using Handle = CHandle;
    explicit AssemblerObject(Call call) : assembler{std::make_unique<Assembler>(call)} {}
    std::unique_ptr<Assembler> assembler;
};

using FragmentAssemblerObject =
    AssemblerObject<Kind::fragment_assembler, aeron_fragment_assembler_t, FragmentAssembler, CallFragmentHandler>;
using ImageFragmentAssemblerObject = AssemblerObject<Kind::image_fragment_assembler, aeron_image_fragment_assembler_t,
                                                     ImageFragmentAssembler, CallFragmentHandler>;
using ControlledFragmentAssemblerObject =
    AssemblerObject<Kind::controlled_fragment_assembler, aeron_controlled_fragment_assembler_t,
                    ControlledFragmentAssembler, CallControlledHandler>;
using ImageControlledFragmentAssemblerObject =
    AssemblerObject<Kind::image_controlled_fragment_assembler, aeron_image_controlled_fragment_assembler_t,
                    ImageControlledFragmentAssembler, CallControlledHandler>;

/// The assembler behind a handler and its `clientd`, when that is what they are: polls then call it without a detour.
[[nodiscard, gnu::always_inline]] inline FragmentAssembler* assembler_behind(aeron_fragment_handler_t handler,
                                                                             void* clientd) noexcept {
    if (handler != aeron_fragment_assembler_handler) return nullptr;
    auto* object = find<FragmentAssemblerObject>(static_cast<aeron_fragment_assembler_t*>(clientd));
    return object == nullptr ? nullptr : object->assembler.get();
}

}  // namespace gale::capi

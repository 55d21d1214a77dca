/// The assemblers of C: the C++ ones with a handler of C behind them.
#pragma once

#include "capi/client/handles.hpp"
#include "capi/client/polling.hpp"

#include <gale/fragment_assembler.hpp>

#include <memory>

namespace gale::capi {

template <Kind which, class Handle_, class Assembler, class Call> struct AssemblerObject {
    static constexpr Kind kind = which;
    using Handle = Handle_;
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

}  // namespace gale::capi

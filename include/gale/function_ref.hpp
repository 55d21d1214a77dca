/// A borrowed callable: two words, no allocation. It must outlive the call it is passed to.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace gale {

template <class Signature> class FunctionRef;

template <class Result, class... Args> class FunctionRef<Result(Args...)> {
public:
    template <class Callable>
        requires(!std::is_same_v<std::remove_cvref_t<Callable>, FunctionRef> &&
                 std::is_invocable_r_v<Result, Callable&, Args...>)
    FunctionRef(Callable&& callable) noexcept {  // NOLINT(google-explicit-constructor): a call site passes a lambda
        using Target = std::remove_reference_t<Callable>;
        if constexpr (std::is_function_v<Target>) {
            target_.function = reinterpret_cast<void (*)()>(&callable);
            call_ = [](Target_ target, Args... args) -> Result {
                return reinterpret_cast<Target*>(target.function)(std::forward<Args>(args)...);
            };
        } else {
            target_.object = const_cast<void*>(static_cast<const void*>(std::addressof(callable)));
            call_ = [](Target_ target, Args... args) -> Result {
                return (*static_cast<Target*>(target.object))(std::forward<Args>(args)...);
            };
        }
    }
    Result operator()(Args... args) const { return call_(target_, std::forward<Args>(args)...); }

private:
    union Target_ {
        void* object;
        void (*function)();
    };
    Target_ target_{};
    Result (*call_)(Target_, Args...) = nullptr;
};

}  // namespace gale

/// What the pointers of the C ABI point to: slots that stay mapped for ever, so that every pointer that was once given
/// out can be looked at, and says whether it is still good.
#pragma once

#include <aeron/aeronc.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <source_location>
#include <string_view>
#include <utility>

namespace gale::capi {

enum class Kind : std::uint8_t {
    none = 0,
    context,
    client,
    publication,
    exclusive_publication,
    subscription,
    image,
    counter,
    counters_reader,
    pending,
    cnc,
    fragment_assembler,
    image_fragment_assembler,
    controlled_fragment_assembler,
    image_controlled_fragment_assembler,
    uri_string_builder,
};

static_assert(static_cast<int>(Kind::image_controlled_fragment_assembler) < 16, "a token has four bits for it");

/// `the publication`, for texts.
[[nodiscard]] std::string_view name(Kind kind) noexcept;

/// A handle is the address of one of a slot's 15 places; with each new object another place is the valid one. So a
/// stale handle is told from those of the slot's next 14 objects.
struct alignas(256) Slot {
    static constexpr std::uintptr_t mask = 256 - 1;
    static constexpr std::uintptr_t kind_bits = 15;
    static constexpr std::size_t places = 15;
    static constexpr std::size_t place_length = 16;

    std::atomic<std::uintptr_t> token{0};  // the valid handle plus its kind; 0: there is none
    std::uint8_t place = 0;
    Kind kind = Kind::none;  // of the object, which may outlive its handle
    alignas(16) std::array<std::byte, 240> storage;
};
static_assert(sizeof(Slot) == 256 && offsetof(Slot, storage) == 16);

/// Room for one object, and back. Any thread.
[[nodiscard]] Slot& take_slot();
void give_back_slot(Slot& slot) noexcept;

/// What a type that lives in a slot is: `static constexpr Kind kind` and `using Handle`.
template <class Object>
concept Handled =
    requires { typename Object::Handle; } && sizeof(Object) <= sizeof(Slot::storage) && alignof(Object) <= 16;

[[nodiscard]] inline Slot& slot_of(const void* handle) noexcept {
    auto* place = static_cast<std::byte*>(const_cast<void*>(handle));
    return *reinterpret_cast<Slot*>(place - (reinterpret_cast<std::uintptr_t>(handle) & Slot::mask));
}

/// The handle in a token of this slot.
[[nodiscard]] inline void* handle_of(Slot& slot, std::uintptr_t token) noexcept {
    return reinterpret_cast<std::byte*>(&slot) + (token & Slot::mask & ~Slot::kind_bits);
}

template <Handled Object> [[nodiscard]] Object& object_in(Slot& slot) noexcept {
    return *std::launder(reinterpret_cast<Object*>(slot.storage.data()));
}

/// The object behind a handle; null when that is null, closed, or of another kind. One load and one comparison.
template <Handled Object>
[[nodiscard, gnu::always_inline]] inline Object* find(typename Object::Handle* handle) noexcept {
    if (handle == nullptr) [[unlikely]]
        return nullptr;
    Slot& slot = slot_of(handle);
    const auto expected = reinterpret_cast<std::uintptr_t>(handle) + static_cast<std::uintptr_t>(Object::kind);
    if (slot.token.load(std::memory_order_relaxed) != expected) [[unlikely]]
        return nullptr;
    return &object_in<Object>(slot);
}

/// Makes an object and the handle for it.
template <Handled Object, class... Args> [[nodiscard]] typename Object::Handle* create(Args&&... args) {
    Slot& slot = take_slot();
    try {
        std::construct_at(reinterpret_cast<Object*>(slot.storage.data()), std::forward<Args>(args)...);
    } catch (...) {
        give_back_slot(slot);
        throw;
    }
    slot.kind = Object::kind;
    void* handle = reinterpret_cast<std::byte*>(&slot) + slot.place * Slot::place_length;
    slot.token.store(reinterpret_cast<std::uintptr_t>(handle) + static_cast<std::uintptr_t>(Object::kind),
                     std::memory_order_release);
    return static_cast<typename Object::Handle*>(handle);
}

/// From now on the handle is stale; the object stays, for calls that are under way. False when somebody else did it.
template <Handled Object> bool invalidate(typename Object::Handle* handle) noexcept {
    auto expected = reinterpret_cast<std::uintptr_t>(handle) + static_cast<std::uintptr_t>(Object::kind);
    return slot_of(handle).token.compare_exchange_strong(expected, 0, std::memory_order_acq_rel);
}

/// Ends an object, whose handle is, or becomes, stale.
template <Handled Object> void destroy(Slot& slot) noexcept {
    slot.token.store(0, std::memory_order_release);
    std::destroy_at(&object_in<Object>(slot));
    slot.kind = Kind::none;
    give_back_slot(slot);
}

/// Sets the error for a handle that `find` had nothing for: which of null, of another kind, or closed it is.
void refuse(const void* handle, Kind wanted, std::source_location where = std::source_location::current()) noexcept;
/// Whether `handle` is good, but for an object of another kind.
[[nodiscard]] bool is_of_another_kind(const void* handle, Kind wanted) noexcept;

template <Handled Object>
int refused(typename Object::Handle* handle, std::source_location where = std::source_location::current()) noexcept {
    refuse(handle, Object::kind, where);
    return -1;
}

}  // namespace gale::capi

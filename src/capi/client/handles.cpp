#include "capi/client/handles.hpp"

#include "capi/error.hpp"

#include <cerrno>
#include <cstdio>
#include <deque>
#include <mutex>

namespace gale::capi {
namespace {

/// Free slots wait here, the longest free one first: a stale handle is then recognised for long.
class Slots {
public:
    Slot& take() {
        const std::lock_guard lock{mutex_};
        if (free_.size() < quarantine) {
            auto* more = new Slot[chunk];  // never freed, on purpose
            chunks_.push_back(more);
            for (std::size_t i = 0; i < chunk; ++i) free_.push_back(&more[i]);
        }
        Slot& slot = *free_.front();
        free_.pop_front();
        return slot;
    }
    void give_back(Slot& slot) noexcept {
        const std::lock_guard lock{mutex_};
        slot.place = static_cast<std::uint8_t>((slot.place + 1) % Slot::places);
        free_.push_back(&slot);
    }

private:
    static constexpr std::size_t quarantine = 64;
    static constexpr std::size_t chunk = 128;
    std::mutex mutex_;
    std::deque<Slot*> free_;
    std::deque<Slot*> chunks_;  // that leak checkers see them
};

Slots& slots() {
    static auto* const all = new Slots;  // lives as long as any thread may call
    return *all;
}

}  // namespace

std::string_view name(Kind kind) noexcept {
    switch (kind) {
    case Kind::none: return "nothing";
    case Kind::context: return "the context";
    case Kind::client: return "the client";
    case Kind::publication: return "the publication";
    case Kind::exclusive_publication: return "the exclusive publication";
    case Kind::subscription: return "the subscription";
    case Kind::image: return "the image";
    case Kind::counter: return "the counter";
    case Kind::counters_reader: return "the counters reader";
    case Kind::pending: return "the pending operation";
    case Kind::cnc: return "the control file";
    case Kind::fragment_assembler:
    case Kind::image_fragment_assembler:
    case Kind::controlled_fragment_assembler:
    case Kind::image_controlled_fragment_assembler: return "the assembler";
    case Kind::uri_string_builder: return "the channel's builder";
    }
    return "nothing";
}

Slot& take_slot() { return slots().take(); }
void give_back_slot(Slot& slot) noexcept { slots().give_back(slot); }

bool is_of_another_kind(const void* handle, Kind wanted) noexcept {
    if (handle == nullptr) return false;
    const std::uintptr_t token = slot_of(handle).token.load(std::memory_order_relaxed);
    return (token & ~Slot::kind_bits) == reinterpret_cast<std::uintptr_t>(handle) &&
           (token & Slot::kind_bits) != static_cast<std::uintptr_t>(wanted) && (token & Slot::kind_bits) != 0;
}

void refuse(const void* handle, Kind wanted, std::source_location where) noexcept {
    const std::string_view what = name(wanted);
    char text[160];
    if (handle == nullptr) {
        std::snprintf(text, sizeof text, "%.*s is null", static_cast<int>(what.size()), what.data());
    } else if (is_of_another_kind(handle, wanted)) {
        const std::string_view other =
            name(Kind{static_cast<std::uint8_t>(slot_of(handle).token.load() & Slot::kind_bits)});
        std::snprintf(text, sizeof text, "%.*s is none: this is %.*s", static_cast<int>(what.size()), what.data(),
                      static_cast<int>(other.size()), other.data());
    } else {
        std::snprintf(text, sizeof text, "%.*s was closed or freed, or never was one", static_cast<int>(what.size()),
                      what.data());
    }
    set_error(EINVAL, text, where);
}

}  // namespace gale::capi

/// Reading and writing the fields of a control message one after the other; every length is checked before it is
/// believed.
#pragma once

#include "base/field.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace gale::control {

/// A message being put together. Control messages are few: allocating is fine.
class MessageWriter {
public:
    template <class T> MessageWriter& put(T value) {
        static_assert(std::is_trivially_copyable_v<T> && !std::is_pointer_v<T>);
        return put_bytes(std::as_bytes(std::span{&value, 1}));
    }
    MessageWriter& put_bytes(std::span<const std::byte> bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
        return *this;
    }
    /// A 32-bit length, then the text.
    MessageWriter& put_text(std::string_view text) {
        put(static_cast<std::int32_t>(text.size()));
        return put_bytes(std::as_bytes(std::span{text.data(), text.size()}));
    }
    MessageWriter& align(std::size_t alignment) {
        bytes_.resize((bytes_.size() + alignment - 1) / alignment * alignment);
        return *this;
    }
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

private:
    std::vector<std::byte> bytes_;
};

/// A message being taken apart. After the first field that does not fit, `ok` is false and every further one is empty.
class MessageReader {
public:
    explicit MessageReader(std::span<const std::byte> bytes) noexcept : bytes_{bytes} {}
    template <class T> [[nodiscard]] T take() noexcept {
        T value{};
        if (!has(sizeof(T))) return value;
        std::memcpy(&value, bytes_.data() + at_, sizeof(T));
        at_ += sizeof(T);
        return value;
    }
    /// `length` bytes; fails when negative or more than there are.
    [[nodiscard]] std::span<const std::byte> take_bytes(std::int32_t length) noexcept {
        if (length < 0 || !has(static_cast<std::size_t>(length))) {
            ok_ = false;
            return {};
        }
        const auto taken = bytes_.subspan(at_, static_cast<std::size_t>(length));
        at_ += taken.size();
        return taken;
    }
    /// A 32-bit length, then the text.
    [[nodiscard]] std::string_view take_text() noexcept {
        const auto length = take<std::int32_t>();
        return ok_ ? as_text(take_bytes(length)) : std::string_view{};
    }
    void align(std::size_t alignment) noexcept { at_ = (at_ + alignment - 1) / alignment * alignment; }
    [[nodiscard]] std::size_t rest() const noexcept { return at_ < bytes_.size() ? bytes_.size() - at_ : 0; }
    [[nodiscard]] bool ok() const noexcept { return ok_; }

private:
    [[nodiscard]] bool has(std::size_t count) noexcept {
        ok_ = ok_ && count <= rest();
        return ok_;
    }
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    bool ok_ = true;
};

[[nodiscard]] inline CorrelationId take_id(MessageReader& in) noexcept {
    return CorrelationId{in.take<std::int64_t>()};
}
[[nodiscard]] inline StreamId take_stream(MessageReader& in) noexcept { return StreamId{in.take<std::int32_t>()}; }

}  // namespace gale::control

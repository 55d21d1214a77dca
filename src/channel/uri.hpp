/// A channel as text, taken apart: qualifier, media and parameters. Nothing is known here of what parameters mean.
#pragma once

#include "channel/refusal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::channel {

enum class Media : std::uint8_t { ipc, udp };
/// What the qualifier says: a spy listens to the log of a network publication of the same driver.
enum class Qualifier : std::uint8_t { none, spy };

inline constexpr std::size_t max_uri_length = 4095;
inline constexpr std::string_view spy_qualifier = "aeron-spy:";

[[nodiscard]] std::string_view name(Media media) noexcept;

struct Parameter {
    std::string key;
    std::string value;
    bool operator==(const Parameter&) const = default;
};

/// docs/formats/channel-uri.md, grammar. A value: copied, compared, printed. Keys are unique, no key or value is empty.
class Uri {
public:
    /// Strict. Throws Error{invalid_channel}; an empty value of a parameter that is a number is `generic`.
    [[nodiscard]] static Uri parse(std::string_view text);

    [[nodiscard]] Media media() const noexcept { return media_; }
    [[nodiscard]] Qualifier qualifier() const noexcept { return qualifier_; }
    [[nodiscard]] bool is_spy() const noexcept { return qualifier_ == Qualifier::spy; }
    [[nodiscard]] bool is_udp() const noexcept { return media_ == Media::udp; }

    /// In the order in which they were given.
    [[nodiscard]] const std::vector<Parameter>& parameters() const noexcept { return parameters_; }
    /// The value of exactly this key, or nothing. Valid as long as the Uri is.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view key) const noexcept;
    [[nodiscard]] bool has(std::string_view key) const noexcept { return find(key).has_value(); }

    /// The very text that was parsed: what is sent to a driver, since identities use values verbatim.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    /// What was given for `key`, ready to be refused. `value` is empty when nothing was.
    [[nodiscard]] Given given(std::string_view key) const noexcept;

    /// Same meaning: qualifier, media and parameters in order, whatever the text (`aeron:ipc?` is `aeron:ipc`).
    friend bool operator==(const Uri& a, const Uri& b) noexcept {
        return a.qualifier_ == b.qualifier_ && a.media_ == b.media_ && a.parameters_ == b.parameters_;
    }

private:
    Uri() = default;
    void parse_parameters(std::string_view parameters);
    void add(std::string_view parameter, bool last);

    std::string text_;
    Qualifier qualifier_ = Qualifier::none;
    Media media_ = Media::ipc;
    std::vector<Parameter> parameters_;
};

/// Qualifier, media and parameters in their order, without anything optional: parse(print(x)) == x.
[[nodiscard]] std::string print(const Uri& uri);

}  // namespace gale::channel

/// Puts a channel together from parameters and says what is wrong with it before any driver does.
#pragma once

#include "channel/uri.hpp"

#include <gale/types.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gale::channel {

/// The same order of calls or another, the text comes out the same: known parameters first, in the order of keys.hpp,
/// then the unknown ones as they were set.
class UriBuilder {
public:
    explicit UriBuilder(Media media, Qualifier qualifier = Qualifier::none) : media_{media}, qualifier_{qualifier} {}
    /// To change a channel that somebody else wrote.
    explicit UriBuilder(const Uri& uri)
        : media_{uri.media()}, qualifier_{uri.qualifier()}, parameters_{uri.parameters()} {}

    /// Replaces what was set before. Throws Error when the text could not be read back (| in a value, say), or when a
    /// known parameter cannot have this value.
    UriBuilder& set(std::string_view key, std::string_view value);
    UriBuilder& set_number(std::string_view key, std::int64_t value);
    UriBuilder& set_size(std::string_view key, std::int64_t bytes);
    UriBuilder& set_duration(std::string_view key, Nanos duration);
    UriBuilder& set_flag(std::string_view key, bool value);
    UriBuilder& session_id(SessionId session);
    /// Nothing happens when there is no such parameter.
    UriBuilder& remove(std::string_view key);

    /// Where a log of this term length begins.
    struct Start {
        Position position{};
        TermId initial_term_id{};
        std::int32_t term_length = 0;
    };
    /// Sets term-length, init-term-id, term-id and term-offset.
    UriBuilder& initial_position(const Start& start);

    /// Throws Error for what is wrong only in company: an incomplete triple, a UDP channel without any address.
    [[nodiscard]] Uri build() const;
    [[nodiscard]] std::string text() const { return build().text(); }

private:
    Media media_;
    Qualifier qualifier_;
    std::vector<Parameter> parameters_;
};

}  // namespace gale::channel

/// What a diagnosis looks for among a driver's counters, and the words for it.
#pragma once

#include "channel/uri.hpp"
#include "client/doctor.hpp"
#include "client/evidence.hpp"

#include <gale/diagnosis.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gale::client {

/// Nothing for a label that was cut.
[[nodiscard]] std::optional<channel::Uri> uri_of(const std::string& channel);
/// Empty when it is not there.
[[nodiscard]] std::string parameter(const std::optional<channel::Uri>& uri, std::string_view key);
/// Whether two channels meet in one socket of a driver, as far as text can tell.
[[nodiscard]] bool share_address(const std::optional<channel::Uri>& a, const std::optional<channel::Uri>& b);
/// 1.5 MiB
[[nodiscard]] std::string bytes_text(std::int64_t bytes);

/// A stream as its counters show it.
struct Seen {
    std::string channel;
    std::optional<channel::Uri> uri;
    SessionId session_id;
    StreamId stream_id;
    /// What a person may type, in backquotes.
    [[nodiscard]] std::string sub_command() const;
    [[nodiscard]] std::string doctor_command() const;
};
[[nodiscard]] Seen seen_by(const control::CounterCopy& counter);

/// The status of the socket that a channel sends from or listens on, and the addresses it has bound.
struct Socket {
    std::int64_t status;
    std::string addresses;
};
[[nodiscard]] std::optional<Socket> socket_of(const Evidence& evidence, control::CounterType type,
                                              const std::string& channel, const std::optional<channel::Uri>& uri);
/// All well when it is active.
[[nodiscard]] Diagnosis of_socket(const Evidence& evidence, const Socket& socket, const Seen& seen);

/// The latest error in whose text one of these stands; empty when there is none.
[[nodiscard]] std::string error_about(const Evidence& evidence, const std::vector<std::string>& words);
/// Other streams with the same address in this driver, of one kind of counter: `77, 78`.
[[nodiscard]] std::string neighbours(const Evidence& evidence, control::CounterType type,
                                     const std::optional<channel::Uri>& uri, std::optional<StreamId> but);
/// Where a publication's stream began.
[[nodiscard]] std::int64_t start_of(const Seen& seen, std::int32_t term_length);
/// Null when there is none.
[[nodiscard]] const control::CounterCopy* slowest_of(const std::vector<const control::CounterCopy*>& readers);
/// `client 5 its name`
[[nodiscard]] std::string client_of(const Evidence& evidence, std::int64_t client);
/// What a position has done between two looks, as the end of a sentence; empty when there was one only.
[[nodiscard]] std::string motion(const Looks& looks, const control::CounterCopy& now);
[[nodiscard]] Diagnosis slow_subscriber(const Looks& looks, const control::CounterCopy& reader, std::int64_t behind);

}  // namespace gale::client

/// A text from an http:// address: as much of HTTP as that takes.
#pragma once

#include <string>
#include <string_view>

namespace gale::os {

/// The body of what `GET url` answers with status 200, at most `limit` bytes. No redirections, no encryption. Blocks,
/// but for no more than a few seconds between two bytes. Throws Error: what the server said instead, or the system.
[[nodiscard]] std::string http_get(std::string_view url, std::size_t limit);

}  // namespace gale::os

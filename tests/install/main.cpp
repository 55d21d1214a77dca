/// What a user's first program needs of an installation: headers that stand alone, and a library to link.
#if __has_include(<gale/gale.hpp>)
#include <gale/gale.hpp>
#endif
#include <gale/error.hpp>
#include <gale/types.hpp>

#include <cstdio>

int main() {
    const gale::StreamId stream{1001};
    const auto bytes = gale::as_bytes("installed");
    const auto word = gale::name(gale::ErrorCode::invalid_channel);  // from the library, not from a header
    std::printf("%.*s: stream %d, %zu bytes\n", static_cast<int>(word.size()), word.data(), stream.value, bytes.size());
    return word == "invalid_channel" && bytes.size() == 9 ? 0 : 1;
}

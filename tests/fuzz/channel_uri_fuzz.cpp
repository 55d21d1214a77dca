// A channel is whatever a program, or a hostile one, writes.
#include "base/ensure.hpp"
#include "channel/parameters.hpp"
#include "channel/uri.hpp"
#include "fuzz/fuzz.hpp"

#include <gale/error.hpp>

namespace {

template <class Parse> void allow_refusal(Parse parse) {
    try {
        parse();
    } catch (const gale::Error&) {  // says what is wrong with it: as it should
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gale::channel;
    gale::fuzz::Input input{data, size};
    const std::string_view text = input.text();
    allow_refusal([&] {
        const Uri uri = Uri::parse(text);
        gale::ensure(Uri::parse(print(uri)) == uri, "a channel that was printed reads the same");
        allow_refusal([&] { (void)parse_publication(uri, {}); });
        allow_refusal([&] { (void)parse_subscription(uri, {}); });
        allow_refusal([&] { (void)session_tag(uri); });
    });
    return 0;
}

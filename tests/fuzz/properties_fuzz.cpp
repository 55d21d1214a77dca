// A file of the driver's options is written by people.
#include "base/ensure.hpp"
#include "driver/options.hpp"
#include "fuzz/fuzz.hpp"

#include <gale/error.hpp>

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace gale::driver;
    gale::fuzz::Input input{data, size};
    try {
        gale::DriverOptions options;
        (void)load_properties(input.text(), "the input", options);
        validate(options);
        const std::string told = configuration_text(options);
        gale::DriverOptions again;
        (void)load_properties(told, "what was told", again);
        gale::ensure(configuration_text(again) == told, "what is told of options sets the same options");
    } catch (const gale::Error&) {  // says which line is wrong: as it should
    }
    return 0;
}

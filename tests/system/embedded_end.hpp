/// One end of a stream in the process of the test: a driver that really uses the network, and a client of it.
#pragma once

#include "support/test_directory.hpp"

#include <gale/gale.hpp>

#include <chrono>
#include <functional>

namespace gale::testing {

struct End {
    /// `change`: what is to be otherwise in the driver.
    explicit End(Nanos silence = std::chrono::seconds{1}, const std::function<void(DriverOptions&)>& change = {})
        : driver{MediaDriver::launch(options(directory.path(), silence, change))},
          client{Client::connect({.directory = directory.path(), .name = "tested"})} {}
    TestDirectory directory;
    MediaDriver driver;
    Client client;

private:
    static DriverOptions options(const std::string& directory, Nanos silence,
                                 const std::function<void(DriverOptions&)>& change) {
        DriverOptions made{.directory = directory,
                           .counters_buffer_length = 1 << 20,
                           .term_buffer_length = 1 << 18,
                           .ipc_term_buffer_length = 1 << 18,
                           .low_file_store_warning_threshold = 0,
                           .timer_interval = std::chrono::milliseconds{50},
                           .publication_connection_timeout = silence,
                           .image_liveness_timeout = silence};
        if (change) change(made);
        return made;
    }
};

}  // namespace gale::testing

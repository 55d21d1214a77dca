/// One end of a stream in the process of the test: a driver that really uses the network, and a client of it.
#pragma once

#include "support/test_directory.hpp"

#include <gale/gale.hpp>

#include <chrono>

namespace gale::testing {

struct End {
    explicit End(Nanos silence = std::chrono::seconds{1})
        : driver{MediaDriver::launch({.directory = directory.path(),
                                      .counters_buffer_length = 1 << 20,
                                      .term_buffer_length = 1 << 18,
                                      .ipc_term_buffer_length = 1 << 18,
                                      .low_file_store_warning_threshold = 0,
                                      .timer_interval = std::chrono::milliseconds{50},
                                      .publication_connection_timeout = silence,
                                      .image_liveness_timeout = silence})},
          client{Client::connect({.directory = directory.path(), .name = "tested"})} {}
    TestDirectory directory;
    MediaDriver driver;
    Client client;
};

}  // namespace gale::testing

/// A program that is nothing but a driver, until a signal comes; then its own way with signals is back. Arguments: a
/// directory, and `invoker` for one without threads.
#include <gale/gale.hpp>

#include <csignal>
#include <cstdio>
#include <string_view>

namespace {

volatile std::sig_atomic_t own_signals = 0;

void count_signal(int) { own_signals = own_signals + 1; }

}  // namespace

int main(int count, char** words) try {
    gale::DriverOptions options;
    options.directory = words[1];
    options.delete_directory_on_shutdown = true;
    options.counters_buffer_length = 1 << 20;
    options.low_file_store_warning_threshold = 0;
    if (count > 2 && words[2] == std::string_view{"invoker"}) options.threading_mode = gale::ThreadingMode::invoker;
    std::signal(SIGTERM, count_signal);
    gale::media_driver(options);
    std::puts(own_signals == 0 ? "served" : "the signal came to the program");
    std::raise(SIGTERM);
    std::puts(own_signals == 1 ? "has its signals back" : "the signal went somewhere else");
} catch (const gale::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}

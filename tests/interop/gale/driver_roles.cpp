// Roles that ask one thing of the driver, and the driver itself.
#include "interop/gale/roles.hpp"

#include <gale/media_driver.hpp>

#include <stdexcept>
#include <string>

namespace gale::interop {

ClientOptions client_options(Arguments& arguments, Console& console) {
    ClientOptions options = ClientOptions::from_environment();
    options.directory = arguments.text("dir");
    options.idle_sleep = std::chrono::milliseconds{2};
    options.on_error = [&console](const Error& error) {
        console.error(std::string{name(error.code())} + ' ' + error.what());
    };
    return options;
}

void run_driver(Arguments& arguments, Console& console) {
    DriverOptions options = DriverOptions::from_environment();
    options.directory = arguments.text("dir");
    options.delete_directory_on_start = true;
    const std::string threading = arguments.text("threading", "shared");
    if (threading == "shared")
        options.threading_mode = ThreadingMode::shared;
    else if (threading == "dedicated")
        options.threading_mode = ThreadingMode::dedicated;
    else
        throw std::invalid_argument{"--threading is shared or dedicated"};
    options.on_terminate = [&console] {
        console.tell("terminated");
        console.quit();
    };
    arguments.reject_unused();
    const MediaDriver driver = MediaDriver::launch(std::move(options));
    console.tell("ready");
    console.await_finish();
}

void run_add_fails(Arguments& arguments, Console& console) {
    const std::string channel = arguments.text("channel");
    const StreamId stream{arguments.integer("stream")};
    const std::string kind = arguments.text("kind");
    Client client = Client::connect(client_options(arguments, console));
    arguments.reject_unused();
    try {
        if (kind == "pub")
            static_cast<void>(client.add_publication(channel, stream));
        else if (kind == "exclusive")
            static_cast<void>(client.add_exclusive_publication(channel, stream));
        else if (kind == "sub")
            static_cast<void>(client.add_subscription(channel, stream));
        else
            throw std::invalid_argument{"--kind is pub, exclusive or sub"};
    } catch (const Error& refusal) {
        console.tell("registration-error code=" + std::to_string(static_cast<int>(refusal.code())) +
                     " text=" + refusal.what());
        return;
    }
    throw std::runtime_error{"the driver accepted " + channel};
}

void run_next_session(Arguments& arguments, Console& console) {
    const StreamId stream{arguments.integer("stream")};
    Client client = Client::connect(client_options(arguments, console));
    arguments.reject_unused();
    console.tell("session id=" + std::to_string(client.next_session_id(stream).value));
}

}  // namespace gale::interop

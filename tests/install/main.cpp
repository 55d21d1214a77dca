/// What a user's first program needs of an installation: headers that stand alone, and a library that runs a driver, a
/// client, and a message from one end of a stream to the other. Its argument is a directory that is not there yet.
#include <gale/gale.hpp>

#include <cstdio>
#include <string>
#include <thread>

int main(int count, char** words) try {
    if (count != 2) return 2;
    gale::DriverOptions options;
    options.directory = words[1];
    options.delete_directory_on_shutdown = true;
    options.ipc_term_buffer_length = 64 * 1024;
    const auto driver = gale::MediaDriver::launch(options);

    gale::ClientOptions client_options;
    client_options.directory = driver.directory();
    auto client = gale::Client::connect(client_options);
    auto subscription = client.add_subscription("aeron:ipc", gale::StreamId{1001});
    auto publication = client.add_publication("aeron:ipc", gale::StreamId{1001});
    while (!publication.offer(gale::as_bytes("installed"))) std::this_thread::yield();

    std::string heard;
    const auto hear = [&](std::span<const std::byte> bytes, const gale::Header&) { heard = gale::as_text(bytes); };
    while (subscription.poll(hear, 1) == 0) std::this_thread::yield();
    std::printf("%s: %s\n", words[0], heard.c_str());
    return heard == "installed" ? 0 : 1;
} catch (const gale::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
}

// `counters`, `add-counter` and `static-counter`.
#include "interop/gale/roles.hpp"

#include <string>

namespace gale::interop {
namespace {

std::string hex(std::span<const std::byte> bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        text += digits[std::to_integer<unsigned>(byte) >> 4U];
        text += digits[std::to_integer<unsigned>(byte) & 15U];
    }
    return text;
}

/// Understands "set V" and "close" until the end.
void hold(Counter& counter, Console& console) {
    console.tell("counter id=" + std::to_string(counter.id().value));
    while (!console.finished()) {
        const auto command = console.command();
        if (!command) {
            console.rest();
        } else if (command->starts_with("set ")) {
            counter.set(std::stoll(command->substr(4)));
            console.tell("value=" + std::to_string(counter.value()));
        } else if (*command == "close") {
            counter.close();
            console.tell("closed");
        }
    }
}

}  // namespace

void run_counters(Arguments& arguments, Console& console) {
    const bool keys = arguments.flag("keys");
    const Client client = Client::connect(client_options(arguments, console));
    arguments.reject_unused();
    client.counters().for_each([&](const CounterInfo& counter) {
        console.tell("counter id=" + std::to_string(counter.id.value) + " type=" + std::to_string(counter.type_id) +
                     " value=" + std::to_string(counter.value) + " registration=" +
                     std::to_string(counter.registration_id) + " owner=" + std::to_string(counter.owner_id) +
                     (keys ? " key=" + hex(counter.key) : "") + " label=" + std::string{counter.label});
    });
}

void run_add_counter(Arguments& arguments, Console& console) {
    const CounterOptions options{.type_id = arguments.integer("type"), .label = arguments.text("label")};
    const std::int64_t value = arguments.number("value", 0);
    Client client = Client::connect(client_options(arguments, console));
    arguments.reject_unused();
    Counter counter = client.add_counter(options);
    counter.set(value);
    hold(counter, console);
}

void run_static_counter(Arguments& arguments, Console& console) {
    const CounterOptions options{.type_id = arguments.integer("type"), .label = arguments.text("label")};
    const std::int64_t registration = arguments.number("registration");
    const bool sets = !arguments.all("value").empty();
    const std::int64_t value = arguments.number("value", 0);
    Client client = Client::connect(client_options(arguments, console));
    arguments.reject_unused();
    Counter counter = client.add_static_counter(options, registration);
    if (sets) counter.set(value);  // found again, a static counter keeps what it had
    hold(counter, console);
}

}  // namespace gale::interop

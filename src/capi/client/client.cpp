#include "capi/client/client.hpp"

#include "agent/rest.hpp"
#include "base/text.hpp"
#include "capi/client/lingering.hpp"
#include "capi/error.hpp"
#include "os/clock.hpp"
#include "os/process.hpp"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace gale::capi {
namespace {

/// How our own strategies rest: without a bell, for what wakes a client wakes its own sleep only.
void rest_as(Idle& idle, int work) noexcept {
    if (idle.theirs != nullptr) return idle.theirs(idle.state, work);
    if (!idle.ours) return;
    agent::ThreadRest rest{std::nullopt};
    idle.ours->idle(work, rest);
}

void tell_error_frame(const Callback<aeron_publication_error_frame_handler_t>& handler, const PublicationError& error) {
    const std::size_t length = offsetof(aeron_publication_error_values_t, error_message) + error.text.size();
    std::vector<std::byte> memory(std::max(length + 1, sizeof(aeron_publication_error_values_t)));
    auto* frame = new (memory.data()) aeron_publication_error_values_t{};
    frame->registration_id = error.original_registration_id.value;
    frame->destination_registration_id = error.destination_registration_id.value;
    frame->session_id = error.session_id.value;
    frame->stream_id = error.stream_id.value;
    frame->receiver_id = error.receiver_id;
    frame->group_tag = error.group_tag;
    frame->address_type = error.source_ip.size() == 4    ? AERON_RESPONSE_ADDRESS_TYPE_IPV4
                          : error.source_ip.size() == 16 ? AERON_RESPONSE_ADDRESS_TYPE_IPV6
                                                         : 0;
    frame->source_port = error.source_port;
    std::ranges::copy(error.source_ip, frame->source_address);
    frame->error_code = static_cast<std::int32_t>(error.code);
    frame->error_message_length = static_cast<std::int32_t>(error.text.size());
    std::memcpy(memory.data() + offsetof(aeron_publication_error_values_t, error_message), error.text.data(),
                error.text.size());
    handler.function(handler.clientd, frame);
}

ClientOptions client_options(const Options& from, ClientData& data) {
    ClientOptions options;
    options.directory = from.directory;
    // Aeron takes no time at all for a time; here each is the least that there is.
    const auto at_least_one = [](std::uint64_t value) {
        return static_cast<std::int64_t>(std::max<std::uint64_t>(value, 1));
    };
    options.driver_timeout = Millis{at_least_one(from.driver_timeout_ms)};
    options.keepalive_interval = Nanos{at_least_one(from.keepalive_interval_ns)};
    options.resource_linger = Nanos{static_cast<std::int64_t>(from.resource_linger_ns)};
    options.idle_sleep = Nanos{at_least_one(from.idle_sleep_ns)};
    options.name = from.client_name;
    options.pre_touch_mapped_memory = from.pre_touch;
    options.conductor = from.invoker ? ConductorMode::invoker : ConductorMode::thread;
    if (!from.idle) throw Error{ErrorCode::invalid_argument, "the context has no idle strategy: set one"};
    if (from.idle->ours && from.idle->ours->kind() == agent::IdleKind::sleeping) {
        if (const auto sleep = parse_duration(from.idle->ours->arguments()); sleep && *sleep > Nanos::zero())
            options.idle_sleep = std::min(options.idle_sleep, *sleep);
    } else {
        options.rest = [idle = std::make_shared<Idle>(*from.idle)](int work) { rest_as(*idle, work); };
    }

    if (const auto handler = from.on_error; handler.function != nullptr)
        options.on_error = [handler](const Error& error) {
            handler.function(handler.clientd, number_for_handlers(error.code()), error.what());
        };
    else
        options.on_error = [](const Error&) {};
    if (const auto handler = from.on_error_frame; handler.function != nullptr)
        options.on_publication_error = [handler](const PublicationError& error) { tell_error_frame(handler, error); };
    if (const auto handler = from.on_new_publication; handler.function != nullptr)
        options.on_new_publication = [handler](std::string_view channel, StreamId stream, SessionId session,
                                               CorrelationId id) {
            handler.function(handler.clientd, std::string{channel}.c_str(), stream.value, session.value, id.value);
        };
    if (const auto handler = from.on_new_exclusive_publication; handler.function != nullptr)
        options.on_new_exclusive_publication = [handler](std::string_view channel, StreamId stream, SessionId session,
                                                         CorrelationId id) {
            handler.function(handler.clientd, std::string{channel}.c_str(), stream.value, session.value, id.value);
        };
    if (const auto handler = from.on_new_subscription; handler.function != nullptr)
        options.on_new_subscription = [handler](std::string_view channel, StreamId stream, CorrelationId id) {
            handler.function(handler.clientd, std::string{channel}.c_str(), stream.value, id.value);
        };
    if (const auto handler = from.on_available_counter; handler.function != nullptr)
        options.on_available_counter = [handler, &data](const CountersReader&, CorrelationId id, CounterId counter) {
            handler.function(handler.clientd, data.reader, id.value, counter.value);
        };
    if (const auto handler = from.on_unavailable_counter; handler.function != nullptr)
        options.on_unavailable_counter = [handler, &data](const CountersReader&, CorrelationId id, CounterId counter) {
            handler.function(handler.clientd, data.reader, id.value, counter.value);
        };
    if (const auto handler = from.on_start; handler.function != nullptr)
        options.on_conductor_start = [handler] { handler.function(handler.clientd, "aeron-client"); };
    return options;
}

/// -1001 instead of -1000 for a file that is there, as long as one has to be, and was never made ready.
std::shared_ptr<client::ClientCore> find_core(ClientOptions options) {
    const std::string directory = options.directory;
    try {
        return client::ClientCore::prepare(std::move(options));
    } catch (const Error& error) {
        std::error_code ignored;
        const auto length = std::filesystem::file_size(control::CncFile::path(directory), ignored);
        if (error.code() != ErrorCode::driver_timeout || ignored || length <= sizeof(control::CncHeader) ||
            control::CncFile::open(directory, os::Access::read_only).state != control::CncState::not_ready)
            throw;
        throw Error{ErrorCode::client_timeout, error.what()};
    }
}

// With it all its logs stay mapped, of which a program that opens and closes clients all the time may have many.
constexpr Nanos longest_client_linger{1'000'000'000};

// One that throws keeps none of the others from being called.
int call_close_handlers(ClientData& data) noexcept {
    std::vector<AddedHandler<aeron_on_close_client_t>> handlers;
    {
        const std::lock_guard lock{data.handlers_mutex};
        handlers.swap(data.close_handlers);
    }
    int result = 0;
    for (const auto& handler : handlers)
        if (guarded([&] { handler.callback.function(handler.callback.clientd); }) != 0) result = -1;
    return result;
}

}  // namespace

ClientData::ClientData(aeron_context_t* with, const Options& options)
    : context{with}, linger{static_cast<std::int64_t>(options.resource_linger_ns)}, invoker{options.invoker} {
    if (options.idle) idle = std::make_unique<Idle>(*options.idle);
    core = find_core(client_options(options, *this));
    if (options.on_close.function != nullptr) close_handlers.push_back({options.on_close});
    reader = make_reader(*core->cnc());
}

ClientData::~ClientData() {
    for (Slot* slot : std::exchange(pending_, {})) destroy_any(*slot);
    for (Slot* slot : images_) destroy_any(*slot);
    for (const auto& entry : resources_) destroy_any(*entry.second);
    if (reader != nullptr) destroy<CountersReaderObject>(slot_of(reader));
}

void ClientData::add_resource(std::int64_t registration_id, Slot& slot) {
    const std::lock_guard lock{mutex_};
    resources_.emplace(registration_id, &slot);
}

Slot* ClientData::resource(std::int64_t registration_id, Kind kind) {
    const std::lock_guard lock{mutex_};
    const auto found = resources_.find(registration_id);
    return found != resources_.end() && found->second->kind == kind ? found->second : nullptr;
}

void ClientData::forget_resource(std::int64_t registration_id) {
    const std::lock_guard lock{mutex_};
    resources_.erase(registration_id);
}

void ClientData::add_image(Slot& slot) {
    const std::lock_guard lock{mutex_};
    images_.insert(&slot);
}

void ClientData::forget_image(Slot& slot) {
    const std::lock_guard lock{mutex_};
    images_.erase(&slot);
}

void ClientData::add_pending(Slot& slot) {
    const std::lock_guard lock{mutex_};
    pending_.insert(&slot);
}

void ClientData::forget_pending(Slot& slot) {
    const std::lock_guard lock{mutex_};
    pending_.erase(&slot);
}

Slot* ClientData::pending(std::int64_t registration_id, Kind asked_for) {
    const std::lock_guard lock{mutex_};
    for (Slot* slot : pending_) {
        const auto& object = object_in<PendingObject>(*slot);
        const auto kind_of = [&] {
            switch (object.what.index()) {
            case 0: return Kind::publication;
            case 1: return Kind::exclusive_publication;
            case 2: return Kind::subscription;
            case 3: return Kind::counter;
            default: return Kind::none;
            }
        };
        if (object.registration_id.value == registration_id && kind_of() == asked_for) return slot;
    }
    return nullptr;
}

void ClientData::retire(Slot& slot) noexcept { destroy_later(slot, linger); }

void ClientData::end_handles() noexcept {
    const std::lock_guard lock{mutex_};
    for (Slot* slot : pending_) slot->token.store(0);
    for (Slot* slot : images_) slot->token.store(0);
    for (const auto& entry : resources_) entry.second->token.store(0);
    slot_of(reader).token.store(0);
}

void ClientData::on_conductor(std::function<void()> work) {
    if (invoker)
        work();
    else
        core->post(std::move(work));
}

void ClientData::notify(Notification notification) {
    if (notification.function == nullptr) return;
    on_conductor([notification] { notification.function(notification.clientd); });
}

void ClientData::require_open() const {
    if (!core->is_closed()) return;
    const auto reason = core->close_reason();
    throw Error{ErrorCode::closed,
                reason ? std::string{"the client is closed: "} + reason->what() : std::string{"the client is closed"}};
}

}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::ConductorMode;
using gale::Error;
using gale::ErrorCode;

int aeron_init(aeron_t** client, aeron_context_t* context) {
    if (client == nullptr) return fail(EINVAL, "there is no place for the client: null");
    const auto* options = find<ContextObject>(context);
    if (options == nullptr) return refused<ContextObject>(context);
    return guarded([&] {
        auto data = std::make_unique<ClientData>(context, *options->options);
        *client = create<ClientObject>(std::move(data));
    });
}

int aeron_start(aeron_t* client) {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) return refused<ClientObject>(client);
    if (object->is_started.exchange(true)) return fail(EINVAL, "the client was started already");
    const int result = guarded([&] { object->data->core->start(); });
    if (result != 0) object->is_started = false;
    return result;
}

int aeron_main_do_work(aeron_t* client) {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) return refused<ClientObject>(client);
    if (!object->data->invoker) return fail(EINVAL, "the client has a conductor thread: it is not run by the program");
    return guarded([&] { return object->data->core->do_work(); });
}

void aeron_main_idle_strategy(aeron_t* client, int work_count) {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) {
        refuse(client, Kind::client);
        return;
    }
    if (object->data->idle) rest_as(*object->data->idle, work_count);
}

int aeron_close(aeron_t* client) {
    if (client == nullptr) return 0;
    auto* object = find<ClientObject>(client);
    if (object == nullptr) return refused<ClientObject>(client);
    ClientData& data = *object->data;
    if (data.core->in_handler())
        return fail(EPERM, "a handler or an idle strategy must not close the client whose conductor runs it");
    if (object->is_closing.exchange(true)) return fail(EINVAL, "the client is being closed already");
    data.core->close();
    const int result = call_close_handlers(data);
    data.core->settle();  // a program that steps it on another thread may be in a handler
    data.end_handles();
    invalidate<ClientObject>(client);
    destroy_later(slot_of(client), std::min(data.linger, longest_client_linger));
    return result;
}

bool aeron_is_closed(aeron_t* client) {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) {
        refuse(client, Kind::client);
        return true;
    }
    return object->data->core->is_closed();
}

void aeron_print_counters(aeron_t* client, void (*stream_out)(const char*)) {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) return refuse(client, Kind::client);
    if (stream_out == nullptr) return set_error(EINVAL, "there is nobody to print to: null");
    object->data->core->cnc()->counters().for_each([&](const gale::shm::CounterView& counter) {
        char line[AERON_COUNTER_MAX_LABEL_LENGTH + 64];
        const std::string label{counter.label};
        std::snprintf(line, sizeof line, "%3" PRId32 ": %20" PRId64 " - %s\n", counter.id.value, counter.value,
                      label.c_str());
        stream_out(line);
    });
}

aeron_context_t* aeron_context(aeron_t* client) {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) {
        refuse(client, Kind::client);
        return nullptr;
    }
    return object->data->context;
}

int64_t aeron_client_id(aeron_t* client) {
    auto* object = find<ClientObject>(client);
    return object == nullptr ? refused<ClientObject>(client) : object->data->core->id().value;
}

int64_t aeron_next_correlation_id(aeron_t* client) {
    auto* object = find<ClientObject>(client);
    return object == nullptr ? refused<ClientObject>(client) : object->data->core->cnc()->ring().next_correlation_id();
}

aeron_counters_reader_t* aeron_counters_reader(aeron_t* client) {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) {
        refuse(client, Kind::client);
        return nullptr;
    }
    return object->data->reader;
}

int aeron_publication_error_values_copy(aeron_publication_error_values_t** dst, aeron_publication_error_values_t* src) {
    if (dst == nullptr || src == nullptr) return fail(EINVAL, "there is nothing to copy, or no place for it: null");
    if (src->error_message_length < 0) return fail(EINVAL, "the length of the message is negative");
    const std::size_t length =
        offsetof(aeron_publication_error_values_t, error_message) + static_cast<std::size_t>(src->error_message_length);
    void* copy = std::malloc(std::max(length, sizeof(aeron_publication_error_values_t)));  // NOLINT: C frees it
    if (copy == nullptr) return fail(ENOMEM, "out of memory");
    std::memcpy(copy, src, length);
    *dst = static_cast<aeron_publication_error_values_t*>(copy);
    return 0;
}

void aeron_publication_error_values_delete(aeron_publication_error_values_t* to_delete) {
    std::free(to_delete);  // NOLINT(cppcoreguidelines-no-malloc)
}

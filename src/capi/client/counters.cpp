// Counters of one's own, everybody's, and who hears of them.
#include "capi/client/client.hpp"
#include "capi/error.hpp"

#include <algorithm>
#include <cstring>

namespace gale::capi {
namespace {

/// The counter of that id in a good reader's view; null when the id has no room there. Sets no error for that.
struct Found {
    const shm::Counters* counters = nullptr;
    CounterId id;
    explicit operator bool() const noexcept { return counters != nullptr; }
    [[nodiscard]] shm::CounterValue& value() const noexcept { return counters->record(id); }
    [[nodiscard]] shm::CounterMetadata& metadata() const noexcept { return counters->metadata(id); }
};

Found find_counter(aeron_counters_reader_t* reader, std::int32_t id, const void* place) noexcept {
    auto* object = find<CountersReaderObject>(reader);
    if (object == nullptr) {
        refuse(reader, Kind::counters_reader);
        return {};
    }
    if (place == nullptr) {
        set_error(EINVAL, "there is no place for the answer: null");
        return {};
    }
    if (!object->counters.contains(CounterId{id})) return {};
    return {&object->counters, CounterId{id}};
}

template <class Function, class Pair>
int add_handler(aeron_t* client, const Pair* pair, std::vector<AddedHandler<Function>> ClientData::*list,
                int (*add)(ClientData&, const Callback<Function>&)) noexcept {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) return refused<ClientObject>(client);
    if (pair == nullptr || pair->handler == nullptr) return fail(EINVAL, "the pair, or its handler, is null");
    return guarded([&] {
        ClientData& data = *object->data;
        data.require_open();
        const Callback<Function> callback{pair->handler, pair->clientd};
        const int id = add(data, callback);
        const std::lock_guard lock{data.handlers_mutex};
        (data.*list).push_back({callback, id});
    });
}

template <class Function, class Pair>
int remove_handler(aeron_t* client, const Pair* pair, std::vector<AddedHandler<Function>> ClientData::*list) noexcept {
    auto* object = find<ClientObject>(client);
    if (object == nullptr) return refused<ClientObject>(client);
    if (pair == nullptr) return fail(EINVAL, "the pair is null");
    return guarded([&] {
        ClientData& data = *object->data;
        data.require_open();
        int id = 0;
        {
            const std::lock_guard lock{data.handlers_mutex};
            auto& all = data.*list;
            const auto found = std::ranges::find_if(all, [&](const auto& added) {
                return added.callback.function == pair->handler && added.callback.clientd == pair->clientd;
            });
            if (found == all.end()) return;
            id = found->id;
            all.erase(found);
        }
        if (id != 0) data.core->remove_counter_handler(id);
    });
}

}  // namespace

aeron_counters_reader_t* make_reader(const control::CncFile& file) {
    return create<CountersReaderObject>(file.counters(), file.counters_metadata(), file.counters_values());
}

aeron_counters_reader_t* make_reader(const client::CncMapping& mapping) { return make_reader(mapping.file()); }

}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace
using gale::CorrelationId;
using gale::CounterId;
using gale::CountersReader;

// --- everybody's ---

int aeron_counters_reader_get_buffers(aeron_counters_reader_t* reader, aeron_counters_reader_buffers_t* buffers) {
    auto* object = find<CountersReaderObject>(reader);
    if (object == nullptr) return refused<CountersReaderObject>(reader);
    if (buffers == nullptr) return fail(EINVAL, "there is no place for the buffers: null");
    *buffers = {.values = reinterpret_cast<std::uint8_t*>(object->values.data()),
                .metadata = reinterpret_cast<std::uint8_t*>(object->metadata.data()),
                .values_length = object->values.size(),
                .metadata_length = object->metadata.size()};
    return 0;
}

void aeron_counters_reader_foreach_counter(aeron_counters_reader_t* counters_reader,
                                           aeron_counters_reader_foreach_counter_func_t func, void* clientd) {
    auto* object = find<CountersReaderObject>(counters_reader);
    if (object == nullptr) return refuse(counters_reader, Kind::counters_reader);
    if (func == nullptr) return set_error(EINVAL, "the handler is null");
    object->counters.for_each([&](const gale::shm::CounterView& counter) {
        func(counter.value, counter.id.value, counter.type_id,
             reinterpret_cast<const std::uint8_t*>(counter.key.data()), counter.key.size(), counter.label.data(),
             counter.label.size(), clientd);
    });
}

int32_t aeron_counters_reader_find_by_type_id_and_registration_id(aeron_counters_reader_t* counters_reader,
                                                                  int32_t type_id, int64_t registration_id) {
    auto* object = find<CountersReaderObject>(counters_reader);
    if (object == nullptr) return refused<CountersReaderObject>(counters_reader);
    const auto found = object->counters.find(type_id, registration_id);
    return found ? found->value : AERON_NULL_COUNTER_ID;
}

int32_t aeron_counters_reader_max_counter_id(aeron_counters_reader_t* reader) {
    auto* object = find<CountersReaderObject>(reader);
    return object == nullptr ? refused<CountersReaderObject>(reader) : object->counters.capacity() - 1;
}

int64_t* aeron_counters_reader_addr(aeron_counters_reader_t* counters_reader, int32_t counter_id) {
    const Found found = find_counter(counters_reader, counter_id, &counter_id);
    return found ? reinterpret_cast<std::int64_t*>(&found.value().value) : nullptr;
}

int aeron_counters_reader_counter_registration_id(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                                  int64_t* registration_id) {
    const Found found = find_counter(counters_reader, counter_id, registration_id);
    if (!found) return -1;
    *registration_id = found.value().registration_id.load_acquire();
    return 0;
}

int aeron_counters_reader_counter_owner_id(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                           int64_t* owner_id) {
    const Found found = find_counter(counters_reader, counter_id, owner_id);
    if (!found) return -1;
    *owner_id = found.value().owner_id.load_acquire();
    return 0;
}

int aeron_counters_reader_counter_reference_id(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                               int64_t* reference_id) {
    const Found found = find_counter(counters_reader, counter_id, reference_id);
    if (!found) return -1;
    *reference_id = found.value().reference_id.load_acquire();
    return 0;
}

int aeron_counters_reader_counter_state(aeron_counters_reader_t* counters_reader, int32_t counter_id, int32_t* state) {
    const Found found = find_counter(counters_reader, counter_id, state);
    if (!found) return -1;
    *state = found.metadata().state.load_acquire();
    return 0;
}

int aeron_counters_reader_counter_type_id(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                          int32_t* type_id) {
    const Found found = find_counter(counters_reader, counter_id, type_id);
    if (!found) return -1;
    *type_id = found.metadata().type_id.load_acquire();
    return 0;
}

int aeron_counters_reader_metadata_key(aeron_counters_reader_t* counters_reader, int32_t counter_id, uint8_t** key_p) {
    const Found found = find_counter(counters_reader, counter_id, key_p);
    if (!found) return -1;
    *key_p = reinterpret_cast<std::uint8_t*>(found.metadata().key);
    return 0;
}

int aeron_counters_reader_counter_label(aeron_counters_reader_t* counters_reader, int32_t counter_id, char* buffer,
                                        size_t buffer_length) {
    const Found found = find_counter(counters_reader, counter_id, buffer);
    if (!found) return -1;
    const std::int32_t written = found.metadata().label_length.load_acquire();
    const std::size_t length =
        std::clamp<std::size_t>(written < 0 ? 0 : static_cast<std::size_t>(written), 0, AERON_COUNTER_MAX_LABEL_LENGTH);
    const std::size_t copied = std::min(length, buffer_length);
    std::memcpy(buffer, found.metadata().label, copied);
    return static_cast<int>(copied);
}

int aeron_counters_reader_free_for_reuse_deadline_ms(aeron_counters_reader_t* counters_reader, int32_t counter_id,
                                                     int64_t* deadline_ms) {
    const Found found = find_counter(counters_reader, counter_id, deadline_ms);
    if (!found) return -1;
    *deadline_ms = found.metadata().free_for_reuse_deadline_ms.load_acquire();
    return 0;
}

// --- one's own ---

int64_t* aeron_counter_addr(aeron_counter_t* counter) {
    auto* object = find<CounterObject>(counter);
    if (object == nullptr) {
        refuse(counter, Kind::counter);
        return nullptr;
    }
    return reinterpret_cast<std::int64_t*>(&object->counter.state()->cell());
}

int aeron_counter_constants(aeron_counter_t* counter, aeron_counter_constants_t* constants) {
    auto* object = find<CounterObject>(counter);
    if (object == nullptr) return refused<CounterObject>(counter);
    if (constants == nullptr) return fail(EINVAL, "there is no place for the constants: null");
    *constants = {.correlation_id = object->counter.state()->request().value,
                  .registration_id = object->counter.registration_id(),
                  .counter_id = object->counter.id().value};
    return 0;
}

int aeron_counter_close(aeron_counter_t* counter, aeron_notification_t on_close_complete,
                        void* on_close_complete_clientd) {
    if (counter == nullptr) return 0;
    auto* object = find<CounterObject>(counter);
    if (object == nullptr) return is_of_another_kind(counter, Kind::counter) ? refused<CounterObject>(counter) : 0;
    if (!invalidate<CounterObject>(counter)) return 0;
    return guarded([&] {
        ClientData& client = *object->client;
        const bool was_closed = object->counter.is_closed();
        client.forget_resource(object->counter.state()->request().value);
        object->counter.close();
        client.retire(slot_of(counter));
        if (!was_closed) client.notify({on_close_complete, on_close_complete_clientd});
    });
}

bool aeron_counter_is_closed(aeron_counter_t* counter) {
    if (counter == nullptr) return false;
    auto* object = find<CounterObject>(counter);
    return object == nullptr || object->counter.is_closed();
}

// --- who hears of them ---

int aeron_add_available_counter_handler(aeron_t* client, aeron_on_available_counter_pair_t* pair) {
    return add_handler<aeron_on_available_counter_t>(
        client, pair, &ClientData::available_counter_handlers,
        [](ClientData& data, const Callback<aeron_on_available_counter_t>& callback) {
            return data.core->add_available_counter_handler(
                [callback, &data](const CountersReader&, CorrelationId id, CounterId counter) {
                    callback.function(callback.clientd, data.reader, id.value, counter.value);
                });
        });
}

int aeron_remove_available_counter_handler(aeron_t* client, aeron_on_available_counter_pair_t* pair) {
    return remove_handler(client, pair, &ClientData::available_counter_handlers);
}

int aeron_add_unavailable_counter_handler(aeron_t* client, aeron_on_unavailable_counter_pair_t* pair) {
    return add_handler<aeron_on_unavailable_counter_t>(
        client, pair, &ClientData::unavailable_counter_handlers,
        [](ClientData& data, const Callback<aeron_on_unavailable_counter_t>& callback) {
            return data.core->add_unavailable_counter_handler(
                [callback, &data](const CountersReader&, CorrelationId id, CounterId counter) {
                    callback.function(callback.clientd, data.reader, id.value, counter.value);
                });
        });
}

int aeron_remove_unavailable_counter_handler(aeron_t* client, aeron_on_unavailable_counter_pair_t* pair) {
    return remove_handler(client, pair, &ClientData::unavailable_counter_handlers);
}

int aeron_add_close_handler(aeron_t* client, aeron_on_close_client_pair_t* pair) {
    return add_handler<aeron_on_close_client_t>(
        client, pair, &ClientData::close_handlers,
        [](ClientData&, const Callback<aeron_on_close_client_t>&) { return 0; });
}

int aeron_remove_close_handler(aeron_t* client, aeron_on_close_client_pair_t* pair) {
    return remove_handler(client, pair, &ClientData::close_handlers);
}

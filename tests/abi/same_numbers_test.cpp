// The C ABI's numbers are those of the C++ ones, wherever both are written down.

#include "control/cnc_file.hpp"
#include "control/counter_types.hpp"
#include "driver/options_table.hpp"
#include "shm/counters.hpp"
#include "wire/frame_header.hpp"

#include <gale/driver_options.hpp>
#include <gale/error.hpp>
#include <gale/handlers.hpp>
#include <gale/offer_result.hpp>
#include <gale/publication.hpp>
#include <gale/types.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <aeron/aeron_client_error.h>
#include <aeron/aeron_counters.h>
#include <aeron/aeronc.h>
#include <aeron/aeronmd.h>

#include <array>
#include <cstddef>
#include <fstream>
#include <string>
#include <string_view>

namespace gale {
namespace {

template <class Enum> constexpr bool same(long number, Enum value) { return number == static_cast<long>(value); }

// What offers answer.
static_assert(same(AERON_PUBLICATION_NOT_CONNECTED, OfferError::not_connected));
static_assert(same(AERON_PUBLICATION_BACK_PRESSURED, OfferError::back_pressured));
static_assert(same(AERON_PUBLICATION_ADMIN_ACTION, OfferError::admin_action));
static_assert(same(AERON_PUBLICATION_CLOSED, OfferError::closed));
static_assert(same(AERON_PUBLICATION_MAX_POSITION_EXCEEDED, OfferError::max_position_exceeded));
static_assert(same(AERON_PUBLICATION_ERROR, OfferError::error));

// What is wrong.
static_assert(same(AERON_ERROR_CODE_UNKNOWN_CODE_VALUE, ErrorCode::unknown));
static_assert(same(AERON_ERROR_CODE_UNUSED, ErrorCode::none));
static_assert(same(AERON_ERROR_CODE_INVALID_CHANNEL, ErrorCode::invalid_channel));
static_assert(same(AERON_ERROR_CODE_UNKNOWN_SUBSCRIPTION, ErrorCode::unknown_subscription));
static_assert(same(AERON_ERROR_CODE_UNKNOWN_PUBLICATION, ErrorCode::unknown_publication));
static_assert(same(AERON_ERROR_CODE_CHANNEL_ENDPOINT_ERROR, ErrorCode::channel_endpoint_error));
static_assert(same(AERON_ERROR_CODE_UNKNOWN_COUNTER, ErrorCode::unknown_counter));
static_assert(same(AERON_ERROR_CODE_UNKNOWN_COMMAND_TYPE_ID, ErrorCode::unknown_command));
static_assert(same(AERON_ERROR_CODE_MALFORMED_COMMAND, ErrorCode::malformed_command));
static_assert(same(AERON_ERROR_CODE_NOT_SUPPORTED, ErrorCode::not_supported));
static_assert(same(AERON_ERROR_CODE_UNKNOWN_HOST, ErrorCode::unknown_host));
static_assert(same(AERON_ERROR_CODE_RESOURCE_TEMPORARILY_UNAVAILABLE, ErrorCode::temporarily_unavailable));
static_assert(same(AERON_ERROR_CODE_GENERIC_ERROR, ErrorCode::generic));
static_assert(same(AERON_ERROR_CODE_STORAGE_SPACE, ErrorCode::storage_space));
static_assert(same(AERON_ERROR_CODE_IMAGE_REJECTED, ErrorCode::image_rejected));
static_assert(same(AERON_ERROR_CODE_PUBLICATION_REVOKED, ErrorCode::publication_revoked));
static_assert(same(AERON_CLIENT_ERROR_DRIVER_TIMEOUT, ErrorCode::driver_timeout));
static_assert(same(AERON_CLIENT_ERROR_CLIENT_TIMEOUT, ErrorCode::client_timeout));
static_assert(same(AERON_CLIENT_ERROR_CONDUCTOR_SERVICE_TIMEOUT, ErrorCode::conductor_service_timeout));
static_assert(same(AERON_CLIENT_ERROR_BUFFER_FULL, ErrorCode::client_buffer_full));
static_assert(same(AERON_CLIENT_ERROR_DRIVER_BUFFER_FULL, ErrorCode::driver_buffer_full));

// What handlers answer, and how a driver runs.
static_assert(same(AERON_ACTION_ABORT, Action::abort));
static_assert(same(AERON_ACTION_BREAK, Action::stop));
static_assert(same(AERON_ACTION_COMMIT, Action::commit));
static_assert(same(AERON_ACTION_CONTINUE, Action::proceed));
static_assert(same(AERON_THREADING_MODE_DEDICATED, ThreadingMode::dedicated));
static_assert(same(AERON_THREADING_MODE_SHARED_NETWORK, ThreadingMode::shared_network));
static_assert(same(AERON_THREADING_MODE_SHARED, ThreadingMode::shared));
static_assert(same(AERON_THREADING_MODE_INVOKER, ThreadingMode::invoker));
static_assert(same(AERON_FORCE_FALSE, GroupConsideration::no));
static_assert(same(AERON_FORCE_TRUE, GroupConsideration::yes));
static_assert(same(AERON_INFER, GroupConsideration::infer));

// Counters: records, kinds, those of the system.
using control::CounterType;
using control::SystemCounter;

static_assert(AERON_NULL_COUNTER_ID == no_counter.value && AERON_NULL_VALUE == no_client.value);
static_assert(same(AERON_COUNTER_RECORD_UNUSED, shm::CounterState::unused));
static_assert(same(AERON_COUNTER_RECORD_ALLOCATED, shm::CounterState::allocated));
static_assert(same(AERON_COUNTER_RECORD_RECLAIMED, shm::CounterState::reclaimed));
static_assert(AERON_COUNTER_MAX_KEY_LENGTH == shm::max_key_length);
static_assert(AERON_COUNTER_MAX_LABEL_LENGTH == shm::max_label_length);
static_assert(AERON_COUNTER_VALUE_LENGTH == sizeof(shm::CounterValue));
static_assert(AERON_COUNTER_REGISTRATION_ID_OFFSET == offsetof(shm::CounterValue, registration_id));
static_assert(offsetof(aeron_counter_value_descriptor_t, owner_id) == offsetof(shm::CounterValue, owner_id));
static_assert(offsetof(aeron_counter_value_descriptor_t, reference_id) == offsetof(shm::CounterValue, reference_id));
static_assert(AERON_COUNTER_METADATA_LENGTH == sizeof(shm::CounterMetadata));
static_assert(AERON_COUNTER_TYPE_ID_OFFSET == offsetof(shm::CounterMetadata, type_id));
static_assert(AERON_COUNTER_FREE_FOR_REUSE_DEADLINE_OFFSET ==
              offsetof(shm::CounterMetadata, free_for_reuse_deadline_ms));
static_assert(AERON_COUNTER_KEY_OFFSET == offsetof(shm::CounterMetadata, key));
static_assert(offsetof(aeron_counter_metadata_descriptor_t, label_length) ==
              offsetof(shm::CounterMetadata, label_length));
static_assert(AERON_COUNTER_LABEL_LENGTH_OFFSET == offsetof(shm::CounterMetadata, label));

static_assert(same(AERON_COUNTER_SYSTEM_COUNTER_TYPE_ID, CounterType::system));
static_assert(same(AERON_COUNTER_PUBLISHER_LIMIT_TYPE_ID, CounterType::publisher_limit));
static_assert(same(AERON_COUNTER_SENDER_POSITION_TYPE_ID, CounterType::sender_position));
static_assert(same(AERON_COUNTER_RECEIVER_HWM_TYPE_ID, CounterType::receiver_high_water_mark));
static_assert(same(AERON_COUNTER_SUBSCRIPTION_POSITION_TYPE_ID, CounterType::subscriber_position));
static_assert(same(AERON_COUNTER_RECEIVER_POSITION_TYPE_ID, CounterType::receiver_position));
static_assert(same(AERON_COUNTER_SEND_CHANNEL_STATUS_TYPE_ID, CounterType::send_channel_status));
static_assert(same(AERON_COUNTER_RECEIVE_CHANNEL_STATUS_TYPE_ID, CounterType::receive_channel_status));
static_assert(same(AERON_COUNTER_SENDER_LIMIT_TYPE_ID, CounterType::sender_limit));
static_assert(same(AERON_COUNTER_PER_IMAGE_TYPE_ID, CounterType::per_image));
static_assert(same(AERON_COUNTER_CLIENT_HEARTBEAT_TIMESTAMP_TYPE_ID, CounterType::client_heartbeat));
static_assert(same(AERON_COUNTER_PUBLISHER_POSITION_TYPE_ID, CounterType::publisher_position));
static_assert(same(AERON_COUNTER_SENDER_BPE_TYPE_ID, CounterType::sender_back_pressure));
static_assert(same(AERON_COUNTER_LOCAL_SOCKADDR_TYPE_ID, CounterType::local_socket_address));
static_assert(same(AERON_COUNTER_NAME_RESOLVER_NEIGHBORS_COUNTER_TYPE_ID, CounterType::resolver_neighbors));
static_assert(same(AERON_COUNTER_NAME_RESOLVER_CACHE_ENTRIES_COUNTER_TYPE_ID, CounterType::resolver_cache_entries));
static_assert(same(AERON_COUNTER_FC_NUM_RECEIVERS_TYPE_ID, CounterType::flow_control_receivers));
static_assert(same(AERON_COUNTER_CHANNEL_NUM_DESTINATIONS_TYPE_ID, CounterType::mdc_destinations));
static_assert(same(AERON_COUNTER_SENDER_NAKS_RECEIVED_TYPE_ID, CounterType::sender_naks_received));
static_assert(same(AERON_COUNTER_RECEIVER_NAKS_SENT_TYPE_ID, CounterType::receiver_naks_sent));
static_assert(same(AERON_COUNTER_NAME_RESOLVER_BOOTSTRAP_NEIGHBOR_COUNTER_TYPE_ID, CounterType::bootstrap_neighbor));

static_assert(same(AERON_SYSTEM_COUNTER_ID_BYTES_SENT, SystemCounter::bytes_sent));
static_assert(same(AERON_SYSTEM_COUNTER_ID_BYTES_RECEIVED, SystemCounter::bytes_received));
static_assert(same(AERON_SYSTEM_COUNTER_ID_RECEIVER_PROXY_FAILS, SystemCounter::receiver_proxy_fails));
static_assert(same(AERON_SYSTEM_COUNTER_ID_SENDER_PROXY_FAILS, SystemCounter::sender_proxy_fails));
static_assert(same(AERON_SYSTEM_COUNTER_ID_CONDUCTOR_PROXY_FAILS, SystemCounter::conductor_proxy_fails));
static_assert(same(AERON_SYSTEM_COUNTER_ID_NAK_MESSAGES_SENT, SystemCounter::naks_sent));
static_assert(same(AERON_SYSTEM_COUNTER_ID_NAK_MESSAGES_RECEIVED, SystemCounter::naks_received));
static_assert(same(AERON_SYSTEM_COUNTER_ID_STATUS_MESSAGES_SENT, SystemCounter::status_messages_sent));
static_assert(same(AERON_SYSTEM_COUNTER_ID_STATUS_MESSAGES_RECEIVED, SystemCounter::status_messages_received));
static_assert(same(AERON_SYSTEM_COUNTER_ID_HEARTBEATS_SENT, SystemCounter::heartbeats_sent));
static_assert(same(AERON_SYSTEM_COUNTER_ID_HEARTBEATS_RECEIVED, SystemCounter::heartbeats_received));
static_assert(same(AERON_SYSTEM_COUNTER_ID_RETRANSMITS_SENT, SystemCounter::retransmits_sent));
static_assert(same(AERON_SYSTEM_COUNTER_ID_FLOW_CONTROL_UNDER_RUNS, SystemCounter::flow_control_under_runs));
static_assert(same(AERON_SYSTEM_COUNTER_ID_FLOW_CONTROL_OVER_RUNS, SystemCounter::flow_control_over_runs));
static_assert(same(AERON_SYSTEM_COUNTER_ID_INVALID_PACKETS, SystemCounter::invalid_packets));
static_assert(same(AERON_SYSTEM_COUNTER_ID_ERRORS, SystemCounter::errors));
static_assert(same(AERON_SYSTEM_COUNTER_ID_SHORT_SENDS, SystemCounter::short_sends));
static_assert(same(AERON_SYSTEM_COUNTER_ID_FREE_FAILS, SystemCounter::free_fails));
static_assert(same(AERON_SYSTEM_COUNTER_ID_SENDER_FLOW_CONTROL_LIMITS, SystemCounter::sender_flow_control_limits));
static_assert(same(AERON_SYSTEM_COUNTER_ID_UNBLOCKED_PUBLICATIONS, SystemCounter::unblocked_publications));
static_assert(same(AERON_SYSTEM_COUNTER_ID_UNBLOCKED_COMMANDS, SystemCounter::unblocked_commands));
static_assert(same(AERON_SYSTEM_COUNTER_ID_POSSIBLE_TTL_ASYMMETRY, SystemCounter::possible_ttl_asymmetry));
static_assert(same(AERON_SYSTEM_COUNTER_ID_CONTROLLABLE_IDLE_STRATEGY, SystemCounter::controllable_idle_strategy));
static_assert(same(AERON_SYSTEM_COUNTER_ID_LOSS_GAP_FILLS, SystemCounter::loss_gap_fills));
static_assert(same(AERON_SYSTEM_COUNTER_ID_CLIENT_TIMEOUTS, SystemCounter::client_timeouts));
static_assert(same(AERON_SYSTEM_COUNTER_ID_RESOLUTION_CHANGES, SystemCounter::resolution_changes));
static_assert(same(AERON_SYSTEM_COUNTER_ID_CONDUCTOR_MAX_CYCLE_TIME, SystemCounter::conductor_max_cycle_time));
static_assert(same(AERON_SYSTEM_COUNTER_ID_CONDUCTOR_CYCLE_TIME_THRESHOLD_EXCEEDED,
                   SystemCounter::conductor_cycle_time_threshold_exceeded));
static_assert(same(AERON_SYSTEM_COUNTER_ID_SENDER_MAX_CYCLE_TIME, SystemCounter::sender_max_cycle_time));
static_assert(same(AERON_SYSTEM_COUNTER_ID_SENDER_CYCLE_TIME_THRESHOLD_EXCEEDED,
                   SystemCounter::sender_cycle_time_threshold_exceeded));
static_assert(same(AERON_SYSTEM_COUNTER_ID_RECEIVER_MAX_CYCLE_TIME, SystemCounter::receiver_max_cycle_time));
static_assert(same(AERON_SYSTEM_COUNTER_ID_RECEIVER_CYCLE_TIME_THRESHOLD_EXCEEDED,
                   SystemCounter::receiver_cycle_time_threshold_exceeded));
static_assert(same(AERON_SYSTEM_COUNTER_ID_NAME_RESOLVER_MAX_TIME, SystemCounter::name_resolver_max_time));
static_assert(same(AERON_SYSTEM_COUNTER_ID_NAME_RESOLVER_TIME_THRESHOLD_EXCEEDED,
                   SystemCounter::name_resolver_time_threshold_exceeded));
static_assert(same(AERON_SYSTEM_COUNTER_ID_AERON_VERSION, SystemCounter::aeron_version));
static_assert(same(AERON_SYSTEM_COUNTER_ID_BYTES_CURRENTLY_MAPPED, SystemCounter::bytes_currently_mapped));
static_assert(same(AERON_SYSTEM_COUNTER_ID_RETRANSMITTED_BYTES, SystemCounter::retransmitted_bytes));
static_assert(same(AERON_SYSTEM_COUNTER_ID_RETRANSMIT_OVERFLOW, SystemCounter::retransmit_overflow));
static_assert(same(AERON_SYSTEM_COUNTER_ID_ERROR_FRAMES_RECEIVED, SystemCounter::error_frames_received));
static_assert(same(AERON_SYSTEM_COUNTER_ID_ERROR_FRAMES_SENT, SystemCounter::error_frames_sent));
static_assert(same(AERON_SYSTEM_COUNTER_ID_PUBLICATIONS_REVOKED, SystemCounter::publications_revoked));
static_assert(same(AERON_SYSTEM_COUNTER_ID_PUBLICATION_IMAGES_REVOKED, SystemCounter::publication_images_revoked));
static_assert(same(AERON_SYSTEM_COUNTER_ID_IMAGES_REJECTED, SystemCounter::images_rejected));
static_assert(same(AERON_SYSTEM_COUNTER_ID_CONTROL_PROTOCOL_VERSION, SystemCounter::control_protocol_version));
static_assert(same(AERON_SYSTEM_COUNTER_ID_STATUS_MESSAGES_REJECTED, SystemCounter::status_messages_rejected));
static_assert(same(AERON_SYSTEM_COUNTER_ID_NATIVE_RESOURCE_AGENT_PROXY_FAILS,
                   SystemCounter::resource_agent_proxy_fails));
static_assert(control::system_counter_count == AERON_SYSTEM_COUNTER_ID_NATIVE_RESOURCE_AGENT_PROXY_FAILS + 1);

// Layouts: the header of a frame, and the head of the control file.
static_assert(sizeof(aeron_header_values_frame_t) == sizeof(wire::FrameHeader));
#define SAME_PLACE(c, c_field, cpp, cpp_field) static_assert(offsetof(c, c_field) == offsetof(cpp, cpp_field))
SAME_PLACE(aeron_header_values_frame_t, version, wire::FrameHeader, version);
SAME_PLACE(aeron_header_values_frame_t, flags, wire::FrameHeader, flags);
SAME_PLACE(aeron_header_values_frame_t, type, wire::FrameHeader, type);
SAME_PLACE(aeron_header_values_frame_t, term_offset, wire::FrameHeader, term_offset);
SAME_PLACE(aeron_header_values_frame_t, session_id, wire::FrameHeader, session_id);
SAME_PLACE(aeron_header_values_frame_t, stream_id, wire::FrameHeader, stream_id);
SAME_PLACE(aeron_header_values_frame_t, term_id, wire::FrameHeader, term_id);
SAME_PLACE(aeron_header_values_frame_t, reserved_value, wire::FrameHeader, reserved_value);
SAME_PLACE(aeron_cnc_constants_t, to_driver_buffer_length, control::CncHeader, to_driver_length);
SAME_PLACE(aeron_cnc_constants_t, to_clients_buffer_length, control::CncHeader, to_clients_length);
SAME_PLACE(aeron_cnc_constants_t, counter_metadata_buffer_length, control::CncHeader, counters_metadata_length);
SAME_PLACE(aeron_cnc_constants_t, counter_values_buffer_length, control::CncHeader, counters_values_length);
SAME_PLACE(aeron_cnc_constants_t, error_log_buffer_length, control::CncHeader, error_log_length);
SAME_PLACE(aeron_cnc_constants_t, client_liveness_timeout, control::CncHeader, client_liveness_timeout_ns);
SAME_PLACE(aeron_cnc_constants_t, start_timestamp, control::CncHeader, start_timestamp_ms);
SAME_PLACE(aeron_cnc_constants_t, pid, control::CncHeader, pid);
SAME_PLACE(aeron_cnc_constants_t, file_page_size, control::CncHeader, file_page_size);
#undef SAME_PLACE

struct NamedType {
    CounterType type;
    std::string_view name;
};

TEST(AbiNumbers, CountersHaveTheNamesThatTheirLabelsBeginWith) {
    constexpr std::array named{
        NamedType{CounterType::publisher_limit, AERON_COUNTER_PUBLISHER_LIMIT_NAME},
        NamedType{CounterType::sender_position, AERON_COUNTER_SENDER_POSITION_NAME},
        NamedType{CounterType::receiver_high_water_mark, AERON_COUNTER_RECEIVER_HWM_NAME},
        NamedType{CounterType::subscriber_position, AERON_COUNTER_SUBSCRIPTION_POSITION_NAME},
        NamedType{CounterType::receiver_position, AERON_COUNTER_RECEIVER_POSITION_NAME},
        NamedType{CounterType::send_channel_status, AERON_COUNTER_SEND_CHANNEL_STATUS_NAME},
        NamedType{CounterType::receive_channel_status, AERON_COUNTER_RECEIVE_CHANNEL_STATUS_NAME},
        NamedType{CounterType::sender_limit, AERON_COUNTER_SENDER_LIMIT_NAME},
        NamedType{CounterType::client_heartbeat, AERON_COUNTER_CLIENT_HEARTBEAT_TIMESTAMP_NAME},
        NamedType{CounterType::sender_back_pressure, AERON_COUNTER_SENDER_BPE_NAME},
        NamedType{CounterType::mdc_destinations, AERON_COUNTER_CHANNEL_MDC_NUM_DESTINATIONS_NAME},
        NamedType{CounterType::sender_naks_received, AERON_COUNTER_SENDER_NAKS_RECEIVED_NAME},
        NamedType{CounterType::receiver_naks_sent, AERON_COUNTER_RECEIVER_NAKS_SENT_NAME},
    };
    for (const NamedType& row : named) EXPECT_EQ(control::name(row.type), row.name);
    // These have more to say in front or behind.
    const std::string position{control::name(CounterType::publisher_position)};
    EXPECT_EQ(position + " (concurrent)", AERON_COUNTER_PUBLISHER_POSITION_NAME_CONCURRENT);
    EXPECT_EQ(position + " (exclusive)", AERON_COUNTER_PUBLISHER_POSITION_NAME_EXCLUSIVE);
    const std::string address{control::name(CounterType::local_socket_address)};
    EXPECT_EQ("rcv-" + address, AERON_COUNTER_RCV_LOCAL_SOCKADDR_NAME);
    EXPECT_EQ("snd-" + address, AERON_COUNTER_SND_LOCAL_SOCKADDR_NAME);
}

TEST(AbiNumbers, TheDriverKnowsEachVariableThatItsHeaderNames) {
    std::ifstream file{GALE_SOURCE_DIR "/tests/abi/data/constants.json"};
    int variables = 0;
    for (const auto& constant : nlohmann::json::parse(file)) {
        if (constant["group"] != "environment-variable") continue;
        const auto variable = constant["value"].get<std::string>();
        EXPECT_TRUE(driver::find_option(variable) != nullptr || driver::find_option_without_effect(variable) != nullptr)
            << variable;
        ++variables;
    }
    EXPECT_GT(variables, 100);
}

TEST(AbiNumbers, NamesOfFlowControlAreNamesOfTheOptionToo) {
    const driver::Option* option = driver::find_option(AERON_MULTICAST_FLOWCONTROL_SUPPLIER_ENV_VAR);
    ASSERT_NE(option, nullptr);
    for (const std::string_view name :
         {AERON_MULTICAST_MAX_FLOW_CONTROL_STRATEGY_NAME, AERON_MULTICAST_MIN_FLOW_CONTROL_STRATEGY_NAME,
          AERON_MULTICAST_TAGGED_FLOW_CONTROL_STRATEGY_NAME}) {
        DriverOptions options;
        EXPECT_TRUE(option->set(options, name)) << name;
        EXPECT_EQ(option->get(options), name);
    }
}

}  // namespace
}  // namespace gale

/// How a media driver is to run. docs/options.md lists every one with its names and limits.
#pragma once

#include <gale/clock.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gale::net {
class Network;
}

namespace gale {

enum class ThreadingMode { dedicated, shared_network, shared, invoker };
/// What threads are called: `conductor` and the like, or `aeron-md-cnd`.
enum class ThreadNaming { classic, modern };
/// Whether a subscription takes itself for one of several receivers of a stream; `infer`: by what its channel and its
/// publication say.
enum class GroupConsideration { no, yes, infer };

/// What a program asks of its own clock, of chance and of the world: given once, by whoever launches the driver.
struct Environment {
    Clock* clock = nullptr;             ///< null: the system's; must outlive the driver
    std::optional<std::uint64_t> seed;  ///< session ids, initial term ids; absent: the system's source of chance
    net::Network* network = nullptr;    ///< null: the machine's own; must outlive the driver. Not yet for programs
};

struct DriverOptions {
    // directory and process
    std::string directory{};  ///< empty: /dev/shm/aeron-<user>
    bool warn_if_directory_exists = false;
    bool delete_directory_on_start = false;  ///< a driver of Gale's that lives there is refused all the same
    bool delete_directory_on_shutdown = false;
    Nanos driver_timeout = std::chrono::seconds{10};
    bool print_configuration = false;
    bool allow_termination = false;  ///< obey a client's request to terminate

    // threads and idling
    ThreadingMode threading_mode = ThreadingMode::dedicated;
    ThreadNaming thread_naming = ThreadNaming::classic;
    std::string conductor_idle_strategy = "backoff";
    std::string conductor_idle_strategy_args{};
    std::string sender_idle_strategy = "backoff";
    std::string sender_idle_strategy_args{};
    std::string receiver_idle_strategy = "backoff";
    std::string receiver_idle_strategy_args{};
    std::string shared_network_idle_strategy = "backoff";
    std::string shared_network_idle_strategy_args{};
    std::string shared_idle_strategy = "backoff";
    std::string shared_idle_strategy_args{};
    std::string resource_idle_strategy = "sleep-ns";  ///< of the thread that makes and removes logs
    std::string resource_idle_strategy_args = "1ms";  ///< with both defaults it rests until there is one
    int conductor_cpu = -1;                           ///< -1: anywhere
    int sender_cpu = -1;
    int receiver_cpu = -1;
    int resource_cpu = -1;
    bool cpuset_affinity = false;  ///< these four count the processors that the process may use, instead of all
    Nanos conductor_cycle_threshold = std::chrono::milliseconds{100};
    Nanos sender_cycle_threshold = std::chrono::milliseconds{100};
    Nanos receiver_cycle_threshold = std::chrono::milliseconds{100};
    Nanos name_resolver_threshold = std::chrono::seconds{5};

    // buffers and files, bytes
    std::int64_t to_driver_buffer_length = 1024 * 1024 + 768;
    std::int64_t to_clients_buffer_length = 1024 * 1024 + 128;
    std::int64_t counters_buffer_length = 8 * 1024 * 1024;
    std::int64_t error_buffer_length = 4 * 1024 * 1024;
    std::int64_t loss_report_buffer_length = 1024 * 1024;
    std::int64_t file_page_size = 4096;
    std::int64_t term_buffer_length = 16 * 1024 * 1024;
    std::int64_t ipc_term_buffer_length = 64 * 1024 * 1024;
    bool term_buffer_sparse_file =
        true;  ///< storage is allocated either way; false also brings the pages in before the log is announced
    bool perform_storage_checks = true;
    std::int64_t low_file_store_warning_threshold = 160 * 1024 * 1024;
    std::int64_t resource_free_limit = 1;
    Nanos counters_free_to_reuse_timeout = std::chrono::seconds{1};

    // timers
    Nanos timer_interval = std::chrono::seconds{1};
    Nanos client_liveness_timeout = std::chrono::seconds{10};
    Nanos publication_unblock_timeout = std::chrono::seconds{15};
    Nanos publication_connection_timeout = std::chrono::seconds{5};
    Nanos publication_linger_timeout = std::chrono::seconds{5};
    Nanos image_liveness_timeout = std::chrono::seconds{10};
    Nanos untethered_window_limit_timeout = std::chrono::seconds{5};
    std::optional<Nanos> untethered_linger_timeout{};  ///< absent: as the window limit timeout
    Nanos untethered_resting_timeout = std::chrono::seconds{10};

    // publications and subscriptions
    std::int64_t mtu_length = 1408;
    std::int64_t ipc_mtu_length = 1408;
    std::int64_t publication_term_window_length = 0;      ///< 0: half a term
    std::int64_t ipc_publication_term_window_length = 0;  ///< 0: half a term
    bool spies_simulate_connection = false;
    std::int32_t publication_reserved_session_id_low = -1;
    std::int32_t publication_reserved_session_id_high = 1000;
    std::int64_t max_resend = 16;
    bool reliable_stream = true;
    bool tether_subscriptions = true;
    bool rejoin_stream = true;

    // sockets, bytes
    std::int64_t socket_send_buffer = 0;     ///< SO_SNDBUF; 0: the system's default
    std::int64_t socket_receive_buffer = 0;  ///< SO_RCVBUF; 0: as much as the system allows, up to 8 MiB
    int socket_multicast_ttl = 0;            ///< hops; 0: the system's default

    // sending
    bool driver_connect = true;                      ///< sockets of unicast publications hear their receiver only
    std::string sender_wildcard_port_range = "0 0";  ///< for `control` with port 0; `0 0`: the system chooses
    std::int64_t send_to_status_poll_ratio = 6;      ///< duty cycles between two looks at what receivers say
    Nanos retransmit_unicast_delay{};                ///< between a NAK and its answer
    Nanos retransmit_unicast_linger = std::chrono::milliseconds{10};  ///< the same bytes are not sent again for so long
    std::string multicast_flow_control = "multicast_max";  ///< or multicast_min, multicast_tagged: without `fc=`
    std::int64_t flow_control_group_tag = -1;
    std::int64_t flow_control_group_min_size = 0;
    Nanos flow_control_receiver_timeout = std::chrono::seconds{5};
    std::int64_t unicast_retransmit_window_multiple = 16;
    std::int64_t multicast_retransmit_window_multiple = 4;
    Nanos reresolution_check_interval = std::chrono::seconds{1};  ///< of names that nothing comes from; 0: never
    double send_data_loss_rate = 0;                               ///< in a laboratory: of what publications send
    std::int64_t send_data_loss_seed = -1;                        ///< -1: another one each time
    double send_control_loss_rate = 0;                            ///< of what their receivers answer
    std::int64_t send_control_loss_seed = -1;

    // receiving
    std::int64_t initial_window_length = 128 * 1024;  ///< of a subscription without rcv-wnd; bytes
    Nanos status_message_timeout = std::chrono::milliseconds{200};
    GroupConsideration receiver_group_consideration = GroupConsideration::infer;
    std::optional<std::int64_t> receiver_group_tag{};
    Nanos nak_unicast_delay = std::chrono::microseconds{1};
    std::int64_t nak_unicast_retry_delay_ratio = 100;
    std::int64_t nak_multicast_group_size = 10;
    Nanos nak_multicast_max_backoff = std::chrono::milliseconds{10};
    std::int64_t stream_session_limit = 2147483647;
    std::string congestion_control = "default";        ///< what `cc=` says, else static; or static, or cubic, always
    std::string receiver_wildcard_port_range = "0 0";  ///< first and last; 0 0: the system chooses
    bool cubic_measures_round_trip = false;
    Nanos cubic_initial_round_trip = std::chrono::microseconds{100};
    bool cubic_tcp_mode = false;
    double receive_data_loss_rate = 0;  ///< in a laboratory: of what subscriptions receive
    std::int64_t receive_data_loss_seed = -1;
    double receive_control_loss_rate = 0;  ///< of what they answer
    std::int64_t receive_control_loss_seed = -1;

    // what the machine's network stack may do for us
    bool segmentation_offload = true;  ///< UDP_SEGMENT: a run of datagrams leaves in one piece, where the system can
    bool receive_offload = true;       ///< UDP_GRO: and comes in one piece

    // what others may cost; who is refused is counted
    std::int64_t endpoint_session_limit = 1024;  ///< images of one receive endpoint
    std::int64_t endpoint_setup_rate = 500;      ///< images that one receive endpoint asks for, a second
    std::int64_t receiver_reply_rate = 1000;     ///< elicitations and echoes of one receive endpoint, a second
    std::int64_t sender_reply_rate = 2000;       ///< echoes of one publication, and SETUPs to strangers, a second
    std::int64_t sender_news_rate = 100;         ///< what receivers say that concerns others; an endpoint, a second
    std::int64_t image_term_limit = 1024 * 1024 * 1024;  ///< longest term that a SETUP may ask for, bytes
    std::int64_t image_memory_limit = 0;  ///< logs of all images, bytes; 0: half of the directory's file system
    std::int64_t retransmit_rate = 256 * 1024 * 1024;  ///< of one publication, bytes a second
    std::int64_t retransmit_burst = 2 * 1024 * 1024;   ///< bytes before that rate counts
    std::int64_t destination_limit = 256;              ///< dynamic destinations of one send endpoint
    std::int64_t flow_control_receiver_limit = 512;    ///< receivers that one publication tells apart

    // for programs that embed the driver
    Environment environment{};
    std::function<bool(std::span<const std::byte> token)>
        termination_validator{};           ///< null: `allow_termination` decides
    std::function<void()> on_terminate{};  ///< termination was asked for and allowed
    std::function<void(std::string_view role)>
        on_agent_start{};  ///< first thing on each thread; INVOKER: in `launch`, on its caller's
    std::function<void(std::string_view line)> on_warning{};  ///< null: stderr

    /// Defaults, then the environment's AERON_* variables. A value that does not parse is refused: the Error names it.
    [[nodiscard]] static DriverOptions from_environment();
};

}  // namespace gale

#include "driver/options_table.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace gale::driver {
namespace {

using D = DriverOptions;

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;
constexpr std::int64_t gib = 1024 * mib;
constexpr std::int64_t max_int = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t min_int = std::numeric_limits<std::int32_t>::min();
constexpr std::int64_t min_long = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t max_milliseconds = std::numeric_limits<std::int64_t>::max() / 1'000'000;
constexpr std::int64_t microsecond = 1'000;
constexpr std::int64_t longest_directory = 4'000;  // leaves room in 4096 bytes for the names of the files in it

constexpr Limits path{.kind = Kind::text, .high = longest_directory};
constexpr Limits flag{.kind = Kind::flag};
constexpr Limits idle_name{.kind = Kind::idle_name};
constexpr Limits idle_arguments{.kind = Kind::idle_arguments, .high = 255};
constexpr Limits cpu{.kind = Kind::count, .low = -1, .high = 255};
constexpr Limits timeout{.kind = Kind::duration, .low = microsecond};
constexpr Limits threshold{.kind = Kind::duration, .low = 0};
constexpr Limits session{.kind = Kind::count, .low = min_int, .high = max_int};
constexpr Limits term{.kind = Kind::size, .low = 64 * kib, .high = gib, .form = Form::power_of_two};
constexpr Limits mtu{.kind = Kind::size, .low = 64, .high = 65'504, .form = Form::multiple, .unit = 32};
constexpr Limits window{.kind = Kind::size, .low = 0, .high = gib};

constexpr std::int64_t most_entries = 65'536;      // of tables whose memory is taken at once
constexpr std::int64_t most_a_second = 1'000'000;  // small enough that a second's worth is no flood of its own

constexpr Limits port_range{.kind = Kind::port_range};
constexpr Limits rate{.kind = Kind::rate};
constexpr Limits seed{.kind = Kind::count, .low = -1};

constexpr Limits size(std::int64_t low, std::int64_t high) { return {.kind = Kind::size, .low = low, .high = high}; }
constexpr Limits count(std::int64_t low, std::int64_t high) { return {.kind = Kind::count, .low = low, .high = high}; }
constexpr Limits ring(std::int64_t low, std::int64_t trailer) {
    return {.kind = Kind::size, .low = low, .high = max_int, .form = Form::power_of_two_and_trailer, .unit = trailer};
}
constexpr Option option(std::string_view name, Member member, Limits limits, std::string_view help) {
    return {name, member, limits, help};
}
constexpr Option called(std::string_view variable, Option row) {
    row.variable = variable;
    return row;
}

constexpr std::array table{
    option("dir", &D::directory, path, "directory shared with the clients; empty: /dev/shm/aeron-$USER"),
    option("dir.warn.if.exists", &D::warn_if_directory_exists, flag, "say so when the directory is there at the start"),
    option("dir.delete.on.start", &D::delete_directory_on_start, flag,
           "take the directory even from a driver that lives, unless that is one of Gale's"),
    option("dir.delete.on.shutdown", &D::delete_directory_on_shutdown, flag, "remove the directory at the end"),
    option("driver.timeout", &D::driver_timeout, {.kind = Kind::milliseconds, .low = 1, .high = max_milliseconds},
           "silence after which another driver in the directory counts as dead"),
    option("print.configuration", &D::print_configuration, flag, "print all options in effect at the start"),
    option("driver.termination.validator", &D::allow_termination, {.kind = Kind::termination},
           "whether a client may ask the driver to end"),

    option("threading.mode", &D::threading_mode, {.kind = Kind::threading}, "which agents share a thread"),
    option("thread.naming", &D::thread_naming, {.kind = Kind::naming}, "what the threads are called"),
    option("conductor.idle.strategy", &D::conductor_idle_strategy, idle_name,
           "how the conductor rests, in DEDICATED and SHARED_NETWORK"),
    option("conductor.idle.strategy.init.args", &D::conductor_idle_strategy_args, idle_arguments, "its arguments"),
    option("sender.idle.strategy", &D::sender_idle_strategy, idle_name, "how the sender rests, in DEDICATED"),
    option("sender.idle.strategy.init.args", &D::sender_idle_strategy_args, idle_arguments, "its arguments"),
    option("receiver.idle.strategy", &D::receiver_idle_strategy, idle_name, "how the receiver rests, in DEDICATED"),
    option("receiver.idle.strategy.init.args", &D::receiver_idle_strategy_args, idle_arguments, "its arguments"),
    option("sharednetwork.idle.strategy", &D::shared_network_idle_strategy, idle_name,
           "how sender and receiver rest, in SHARED_NETWORK"),
    option("sharednetwork.idle.strategy.init.args", &D::shared_network_idle_strategy_args, idle_arguments,
           "its arguments"),
    option("shared.idle.strategy", &D::shared_idle_strategy, idle_name, "how the one thread rests, in SHARED"),
    option("shared.idle.strategy.init.args", &D::shared_idle_strategy_args, idle_arguments, "its arguments"),
    option("driver.native.resource.agent.idle.strategy", &D::resource_idle_strategy, idle_name,
           "how the thread rests that makes and removes logs, in DEDICATED and SHARED_NETWORK"),
    option("driver.native.resource.agent.idle.strategy.init.args", &D::resource_idle_strategy_args, idle_arguments,
           "its arguments; with the defaults of both it rests until there is a log to make or remove"),
    option("conductor.cpu.affinity", &D::conductor_cpu, cpu, "processor for the conductor or the one thread; -1: any"),
    option("sender.cpu.affinity", &D::sender_cpu, cpu, "processor for the sender or the network's thread; -1: any"),
    option("receiver.cpu.affinity", &D::receiver_cpu, cpu, "processor for the receiver; -1: any"),
    option("driver.native.resource.agent.cpu.affinity", &D::resource_cpu, cpu,
           "processor for the thread that makes and removes logs; -1: any"),
    option("driver.cpuset.affinity", &D::cpuset_affinity, flag,
           "these four count the processors that the process may use, instead of all"),
    option("driver.conductor.cycle.threshold", &D::conductor_cycle_threshold, threshold,
           "a longer duty cycle of the conductor is counted"),
    option("driver.sender.cycle.threshold", &D::sender_cycle_threshold, threshold,
           "a longer duty cycle of the sender is counted"),
    option("driver.receiver.cycle.threshold", &D::receiver_cycle_threshold, threshold,
           "a longer duty cycle of the receiver is counted"),
    called("AERON_DRIVER_NAME_RESOLVER_THRESHOLD", option("name.resolver.threshold", &D::name_resolver_threshold,
                                                          threshold, "a longer name resolution is counted")),

    option("conductor.buffer.length", &D::to_driver_buffer_length, ring(mib + 768, 768),
           "ring of commands from clients to driver, trailer included"),
    option("clients.buffer.length", &D::to_clients_buffer_length, ring(mib + 128, 128),
           "broadcast from driver to clients, trailer included"),
    option("counters.buffer.length", &D::counters_buffer_length,
           {.kind = Kind::size, .low = mib, .high = 500 * mib, .form = Form::multiple, .unit = 128},
           "values of the counters; their descriptions take four times as much"),
    option("error.buffer.length", &D::error_buffer_length,
           {.kind = Kind::size, .low = 4 * mib, .high = max_int, .form = Form::multiple, .unit = 8},
           "log of distinct errors"),
    option("loss.report.buffer.length", &D::loss_report_buffer_length, size(kib, max_int), "file of the loss report"),
    option("file.page.size", &D::file_page_size,
           {.kind = Kind::size, .low = 4 * kib, .high = gib, .form = Form::power_of_two},
           "what the lengths of all files are multiples of"),
    option("term.buffer.length", &D::term_buffer_length, term, "a network publication's term"),
    option("ipc.term.buffer.length", &D::ipc_term_buffer_length, term, "an IPC publication's term"),
    option("term.buffer.sparse.file", &D::term_buffer_sparse_file, flag,
           "false: bring a log's pages in before it is announced"),
    option("perform.storage.checks", &D::perform_storage_checks, flag, "look for space before a log is made"),
    option("low.file.store.warning.threshold", &D::low_file_store_warning_threshold,
           size(0, std::numeric_limits<std::int64_t>::max()), "warn when no more than this is free"),
    option("driver.resource.free.limit", &D::resource_free_limit, count(1, max_int),
           "logs that could not be removed and are tried again at once"),
    option("counters.free.to.reuse.timeout", &D::counters_free_to_reuse_timeout, threshold,
           "how long a freed counter's id is not given away"),

    option("timer.interval", &D::timer_interval, timeout, "time between two looks at all deadlines"),
    option("client.liveness.timeout", &D::client_liveness_timeout, timeout,
           "silence after which a client counts as dead"),
    option("publication.unblock.timeout", &D::publication_unblock_timeout, timeout,
           "time after which a claim that nobody commits is given up"),
    option("publication.connection.timeout", &D::publication_connection_timeout, timeout,
           "silence after which a receiver counts as gone"),
    option("publication.linger.timeout", &D::publication_linger_timeout, timeout,
           "how long a closed publication stays for those who lag"),
    option("image.liveness.timeout", &D::image_liveness_timeout, timeout,
           "silence after which an image counts as dead"),
    option("untethered.window.limit.timeout", &D::untethered_window_limit_timeout, timeout,
           "how long an untethered subscription may hold a stream back"),
    option("untethered.linger.timeout", &D::untethered_linger_timeout, timeout,
           "how long it then lingers; empty: as the window limit's"),
    option("untethered.resting.timeout", &D::untethered_resting_timeout, timeout,
           "how long it then rests before it may join again"),

    option("mtu.length", &D::mtu_length, mtu, "largest datagram sent"),
    option("ipc.mtu.length", &D::ipc_mtu_length, mtu, "largest fragment of an IPC publication, header included"),
    option("publication.term.window.length", &D::publication_term_window_length, window,
           "how far a network publication may run ahead; 0: half a term, which is also the most"),
    option("ipc.publication.term.window.length", &D::ipc_publication_term_window_length, window,
           "how far an IPC publication may run ahead; 0: half a term, which is also the most"),
    option("spies.simulate.connection", &D::spies_simulate_connection, flag,
           "a publication with spies only counts as connected"),
    option("publication.reserved.session.id.low", &D::publication_reserved_session_id_low, session,
           "first of the session ids that are never given away"),
    option("publication.reserved.session.id.high", &D::publication_reserved_session_id_high, session, "last of them"),
    option("max.resend", &D::max_resend, count(1, 256), "retransmissions of one publication at a time"),
    option("reliable.stream", &D::reliable_stream, flag, "ask again for what was lost; false: fill the gap"),
    option("tether.subscriptions", &D::tether_subscriptions, flag, "a slow subscription holds its stream back"),
    option("rejoin.stream", &D::rejoin_stream, flag, "a subscription whose image died may get the stream again"),

    option("socket.so_sndbuf", &D::socket_send_buffer, size(0, max_int), "SO_SNDBUF; 0: the system's default"),
    option("socket.so_rcvbuf", &D::socket_receive_buffer, size(0, max_int),
           "SO_RCVBUF; 0: as much as the system allows, up to 8 MiB"),
    option("socket.multicast.ttl", &D::socket_multicast_ttl, count(0, 255),
           "hops of multicast; 0: the system's default"),

    option("driver.connect", &D::driver_connect, flag, "a unicast publication's socket hears its receiver only"),
    option("sender.wildcard.port.range", &D::sender_wildcard_port_range, port_range,
           "ports for a publication's control address with port 0; 0 0: the system chooses"),
    option("send.to.status.poll.ratio", &D::send_to_status_poll_ratio, count(1, max_int),
           "duty cycles of the sender between two looks at what receivers say"),
    option("retransmit.unicast.delay", &D::retransmit_unicast_delay, threshold, "time between a NAK and its answer"),
    option("retransmit.unicast.linger", &D::retransmit_unicast_linger, timeout,
           "for so long the same bytes are not sent again"),
    option("multicast.FlowControl.supplier", &D::multicast_flow_control, {.kind = Kind::flow_control},
           "pace of a publication with several receivers whose channel has no fc"),
    option("flow.control.group.tag", &D::flow_control_group_tag,
           count(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()),
           "tag of the receivers that set the pace of tagged flow control"),
    option("flow.control.group.min.size", &D::flow_control_group_min_size, count(0, max_int),
           "as many receivers make a connection, with min and tagged flow control"),
    option("flow.control.receiver.timeout", &D::flow_control_receiver_timeout, threshold,
           "silence after which a receiver does not count any more, with min and tagged flow control"),
    option("unicast.flow.control.rrwm", &D::unicast_retransmit_window_multiple, count(1, max_int),
           "longest retransmission for one receiver, in windows of 128 KiB"),
    option("multicast.flow.control.rrwm", &D::multicast_retransmit_window_multiple, count(1, max_int),
           "longest retransmission for several receivers, in windows of 128 KiB"),
    option("driver.reresolution.check.interval", &D::reresolution_check_interval, threshold,
           "time between two looks for names from which nothing comes; 0: none"),
    option("debug.send.data.loss.rate", &D::send_data_loss_rate, rate, "for tests: loses what publications send"),
    option("debug.send.data.loss.seed", &D::send_data_loss_seed, seed, "of that chance; -1: another one each time"),
    option("debug.send.control.loss.rate", &D::send_control_loss_rate, rate,
           "for tests: loses what receivers answer to publications"),
    option("debug.send.control.loss.seed", &D::send_control_loss_seed, seed,
           "of that chance; -1: another one each time"),

    option("rcv.initial.window.length", &D::initial_window_length, size(256, max_int),
           "how far a publication may be ahead of an image at first; rcv-wnd says it for good"),
    option("rcv.status.message.timeout", &D::status_message_timeout, timeout,
           "longest time between two status messages of an image"),
    option("receiver.group.consideration", &D::receiver_group_consideration, {.kind = Kind::group},
           "whether a subscription is one of several receivers, and NAKs as those do"),
    option("receiver.group.tag", &D::receiver_group_tag, {.kind = Kind::count, .low = min_long},
           "what status messages say for tagged flow control; empty: nothing"),
    option("nak.unicast.delay", &D::nak_unicast_delay, timeout, "time before the first NAK for a gap"),
    option("nak.unicast.retry.delay.ratio", &D::nak_unicast_retry_delay_ratio, count(1, max_int),
           "the next ones after so many times that, as long as the round trip is not known"),
    option("nak.multicast.group.size", &D::nak_multicast_group_size, count(1, max_int),
           "about how many receivers a group has, for the time before a NAK"),
    option("nak.multicast.max.backoff", &D::nak_multicast_max_backoff, timeout, "longest time before a NAK in a group"),
    option("driver.stream.session.limit", &D::stream_session_limit, count(1, max_int),
           "images of one stream on one endpoint"),
    option("CongestionControl.supplier", &D::congestion_control, {.kind = Kind::congestion},
           "default: what a subscription's cc says, else static; or one for all, whatever cc says"),
    option("receiver.wildcard.port.range", &D::receiver_wildcard_port_range, port_range,
           "ports for a subscription's endpoint with port 0; 0 0: the system chooses"),
    option("CubicCongestionControl.measureRtt", &D::cubic_measures_round_trip, flag, "cc=cubic measures round trips"),
    option("CubicCongestionControl.initialRtt", &D::cubic_initial_round_trip, timeout,
           "the round trip that cc=cubic begins with"),
    option("CubicCongestionControl.tcpMode", &D::cubic_tcp_mode, flag, "cc=cubic grows at least as TCP would"),
    option("debug.receive.data.loss.rate", &D::receive_data_loss_rate, rate,
           "for tests: loses what subscriptions receive"),
    option("debug.receive.data.loss.seed", &D::receive_data_loss_seed, seed,
           "of that chance; -1: another one each time"),
    option("debug.receive.control.loss.rate", &D::receive_control_loss_rate, rate,
           "for tests: loses what subscriptions answer"),
    option("debug.receive.control.loss.seed", &D::receive_control_loss_seed, seed,
           "of that chance; -1: another one each time"),

    option("gale.segmentation.offload", &D::segmentation_offload, flag,
           "UDP_SEGMENT: a run of datagrams leaves in one piece, where the system can"),
    option("gale.receive.offload", &D::receive_offload, flag,
           "UDP_GRO: a run of datagrams comes in one piece, where the system can"),

    option("gale.endpoint.session.limit", &D::endpoint_session_limit, count(1, most_entries),
           "images of one receive endpoint, whatever their streams"),
    option("gale.endpoint.setup.rate", &D::endpoint_setup_rate, count(1, most_a_second),
           "images that one receive endpoint asks for in a second"),
    option("gale.receiver.reply.rate", &D::receiver_reply_rate, count(1, most_a_second),
           "unknown sessions asked for a SETUP, and echoes sent, by one receive endpoint in a second"),
    option("gale.sender.reply.rate", &D::sender_reply_rate, count(1, most_a_second),
           "echoes sent by one publication in a second, and SETUPs to destinations that only say that they are one"),
    option("gale.sender.news.rate", &D::sender_news_rate, count(1, most_a_second),
           "rejections and response sessions that one send endpoint passes on in a second"),
    option("gale.image.term.limit", &D::image_term_limit, term, "longest term that a SETUP may ask for"),
    option("gale.image.memory.limit", &D::image_memory_limit, size(0, std::numeric_limits<std::int64_t>::max()),
           "bytes of the logs of all images; 0: half of the file system that the directory is in"),
    option("gale.retransmit.rate", &D::retransmit_rate, size(64 * kib, 8 * gib),
           "bytes that one publication sends again in a second"),
    option("gale.retransmit.burst", &D::retransmit_burst, size(64 * kib, 8 * gib),
           "bytes that it may send again before that rate counts"),
    option("gale.destination.limit", &D::destination_limit, count(1, most_entries),
           "receivers of one endpoint with control-mode=dynamic"),
    option("gale.flow.control.receiver.limit", &D::flow_control_receiver_limit, count(1, most_entries),
           "receivers of one publication that are told apart"),
};

constexpr std::array sections{
    Section{"Directory and process", "dir"},
    Section{"Threads and idling", "threading.mode"},
    Section{"Buffers and files", "conductor.buffer.length"},
    Section{"Timers", "timer.interval"},
    Section{"Publications and subscriptions", "mtu.length"},
    Section{"Sockets", "socket.so_sndbuf"},
    Section{"Sending over the network", "driver.connect"},
    Section{"Receiving from the network", "rcv.initial.window.length"},
    Section{"Offloads", "gale.segmentation.offload"},
    Section{"What others may cost", "gale.endpoint.session.limit"},
};

}  // namespace

std::span<const Option> option_table() noexcept { return table; }

std::optional<std::string_view> section_that_begins_with(const Option& option) noexcept {
    const auto* found = std::ranges::find(sections, option.name, &Section::first);
    return found == sections.end() ? std::nullopt : std::optional{found->title};
}

}  // namespace gale::driver

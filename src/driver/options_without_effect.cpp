#include "driver/options_table.hpp"

#include <array>

namespace gale::driver {
namespace {

using Row = OptionWithoutEffect;

constexpr std::string_view network = "this version has no network transport";
constexpr std::string_view resolver = "this version has no network transport, and so no name resolver";
constexpr std::string_view event_log = "this version has no event logging";
constexpr std::string_view java = "it is an option of the Java driver only";
constexpr std::string_view process = "this version does not have it";

constexpr std::array rows_without_effect{
    Row{"enable.experimental.features", process},
    Row{"driver.dynamic.libraries", process},
    Row{"use.windows.high.res.timer", java},
    Row{"debug.timeout", java},
    Row{"fallback.logger", java},
    Row{"thread.naming", process},
    Row{"driver.native.resource.agent.idle.strategy", process},
    Row{"driver.native.resource.agent.idle.strategy.init.args", process},
    Row{"driver.native.resource.agent.cpu.affinity", process},
    Row{"driver.cpuset.affinity", process},
    Row{"driver.cpuset.warnings.as.errors", process},
    Row{"agent.on.start.function", process},

    Row{"send.to.status.poll.ratio", network},
    Row{"network.publication.max.messages.per.send", network},
    Row{"sender.io.vector.capacity", network},
    Row{"driver.connect", network},
    Row{"retransmit.unicast.delay", network},
    Row{"retransmit.unicast.linger", network},
    Row{"rcv.initial.window.length", network},
    Row{"rcv.status.message.timeout", network},
    Row{"receiver.group.consideration", network},
    Row{"receiver.group.tag", network},
    Row{"nak.unicast.delay", network},
    Row{"nak.unicast.retry.delay.ratio", network},
    Row{"nak.multicast.group.size", network},
    Row{"nak.multicast.max.backoff", network},
    Row{"receiver.io.vector.capacity", network},
    Row{"driver.stream.session.limit", network},
    Row{"socket.so_rcvbuf", network},
    Row{"socket.so_sndbuf", network},
    Row{"socket.multicast.ttl", network},
    Row{"sender.wildcard.port.range", network},
    Row{"receiver.wildcard.port.range", network},
    Row{"udp.channel.transport.bindings.media", network},
    Row{"conductor.udp.channel.transport.bindings.media", network},
    Row{"udp.channel.outgoing.interceptors", network},
    Row{"udp.channel.incoming.interceptors", network},
    Row{"udp.channel.transport.bindings.loss.args", network},
    Row{"udp.channel.transport.bindings.fixed.loss.args", network},
    Row{"udp.channel.transport.bindings.multi.gap.loss.args", network},
    Row{"SendChannelEndpoint.supplier", network},
    Row{"ReceiveChannelEndpoint.supplier", network},
    Row{"debug.send.data.loss.rate", network},
    Row{"debug.send.data.loss.seed", network},
    Row{"debug.send.control.loss.rate", network},
    Row{"debug.send.control.loss.seed", network},
    Row{"debug.receive.data.loss.rate", network},
    Row{"debug.receive.data.loss.seed", network},
    Row{"debug.receive.control.loss.rate", network},
    Row{"debug.receive.control.loss.seed", network},
    Row{"unicast.FlowControl.supplier", network},
    Row{"multicast.FlowControl.supplier", network},
    Row{"unicast.flow.control.strategy", network},
    Row{"multicast.flow.control.strategy", network},
    Row{"flow.control.group.tag", network},
    Row{"flow.control.group.min.size", network},
    Row{"flow.control.receiver.timeout", network},
    Row{"unicast.flow.control.rrwm", network},
    Row{"multicast.flow.control.rrwm", network},
    Row{"flow.control.sm.applicationSpecificFeedback", network},
    Row{"PreferredMulticastFlowControl.asf", network},
    Row{"CongestionControl.supplier", network},
    Row{"CubicCongestionControl.measureRtt", network},
    Row{"CubicCongestionControl.initialRtt", network},
    Row{"CubicCongestionControl.tcpMode", network},

    Row{"driver.resolver.name", resolver},
    Row{"driver.resolver.interface", resolver},
    Row{"driver.resolver.bootstrap.neighbor", resolver},
    Row{"driver.resolver.neighbor.timeout", resolver},
    Row{"driver.resolver.self.resolution.interval", resolver},
    Row{"driver.resolver.neighbor.resolution.interval", resolver},
    Row{"driver.resolver.bootstrap.neighbor.resolution.interval", resolver},
    Row{"name.resolver.supplier", resolver},
    Row{"name.resolver.init.args", resolver},
    Row{"driver.reresolution.check.interval", resolver},

    Row{"event.log", event_log},
    Row{"event.log.disable", event_log},
    Row{"event.log.filename", event_log},
    Row{"event.log.file.max.length", event_log},
    Row{"event.buffer.length", event_log},
    Row{"event.log.reader.classname", event_log},
    Row{"event.log.render.data", event_log},

    Row{"client.name", read_by_clients},
    Row{"client.resource.linger.duration", read_by_clients},
    Row{"client.idle.sleep.duration", read_by_clients},
    Row{"client.pre.touch.mapped.memory", read_by_clients},
    Row{"pre.touch.mapped.memory", read_by_clients},
    Row{"client.close.linger.duration", read_by_clients},
};

}  // namespace

std::span<const OptionWithoutEffect> options_without_effect() noexcept { return rows_without_effect; }

}  // namespace gale::driver

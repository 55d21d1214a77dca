#include "driver/options_table.hpp"

#include <array>

namespace gale::driver {
namespace {

using Row = OptionWithoutEffect;

constexpr std::string_view network = "this driver loads no bindings, interceptors or endpoints for the network";
constexpr std::string_view own_batches = "this driver's batches grow and shrink with what there is to do";
constexpr std::string_view one_receiver = "this driver has one flow control for one receiver, as Aeron's default";
constexpr std::string_view by_supplier = "name the strategy in aeron.multicast.FlowControl.supplier";
constexpr std::string_view resolver = "this version looks names up with the system's resolver only";
constexpr std::string_view event_log = "this version has no event logging";
constexpr std::string_view java = "it is an option of the Java driver only";
constexpr std::string_view topology = "this driver says nothing about how processors are chosen";
constexpr std::string_view process = "this version does not have it";

constexpr std::array rows_without_effect{
    Row{"enable.experimental.features", process},
    Row{"driver.dynamic.libraries", process},
    Row{"use.windows.high.res.timer", java},
    Row{"debug.timeout", java},
    Row{"fallback.logger", java},
    Row{"driver.cpuset.warnings.as.errors", topology},
    Row{"agent.on.start.function", process},

    Row{"network.publication.max.messages.per.send", own_batches},
    Row{"sender.io.vector.capacity", own_batches},
    Row{"receiver.io.vector.capacity", own_batches},
    Row{"udp.channel.transport.bindings.media", network},
    Row{"conductor.udp.channel.transport.bindings.media", network},
    Row{"udp.channel.outgoing.interceptors", network},
    Row{"udp.channel.incoming.interceptors", network},
    Row{"udp.channel.transport.bindings.loss.args", network},
    Row{"udp.channel.transport.bindings.fixed.loss.args", network},
    Row{"udp.channel.transport.bindings.multi.gap.loss.args", network},
    Row{"SendChannelEndpoint.supplier", network},
    Row{"ReceiveChannelEndpoint.supplier", network},
    Row{"unicast.FlowControl.supplier", one_receiver},
    Row{"unicast.flow.control.strategy", one_receiver},
    Row{"multicast.flow.control.strategy", by_supplier},
    Row{"flow.control.sm.applicationSpecificFeedback", network},
    Row{"PreferredMulticastFlowControl.asf", network},

    Row{"driver.resolver.name", resolver},
    Row{"driver.resolver.interface", resolver},
    Row{"driver.resolver.bootstrap.neighbor", resolver},
    Row{"driver.resolver.neighbor.timeout", resolver},
    Row{"driver.resolver.self.resolution.interval", resolver},
    Row{"driver.resolver.neighbor.resolution.interval", resolver},
    Row{"driver.resolver.bootstrap.neighbor.resolution.interval", resolver},
    Row{"name.resolver.supplier", resolver},
    Row{"name.resolver.init.args", resolver},

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

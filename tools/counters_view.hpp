/// The counters of a cnc.dat, read without being a client: copied, taken apart, chosen from.
#pragma once

#include "command.hpp"
#include "control/cnc_file.hpp"
#include "control/counter_copies.hpp"

#include <gale/types.hpp>

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace gale::tools {

using control::CounterCopy;

/// `pub-lmt` for 1, `system` for 0, `user` from 1000; else the number.
[[nodiscard]] std::string type_name(std::int32_t type_id);
[[nodiscard]] nlohmann::json to_json(const CounterCopy& counter);
/// Version, pid, start, heartbeat.
[[nodiscard]] nlohmann::json to_json(const control::CncFile& cnc, const std::string& directory);

/// Which counters are wanted; what is absent does not choose.
struct CounterFilter {
    std::vector<std::string> types{};  ///< names or numbers
    std::optional<std::int32_t> stream{};
    std::optional<std::int32_t> session{};
    std::string channel{};  ///< part of it
    std::string text{};     ///< part of the label
    [[nodiscard]] bool wants(const CounterCopy& counter) const;
};
void add_filter_options(Command command, CounterFilter& filter);

/// How often a listing is shown again.
struct Refresh {
    bool once = false;
    std::optional<double> seconds{};
};
void add_refresh_options(Command command, Refresh& refresh);
/// Shows what `render` makes: on a terminal again and again until Ctrl-C, elsewhere once, unless told otherwise.
int show(const Refresh& refresh, const os::StopSignals& stop, const std::function<std::string()>& render);

}  // namespace gale::tools

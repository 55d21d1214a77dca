#include "interop/gale/arguments.hpp"

#include <stdexcept>
#include <utility>

namespace gale::interop {
namespace {

const std::set<std::string> flags{"exclusive", "claim", "controlled", "late", "keys", "hold-claim"};

const std::set<std::string> options{"dir",  "prop",     "threading",  "channel", "stream",   "count",       "length",
                                    "seed", "pause-us", "linger-ms",  "expect",  "sessions", "reason",      "kind",
                                    "type", "label",    "timeout-ms", "value",   "shared",   "registration"};

std::int64_t to_number(const std::string& name, const std::string& text) {
    std::size_t used = 0;
    std::int64_t value = 0;
    try {
        value = std::stoll(text, &used);
    } catch (const std::logic_error&) {
        used = 0;
    }
    if (used == 0 || used != text.size()) throw std::invalid_argument{"--" + name + " is no number: " + text};
    return value;
}

}  // namespace

Arguments::Arguments(const std::vector<std::string>& words) : used_{"dir", "prop"} {
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string name = words[at].starts_with("--") ? words[at].substr(2) : "";
        if (flags.contains(name)) {
            values_[name];
        } else if (options.contains(name) && at + 1 < words.size()) {
            values_[name].push_back(words[++at]);
        } else {
            throw std::invalid_argument{"unknown option or missing value: " + words[at]};
        }
    }
}

bool Arguments::flag(const std::string& name) {
    used_.insert(name);
    return values_.contains(name);
}

const std::vector<std::string>& Arguments::all(const std::string& name) {
    static const std::vector<std::string> none;
    used_.insert(name);
    const auto found = values_.find(name);
    return found == values_.end() ? none : found->second;
}

std::string Arguments::text(const std::string& name) {
    const auto& given = all(name);
    if (given.size() != 1) throw std::invalid_argument{"--" + name + " is wanted exactly once"};
    return given.front();
}

std::string Arguments::text(const std::string& name, const std::string& otherwise) {
    return all(name).empty() ? otherwise : text(name);
}

std::int64_t Arguments::number(const std::string& name) { return to_number(name, text(name)); }

std::int64_t Arguments::number(const std::string& name, std::int64_t otherwise) {
    return all(name).empty() ? otherwise : number(name);
}

std::int32_t Arguments::integer(const std::string& name) {
    const std::int64_t value = number(name);
    if (!std::in_range<std::int32_t>(value)) throw std::invalid_argument{"--" + name + " does not fit 32 bits"};
    return static_cast<std::int32_t>(value);
}

void Arguments::reject_unused() const {
    for (const auto& [name, given] : values_)
        if (!used_.contains(name)) throw std::invalid_argument{"--" + name + " means nothing to this role"};
}

}  // namespace gale::interop

#include "driver/options.hpp"
#include "os/directory.hpp"

#include <gale/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace gale::driver {
namespace {

constexpr std::string_view blanks = " \t";
constexpr std::size_t longest_file = 1024 * 1024;

std::string_view without_leading_blanks(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(blanks), text.size()));
}
std::string_view without_trailing_blanks(std::string_view text) {
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}
bool is_ignored(std::string_view line) { return line.empty() || line.front() == '#' || line.front() == '!'; }

/// Takes lines off a text, without their ends and leading blanks, and counts them.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_{text} {}
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] int number() const noexcept { return number_; }
    std::string_view next() {
        const auto end = std::min(rest_.find('\n'), rest_.size());
        auto line = rest_.substr(0, end);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        if (line.ends_with('\r')) line.remove_suffix(1);
        return without_leading_blanks(line);
    }

private:
    std::string_view rest_;
    int number_ = 0;
};

[[noreturn]] void refuse_file(const std::string& fault) { throw Error{ErrorCode::invalid_argument, fault}; }

/// The line and those that continue it: a backslash at the end says that another one does.
std::string whole_line(std::string_view first, Lines& lines) {
    std::string line{first};
    while (line.ends_with('\\')) {
        line.pop_back();
        std::string_view more;
        do {
            if (lines.at_end()) refuse_file("the last line says that another one follows");
            more = lines.next();
        } while (is_ignored(more));
        line += more;
    }
    return line;
}

void apply_line(std::string_view line, DriverOptions& options, Notes& notes) {
    const auto separator = line.find_first_of("=:");
    if (separator == std::string_view::npos) refuse_file(fmt::format("'{}' is no name = value", line));
    const auto name = without_trailing_blanks(line.substr(0, separator));
    if (name.empty()) refuse_file("there is no name before the separator");
    for (auto& note : apply_property(options, name, without_leading_blanks(line.substr(separator + 1))))
        notes.push_back(std::move(note));
}

}  // namespace

Notes load_properties(std::string_view text, std::string_view source, DriverOptions& options) {
    DriverOptions loaded = options;  // all or nothing: a file with a fault changes nothing
    Notes notes;
    Lines lines{text};
    while (!lines.at_end()) {
        const auto first = lines.next();
        const int number = lines.number();
        if (is_ignored(first)) continue;
        try {
            apply_line(whole_line(first, lines), loaded, notes);
        } catch (const Error& error) {
            refuse_file(fmt::format("{}:{}: {}", source, number, error.what()));
        }
    }
    options = std::move(loaded);
    return notes;
}

Notes load_properties_file(const std::string& path, DriverOptions& options) {
    for (const auto* remote : {"http://", "https://"})
        if (path.starts_with(remote))
            throw Error{ErrorCode::not_supported, fmt::format("{}: options are not fetched over the network", path)};
    constexpr std::string_view scheme = "file://";
    const std::string local = path.starts_with(scheme) ? path.substr(scheme.size()) : path;
    const auto text = os::read_text_file(local, longest_file + 1);
    if (!text) throw Error{ErrorCode::system, fmt::format("cannot read the properties file {}", local)};
    if (text->size() > longest_file) refuse_file(fmt::format("{}: longer than {} bytes", local, longest_file));
    return load_properties(*text, local, options);
}

}  // namespace gale::driver

// How options are spelled, and found by what somebody wrote.
#include "driver/options_table.hpp"

#include <algorithm>
#include <vector>

namespace gale::driver {
namespace {

char upper(char c) noexcept { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

/// Letters to insert, drop or exchange to make one of the other.
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto exchanged = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, exchanged});
        }
    }
    return row[b.size()];
}

}  // namespace

std::string environment_spelling(std::string_view name) {
    std::string spelling;
    for (const char c : name) spelling += c == '.' ? '_' : upper(c);
    return spelling.starts_with("AERON_") || spelling.starts_with("GALE_") ? spelling : "AERON_" + spelling;
}

std::string Option::property_name() const { return is_own() ? std::string{name} : "aeron." + std::string{name}; }

std::string Option::environment_name() const {
    return variable.empty() ? environment_spelling(name) : std::string{variable};
}

const Option* find_option(std::string_view name) {
    const auto spelling = environment_spelling(name);
    const auto found = std::ranges::find_if(option_table(), [&](const Option& row) {
        return spelling == row.variable || spelling == environment_spelling(row.name);
    });
    return found == option_table().end() ? nullptr : &*found;
}

const OptionWithoutEffect* find_option_without_effect(std::string_view name) {
    const auto spelling = environment_spelling(name);
    for (const auto& known : options_without_effect())
        if (spelling == environment_spelling(known.name)) return &known;
    return nullptr;
}

std::string_view nearest_name(std::string_view name) {
    constexpr std::size_t longest_sensible = 128;
    if (name.size() > longest_sensible) return {};
    const auto spelling = environment_spelling(name);
    std::string_view nearest;
    std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
    const auto look_at = [&](std::string_view candidate) {
        const auto other = environment_spelling(candidate);
        // What one is longer by has to be put in: that alone may be too far, and a file may be full of such names.
        if (std::max(spelling.size(), other.size()) - std::min(spelling.size(), other.size()) >= least) return;
        const auto far = distance(spelling, other);
        if (far >= least) return;
        least = far;
        nearest = candidate;
    };
    for (const Option& row : option_table()) look_at(row.name);
    for (const auto& known : options_without_effect()) look_at(known.name);
    return nearest;
}

}  // namespace gale::driver

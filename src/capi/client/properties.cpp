// Lines `a.b.c=value`, which become variables A_B_C of this process's environment.
#include "capi/error.hpp"
#include "os/directory.hpp"
#include "os/environment.hpp"
#include "os/http.hpp"

#include <aeron/aeronc.h>

#include <cctype>
#include <string>
#include <string_view>

namespace gale::capi {
namespace {

constexpr std::string_view blanks = " \t\r\f";
constexpr std::string_view http = "http://";
constexpr std::string_view file_url = "file://";
constexpr std::size_t longest_text = 1024 * 1024;

std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string variable_name(std::string_view key) {
    std::string name;
    for (const char c : key) name += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return name;
}

[[noreturn]] void refuse_line(int number, const std::string& why) {
    throw Error{ErrorCode::invalid_argument, "line " + std::to_string(number) + " of the properties: " + why};
}

/// `number`: of the line where it begins.
void set_property(std::string_view line, int number) {
    const std::size_t separator = line.find_first_of("=:");
    if (separator == std::string_view::npos)
        refuse_line(number, "a property is written name=value: " + std::string{line});
    const std::string name = variable_name(trimmed(line.substr(0, separator)));
    const std::string value{trimmed(line.substr(separator + 1))};
    const bool done = value.empty() ? os::remove_environment(name) : os::set_environment(name, value);
    if (!done) refuse_line(number, "a property cannot have that name: " + std::string{line});
}

void load_lines(std::string_view text) {
    std::string property;
    int begins = 0;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos && !trimmed(text).empty())
            refuse_line(number, "it does not end in a newline, and so may not be whole");
        std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.starts_with('#') || line.starts_with('!')) continue;  // also amidst a property that goes on
        if (property.empty()) {
            if (line.empty()) continue;
            begins = number;
        }
        const bool goes_on = line.ends_with('\\');
        if (goes_on) line.remove_suffix(1);
        property += line;
        if (goes_on) continue;
        set_property(std::exchange(property, {}), begins);
    }
    if (!property.empty()) set_property(property, begins);
}

void load_file(const std::string& path) {
    const auto text = os::read_text_file(path, longest_text);
    if (!text) throw std::system_error{ENOENT, std::generic_category(), "cannot read the properties in " + path};
    load_lines(*text);
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_properties_buffer_load(const char* buffer) {
    if (buffer == nullptr) return fail(EINVAL, "the properties are null");
    return guarded([&] { load_lines(buffer); });
}

int aeron_properties_file_load(const char* filename) {
    if (filename == nullptr) return fail(EINVAL, "the name of the file is null");
    return guarded([&] { load_file(filename); });
}

int aeron_properties_http_load(const char* url) {
    if (url == nullptr) return fail(EINVAL, "the address is null");
    return guarded([&] { load_lines(gale::os::http_get(url, longest_text)); });
}

int aeron_properties_load(const char* url_or_filename) {
    if (url_or_filename == nullptr) return fail(EINVAL, "the name of the properties is null");
    const std::string_view name{url_or_filename};
    if (name.starts_with(http)) return aeron_properties_http_load(url_or_filename);
    if (name.starts_with(file_url)) return aeron_properties_file_load(url_or_filename + file_url.size());
    return aeron_properties_file_load(url_or_filename);
}

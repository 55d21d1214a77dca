/// The options after the name of the role: `--name value`, or `--name` alone for a flag.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace gale::interop {

class Arguments {
public:
    /// Throws std::invalid_argument, as every call here does, on what nobody could mean.
    explicit Arguments(const std::vector<std::string>& words);

    [[nodiscard]] bool flag(const std::string& name);
    [[nodiscard]] const std::vector<std::string>& all(const std::string& name);
    [[nodiscard]] std::string text(const std::string& name);
    [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise);
    [[nodiscard]] std::int64_t number(const std::string& name);
    [[nodiscard]] std::int64_t number(const std::string& name, std::int64_t otherwise);
    [[nodiscard]] std::int32_t integer(const std::string& name);
    /// An option that the role never asked for is a mistake in the test.
    void reject_unused() const;

private:
    std::map<std::string, std::vector<std::string>> values_;
    std::set<std::string> used_;
};

}  // namespace gale::interop

/// The words after `gale`: which subcommands there are and what they take. The only door to the argument parser, whose
/// headers cost every file that sees them many times what the file itself does.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace gale::tools {

/// One option, to say more of it. A handle, as long as the CommandLine lives.
class Option {
public:
    explicit Option(CLI::Option& option) noexcept : option_{&option} {}
    Option& required();
    Option& type_name(const std::string& name);
    /// Shown as the default: this, or what the target holds now.
    Option& default_str(const std::string& text);
    Option& capture_default_str();
    Option& excludes(const Option& other);
    /// Takes one word each time it is given.
    Option& one_at_a_time();
    Option& within(int low, int high);
    Option& within(double low, double high);
    Option& positive();
    Option& not_negative();
    Option& one_of(std::initializer_list<std::string> words);

private:
    CLI::Option* option_;
};

/// A subcommand, or the program itself. A handle, as long as the CommandLine lives; so do all targets.
class Command {
public:
    /// Empty when the word was taken, else what is wrong with it.
    using Taker = std::function<std::string(const std::string& word)>;

    explicit Command(CLI::App& app) noexcept : app_{&app} {}
    Command add_subcommand(const std::string& name, const std::string& about);
    void require_subcommand();
    Option add_flag(const std::string& names, bool& target, const std::string& help);
    Option add_option(const std::string& names, std::string& target, const std::string& help);
    Option add_option(const std::string& names, std::vector<std::string>& target, const std::string& help);
    Option add_option(const std::string& names, int& target, const std::string& help);
    Option add_option(const std::string& names, std::int64_t& target, const std::string& help);
    Option add_option(const std::string& names, double& target, const std::string& help);
    Option add_option(const std::string& names, std::optional<std::int32_t>& target, const std::string& help);
    Option add_option(const std::string& names, std::optional<double>& target, const std::string& help);
    Option add_number(const std::string& names, std::function<void(std::int32_t)> take, const std::string& help);
    Option add_word(const std::string& names, Taker take, const std::string& help);
    /// One of the words of `choices`, in whatever case.
    template <class Target, class Choice>
    Option add_choice(const std::string& names, Target& target, const std::map<std::string, Choice>& choices,
                      const std::string& help) {
        std::map<std::string, int> numbers;
        for (const auto& [word, choice] : choices) numbers.emplace(word, static_cast<int>(choice));
        return add_numbered_choice(
            names, [&target](int number) { target = static_cast<Choice>(number); }, numbers, help);
    }
    void footer(std::function<std::string()> text);
    /// Called when this one was named on the command line and all its words made sense.
    void callback(std::function<void()> call);

private:
    Option add_numbered_choice(const std::string& names, std::function<void(int)> take,
                               const std::map<std::string, int>& choices, const std::string& help);
    CLI::App* app_;
};

/// The whole of it.
class CommandLine {
public:
    CommandLine(const std::string& name, const std::string& about, const std::string& version);
    ~CommandLine();
    CommandLine(const CommandLine&) = delete;
    CommandLine& operator=(const CommandLine&) = delete;

    [[nodiscard]] Command root() noexcept { return Command{*app_}; }
    /// Reads the words and calls what they chose. When they end here, the exit status: help and version are told on
    /// standard output, no words at all are answered with help, and to `complain` goes what makes no sense.
    std::optional<int> parse(int count, char** words, const std::function<void(std::string_view)>& complain);

private:
    std::unique_ptr<CLI::App> app_;
};

}  // namespace gale::tools

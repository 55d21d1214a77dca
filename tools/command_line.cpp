#include "command_line.hpp"

#include "command.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>
#include <utility>

namespace gale::tools {
namespace {

/// How far the words on the command line lead.
struct Path {
    CLI::App* last;
    std::string words;      ///< as `gale bench rtt`
    std::string unknown{};  ///< where a subcommand was needed and this came
};

Path follow(CLI::App& app, int count, char** words) {
    Path path{.last = &app, .words = app.get_name()};
    for (int i = 1; i < count && path.last->get_require_subcommand_min() > 0; ++i) {
        const std::string word = words[i];
        const auto found = path.last->get_subcommands([&](CLI::App* below) { return below->check_name(word); });
        if (found.empty()) {
            if (!word.starts_with('-')) path.unknown = word;
            break;
        }
        path.last = found.front();
        path.words += " " + word;
    }
    return path;
}

}  // namespace

Option& Option::required() { return option_->required(), *this; }
Option& Option::type_name(const std::string& name) { return option_->type_name(name), *this; }
Option& Option::default_str(const std::string& text) { return option_->default_str(text), *this; }
Option& Option::capture_default_str() { return option_->capture_default_str(), *this; }
Option& Option::excludes(const Option& other) { return option_->excludes(other.option_), *this; }
Option& Option::one_at_a_time() { return option_->allow_extra_args(false), *this; }
Option& Option::within(int low, int high) { return option_->check(CLI::Range(low, high)), *this; }
Option& Option::within(double low, double high) { return option_->check(CLI::Range(low, high)), *this; }
Option& Option::positive() { return option_->check(CLI::PositiveNumber), *this; }
Option& Option::not_negative() { return option_->check(CLI::NonNegativeNumber), *this; }
Option& Option::one_of(std::initializer_list<std::string> words) {
    return option_->check(CLI::IsMember(std::vector<std::string>{words})), *this;
}

Command Command::add_subcommand(const std::string& name, const std::string& about) {
    return Command{*app_->add_subcommand(name, about)};
}
void Command::require_subcommand() { app_->require_subcommand(1); }
Option Command::add_flag(const std::string& names, bool& target, const std::string& help) {
    return Option{*app_->add_flag(names, target, help)};
}
Option Command::add_option(const std::string& names, std::string& target, const std::string& help) {
    return Option{*app_->add_option(names, target, help)};
}
Option Command::add_option(const std::string& names, std::vector<std::string>& target, const std::string& help) {
    return Option{*app_->add_option(names, target, help)};
}
Option Command::add_option(const std::string& names, int& target, const std::string& help) {
    return Option{*app_->add_option(names, target, help)};
}
Option Command::add_option(const std::string& names, std::int64_t& target, const std::string& help) {
    return Option{*app_->add_option(names, target, help)};
}
Option Command::add_option(const std::string& names, double& target, const std::string& help) {
    return Option{*app_->add_option(names, target, help)};
}
Option Command::add_option(const std::string& names, std::optional<std::int32_t>& target, const std::string& help) {
    return Option{*app_->add_option(names, target, help)};
}
Option Command::add_option(const std::string& names, std::optional<double>& target, const std::string& help) {
    return Option{*app_->add_option(names, target, help)};
}
Option Command::add_number(const std::string& names, std::function<void(std::int32_t)> take, const std::string& help) {
    return Option{*app_->add_option_function<std::int32_t>(names, std::move(take), help)};
}
Option Command::add_word(const std::string& names, Taker take, const std::string& help) {
    const auto checked = [take = std::move(take)](const std::string& word) {
        if (const std::string wrong = take(word); !wrong.empty()) throw CLI::ValidationError(wrong);
    };
    return Option{*app_->add_option_function<std::string>(names, checked, help)};
}
Option Command::add_numbered_choice(const std::string& names, std::function<void(int)> take,
                                    const std::map<std::string, int>& choices, const std::string& help) {
    auto* option = app_->add_option_function<int>(names, std::move(take), help);
    return Option{*option->transform(CLI::CheckedTransformer(choices, CLI::ignore_case))};
}
void Command::footer(std::function<std::string()> text) { app_->footer(std::move(text)); }
void Command::callback(std::function<void()> call) { app_->callback(std::move(call)); }

CommandLine::CommandLine(const std::string& name, const std::string& about, const std::string& version)
    : app_{std::make_unique<CLI::App>(about, name)} {
    app_->set_version_flag("--version", version);
    app_->require_subcommand(1);
    app_->get_formatter()->column_width(34);
}

CommandLine::~CommandLine() = default;

std::optional<int> CommandLine::parse(int count, char** words, const std::function<void(std::string_view)>& complain) {
    try {
        app_->parse(count, words);
        return std::nullopt;
    } catch (const CLI::ParseError& refusal) {
        if (refusal.get_exit_code() == 0) {
            app_->exit(refusal, std::cout, std::cerr);  // --help and --version
            std::cout.flush();
            return success;
        }
        if (count < 2) {
            std::cerr << app_->help();
        } else {
            const Path path = follow(*app_, count, words);
            if (path.unknown.empty()) {
                complain(fmt::format("{}. `{} --help` tells what it takes.", refusal.what(), path.words));
            } else {
                complain(fmt::format("there is no `{} {}`. `{} --help` lists what there is.", path.words, path.unknown,
                                     path.words));
            }
        }
        return wrong_usage;
    }
}

}  // namespace gale::tools

#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace gale::testing {
namespace {

void check(int error, const char* what) {
    if (error != 0) throw std::system_error{error, std::generic_category(), what};
}

struct Pipe {
    Pipe() {
        int ends[2];
        check(pipe2(ends, O_CLOEXEC) == 0 ? 0 : errno, "pipe2");
        read = ends[0];
        write = ends[1];
    }
    Pipe(int read_end, int write_end) : read{read_end}, write{write_end} {}
    Pipe(const Pipe&) = delete;
    ~Pipe() {
        if (read >= 0) close(read);
        if (write >= 0) close(write);
    }
    int read;
    int write;
};

/// A pseudo-terminal that passes on what is written to it, byte for byte.
Pipe terminal() {
    Pipe ends{posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), -1};
    check(ends.read >= 0 && grantpt(ends.read) == 0 && unlockpt(ends.read) == 0 ? 0 : errno, "posix_openpt");
    std::array<char, 64> name{};
    check(ptsname_r(ends.read, name.data(), name.size()), "ptsname_r");
    ends.write = open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
    check(ends.write >= 0 ? 0 : errno, name.data());
    termios settings{};
    check(tcgetattr(ends.write, &settings) == 0 ? 0 : errno, "tcgetattr");
    settings.c_oflag &= ~static_cast<tcflag_t>(OPOST);
    check(tcsetattr(ends.write, TCSANOW, &settings) == 0 ? 0 : errno, "tcsetattr");
    return Pipe{std::exchange(ends.read, -1), std::exchange(ends.write, -1)};
}

struct Actions {
    Actions() { check(posix_spawn_file_actions_init(&value), "posix_spawn_file_actions_init"); }
    Actions(const Actions&) = delete;
    ~Actions() { posix_spawn_file_actions_destroy(&value); }
    posix_spawn_file_actions_t value;
};

struct Attributes {
    Attributes() { check(posix_spawnattr_init(&value), "posix_spawnattr_init"); }
    Attributes(const Attributes&) = delete;
    ~Attributes() { posix_spawnattr_destroy(&value); }
    posix_spawnattr_t value;
};

std::vector<std::string> environment_for(const Command& command) {
    std::map<std::string, std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text{*entry};
        const auto equals = text.find('=');
        if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    for (const auto& name : command.unset) all.erase(name);
    for (const auto& [name, value] : command.environment) all.insert_or_assign(name, value);
    std::vector<std::string> entries;
    for (const auto& [name, value] : all) entries.push_back(name + '=' + value);
    return entries;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

pid_t spawn(const Command& command, int input, int output, int errors) {
    Actions actions;
    check(posix_spawn_file_actions_adddup2(&actions.value, input, 0), "adddup2");
    check(posix_spawn_file_actions_adddup2(&actions.value, output, 1), "adddup2");
    check(posix_spawn_file_actions_adddup2(&actions.value, errors, 2), "adddup2");
    if (!command.directory.empty())
        check(posix_spawn_file_actions_addchdir_np(&actions.value, command.directory.c_str()), "addchdir");

    // The child decides itself what a broken pipe is to it.
    Attributes attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    check(posix_spawnattr_setsigdefault(&attributes.value, &defaults), "setsigdefault");
    check(posix_spawnattr_setflags(&attributes.value, POSIX_SPAWN_SETSIGDEF), "setflags");

    std::vector<std::string> arguments{command.program};
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    std::vector<std::string> environment = environment_for(command);
    pid_t pid = -1;
    check(posix_spawn(&pid, command.program.c_str(), &actions.value, &attributes.value, pointers(arguments).data(),
                      pointers(environment).data()),
          command.program.c_str());
    return pid;
}

void close_file(int& file) noexcept {
    if (file >= 0) close(std::exchange(file, -1));
}

}  // namespace

Process::Process(const Command& command) {
    // A child that has gone is no reason for the test to go.
    [[maybe_unused]] static const auto ignored = std::signal(SIGPIPE, SIG_IGN);
    Pipe input;
    Pipe output = command.terminal ? terminal() : Pipe{};
    Pipe errors;
    pid_ = spawn(command, input.read, output.write, command.terminal ? output.write : errors.write);
    pid_handle_ = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
    input_ = std::exchange(input.write, -1);
    output_pipe_ = std::exchange(output.read, -1);
    errors_pipe_ = std::exchange(errors.read, -1);
    for (const int file : {output_pipe_, errors_pipe_}) fcntl(file, F_SETFL, O_NONBLOCK);
    if (pid_handle_ < 0) {
        const int error = errno;
        end();
        check(error, "pidfd_open");
    }
}

Process::Process(Process&& other) noexcept { *this = std::move(other); }

Process& Process::operator=(Process&& other) noexcept {
    if (this == &other) return *this;
    end();
    pid_ = std::exchange(other.pid_, -1);
    pid_handle_ = std::exchange(other.pid_handle_, -1);
    input_ = std::exchange(other.input_, -1);
    output_pipe_ = std::exchange(other.output_pipe_, -1);
    errors_pipe_ = std::exchange(other.errors_pipe_, -1);
    output_ = std::move(other.output_);
    errors_ = std::move(other.errors_);
    split_ = other.split_;
    lines_ = std::move(other.lines_);
    ending_ = other.ending_;
    return *this;
}

Process::~Process() { end(); }

void Process::end() noexcept {
    if (pid_ > 0 && !ending_) {
        kill(pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
    for (int* file : {&pid_handle_, &input_, &output_pipe_, &errors_pipe_}) close_file(*file);
}

void Process::write(std::string_view text) {
    while (!text.empty() && input_ >= 0) {
        const ssize_t written = ::write(input_, text.data(), text.size());
        if (written > 0)
            text.remove_prefix(static_cast<std::size_t>(written));
        else if (errno != EINTR)
            close_input();
    }
}

void Process::close_input() noexcept { close_file(input_); }

std::optional<std::string> Process::wait_for_line(FunctionRef<bool(std::string_view)> wanted, std::size_t from,
                                                  std::chrono::milliseconds at_most) {
    const Deadline deadline = std::chrono::steady_clock::now() + at_most;
    std::size_t looked = from;
    while (true) {
        catch_up();
        for (; looked < lines_.size(); ++looked)
            if (wanted(lines_[looked])) return lines_[looked];
        if (output_pipe_ < 0 || !pump(deadline, -1)) return std::nullopt;
    }
}

void Process::catch_up() {
    take(output_pipe_, output_);
    take(errors_pipe_, errors_);
    split_lines();
}

void Process::signal(int number) noexcept {
    if (pid_ > 0 && !ending_) kill(pid_, number);
}

std::optional<Ending> Process::wait(std::chrono::milliseconds at_most) {
    const Deadline deadline = std::chrono::steady_clock::now() + at_most;
    while (!ending_) {
        pollfd ended{.fd = pid_handle_, .events = POLLIN, .revents = 0};
        if (poll(&ended, 1, 0) > 0) {
            int status = 0;
            while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
            }
            ending_ = WIFEXITED(status) ? Ending{.status = WEXITSTATUS(status)} : Ending{.signal = WTERMSIG(status)};
        } else if (!pump(deadline, pid_handle_)) {
            return std::nullopt;
        }
    }
    catch_up();  // what it wrote before is in the pipes
    return ending_;
}

// Waits until one of the outputs, or `other`, has news, and reads the outputs; false when the deadline came first.
bool Process::pump(Deadline deadline, int other) {
    using std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() < 0) return false;
    std::array<pollfd, 3> files{};
    const std::array handles{output_pipe_, errors_pipe_, other};  // poll passes over those that are -1
    for (std::size_t index = 0; index < files.size(); ++index) files[index] = {handles[index], POLLIN, 0};
    const int ready = poll(files.data(), files.size(), static_cast<int>(left.count()));
    if (ready == 0 || (ready < 0 && errno != EINTR)) return false;
    catch_up();
    return true;
}

void Process::take(int& from, std::string& into) {
    std::array<char, 65536> chunk;
    while (from >= 0) {
        const ssize_t length = read(from, chunk.data(), chunk.size());
        if (length > 0)
            into.append(chunk.data(), static_cast<std::size_t>(length));
        else if (length == 0 || (errno != EINTR && errno != EAGAIN))
            close_file(from);
        else if (errno == EAGAIN)
            return;
    }
}

void Process::split_lines() {
    for (auto end = output_.find('\n', split_); end != std::string::npos; end = output_.find('\n', split_)) {
        lines_.push_back(output_.substr(split_, end - split_));
        split_ = end + 1;
    }
}

Outcome run(const Command& command, std::string_view input, std::chrono::milliseconds at_most) {
    Process process{command};
    process.write(input);
    process.close_input();
    const auto ending = process.wait(at_most);
    return {.ending = ending, .output = process.output(), .errors = process.errors()};
}

}  // namespace gale::testing

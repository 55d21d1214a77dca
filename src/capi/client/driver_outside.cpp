// A driver seen by those who are not its clients: where it is, how it is asked to end.
#include "capi/client/addresses.hpp"
#include "capi/error.hpp"
#include "client/cnc_mapping.hpp"
#include "control/commands.hpp"
#include "os/directory.hpp"
#include "os/wake.hpp"

#include <aeron/aeronc.h>
#include <aeron/aeronmd.h>  // declares aeron_delete_directory

#include <filesystem>
#include <string>

namespace gale::capi {
namespace {

constexpr std::size_t longest_token = 4096;

int request_termination(const std::string& directory, std::span<const std::byte> token) {
    auto opened = control::CncFile::open(directory, os::Access::read_write);
    switch (opened.state) {
    case control::CncState::ready: break;
    case control::CncState::not_ready:
        if (std::filesystem::file_size(control::CncFile::path(directory)) <= sizeof(control::CncHeader)) return 0;
        throw Error{ErrorCode::invalid_argument, opened.why};
    case control::CncState::broken:
    case control::CncState::absent:
    case control::CncState::forbidden:
    case control::CncState::unreadable:
    case control::CncState::incompatible: throw Error{ErrorCode::invalid_argument, opened.why};
    }
    client::CncMapping mapping{*std::move(opened.file)};
    const control::Command command{control::TerminateDriver{
        .request = {ClientId{mapping.ring().next_correlation_id()}, CorrelationId{-1}}, .token = token}};
    const auto message = control::encode(command);
    const auto written = mapping.ring().write(static_cast<std::int32_t>(control::type_of(command)), message.bytes());
    os::WakeWord{mapping.ring().tail_address()}.wake();
    if (written != shm::RingWrite::written)
        throw Error{ErrorCode::driver_buffer_full, "the command buffer of the driver in " + directory + " is full"};
    return 1;
}

}  // namespace
}  // namespace gale::capi

using namespace gale::capi;  // NOLINT(google-build-using-namespace): what follows is C and has no namespace

int aeron_default_path(char* path, size_t path_length) {
    return guarded([&] {
        const std::string directory = gale::os::default_aeron_directory();
        copy_text(directory, path, path_length);
        return static_cast<int>(directory.size());
    });
}

int aeron_context_request_driver_termination(const char* directory, const uint8_t* token_buffer, size_t token_length) {
    if (directory == nullptr) return fail(EINVAL, "the directory is null");
    if (token_buffer == nullptr && token_length > 0) return fail(EINVAL, "the token is null, but has a length");
    if (token_length > longest_token) return fail(EINVAL, "the token is longer than 4096 bytes");
    return guarded([&] {
        return request_termination(directory, {reinterpret_cast<const std::byte*>(token_buffer), token_length});
    });
}

int aeron_delete_directory(const char* dirname) {
    if (dirname == nullptr) return fail(EINVAL, "the directory is null");
    return guarded([&] { gale::os::remove_tree(dirname); });
}

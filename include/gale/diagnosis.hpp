/// Why messages do not flow through a stream, as far as its driver can tell.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gale {

enum class Finding : std::uint8_t {
    all_well,
    closed,             ///< the handle is, or the client that it came from
    no_driver,          ///< none runs in the directory, or it gives no sign of life
    bad_channel,        ///< the channel makes no sense
    not_there,          ///< the driver has no such publication or subscription
    channel_error,      ///< the driver cannot send, or listen, on the channel
    channel_not_ready,  ///< its sockets are still being opened, or already being closed
    no_destination,     ///< a publication for several destinations has none
    no_answer,          ///< set-ups leave, and no status message comes back
    wrong_stream,       ///< somebody is there, but not for this stream or session
    receiver_refused,   ///< a receiver has rejected the stream
    receivers_missing,  ///< fewer receivers than the channel waits for
    receiver_gone,      ///< one was there, and has fallen silent
    no_subscriber,      ///< over shared memory: nobody subscribes
    window_closed,      ///< a receiver answers, but has let nothing in yet
    slow_subscriber,    ///< a subscriber of the same driver holds the stream back
    slow_receiver,      ///< a receiver elsewhere does
    no_image,           ///< subscribed, but no set-up has come
    repairing,          ///< what was lost has been asked for and is not there yet
};

/// `no-answer`, as JSON has it.
[[nodiscard]] std::string_view name(Finding finding) noexcept;

/// A value. Texts are for people: whole sentences without a line end.
struct Diagnosis {
    Finding finding = Finding::all_well;
    std::string what{};    ///< what was found, with figures
    std::string advice{};  ///< what to do next; empty when nothing has to be done
    [[nodiscard]] bool is_well() const noexcept { return finding == Finding::all_well; }
};

}  // namespace gale

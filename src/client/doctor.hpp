/// Judges from what a driver shows why a stream does not flow. Pure: counters in, a diagnosis out.
#pragma once

#include "client/evidence.hpp"

#include <gale/diagnosis.hpp>
#include <gale/types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gale::client {

/// One look, and an earlier one to tell what moves. Borrows both.
struct Looks {
    const Evidence& now;
    const Evidence* before = nullptr;  ///< null: nothing is known of what moves
};

/// Of the publication whose original registration this is.
[[nodiscard]] Diagnosis diagnose_publication(const Looks& looks, std::int64_t registration_id);
/// Of the image, or the publication over shared memory, that subscribers read under this id.
[[nodiscard]] Diagnosis diagnose_image(const Looks& looks, std::int64_t image_id);
/// Whether somebody is known to subscribe to the stream: counters do not tell before there is an image.
enum class Interest : std::uint8_t { known, assumed };
/// Of a subscription that has no image; the stream may be unknown.
[[nodiscard]] Diagnosis diagnose_listening(const Evidence& now, std::string_view channel,
                                           std::optional<StreamId> stream, Interest interest);

/// Whether a counter's channel is meant by `wanted`: of the same medium, with all that `wanted` says.
[[nodiscard]] bool is_meant(const std::string& wanted, const std::string& channel);

}  // namespace gale::client

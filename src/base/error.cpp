#include <gale/error.hpp>
#include <gale/offer_result.hpp>

namespace gale {

std::string_view name(ErrorCode code) noexcept {
    switch (code) {
    case ErrorCode::unknown: return "unknown";
    case ErrorCode::none: return "none";
    case ErrorCode::invalid_channel: return "invalid_channel";
    case ErrorCode::unknown_subscription: return "unknown_subscription";
    case ErrorCode::unknown_publication: return "unknown_publication";
    case ErrorCode::channel_endpoint_error: return "channel_endpoint_error";
    case ErrorCode::unknown_counter: return "unknown_counter";
    case ErrorCode::unknown_command: return "unknown_command";
    case ErrorCode::malformed_command: return "malformed_command";
    case ErrorCode::not_supported: return "not_supported";
    case ErrorCode::unknown_host: return "unknown_host";
    case ErrorCode::temporarily_unavailable: return "temporarily_unavailable";
    case ErrorCode::generic: return "generic";
    case ErrorCode::storage_space: return "storage_space";
    case ErrorCode::image_rejected: return "image_rejected";
    case ErrorCode::publication_revoked: return "publication_revoked";
    case ErrorCode::driver_timeout: return "driver_timeout";
    case ErrorCode::client_timeout: return "client_timeout";
    case ErrorCode::conductor_service_timeout: return "conductor_service_timeout";
    case ErrorCode::client_buffer_full: return "client_buffer_full";
    case ErrorCode::driver_buffer_full: return "driver_buffer_full";
    case ErrorCode::timed_out: return "timed_out";
    case ErrorCode::closed: return "closed";
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::system: return "system";
    case ErrorCode::incompatible: return "incompatible";
    }
    return "unknown";
}

std::string_view name(OfferError error) noexcept {
    switch (error) {
    case OfferError::not_connected: return "not_connected";
    case OfferError::back_pressured: return "back_pressured";
    case OfferError::admin_action: return "admin_action";
    case OfferError::closed: return "closed";
    case OfferError::max_position_exceeded: return "max_position_exceeded";
    case OfferError::error:
        return "error: a message longer than max_message_length, a claim longer than max_payload_length, or an "
               "argument "
               "that cannot be";
    }
    return "unknown";
}

}  // namespace gale

#include "client/image_state.hpp"

#include "client/client_core.hpp"
#include "logbuffer/frame.hpp"

#include <gale/error.hpp>

#include <utility>

namespace gale::client {

ImageState::ImageState(Mappings mappings, ImageConstants constants)
    : position_{&mappings.cnc->counters().value(constants.position_counter_id)}, reached_{position_->load_acquire()},
      log_{mappings.log->log()}, constants_{std::move(constants)}, join_position_{reached_.load()},
      mapping_{std::move(mappings.log)}, cnc_{std::move(mappings.cnc)}, core_{std::move(mappings.core)} {}

Position ImageState::position() const noexcept {
    return is_closed() ? Position{final_position_} : Position{position_->load_acquire()};
}

bool ImageState::is_end_of_stream() const noexcept {
    if (is_closed()) return final_position_ >= final_end_of_stream_;
    return position_->load_acquire() >= log_.metadata().end_of_stream_position.load_acquire();
}

std::optional<Position> ImageState::end_of_stream_position() const noexcept {
    const std::int64_t end = is_closed() ? final_end_of_stream_ : log_.metadata().end_of_stream_position.load_acquire();
    if (end == logbuffer::end_of_stream_unknown) return std::nullopt;
    return Position{end};
}

bool ImageState::is_publication_revoked() const noexcept {
    return is_closed() ? final_revoked_ : log_.metadata().is_publication_revoked.load_acquire() != 0;
}

int ImageState::active_transport_count() const noexcept {
    return is_closed() ? 0 : log_.metadata().active_transport_count.load_acquire();
}

void ImageState::mark_closed() noexcept {
    if (is_closed()) return;
    final_position_ = reached_.load(std::memory_order_relaxed);
    final_end_of_stream_ = log_.metadata().end_of_stream_position.load_acquire();
    final_revoked_ = log_.metadata().is_publication_revoked.load_acquire() != 0;
    closed_.store(true, std::memory_order_release);
}

void ImageState::report_corruption(Position at) noexcept {
    if (std::exchange(corruption_reported_, true)) return;
    const auto& geometry = log_.geometry();
    const std::int32_t length =
        logbuffer::frame_length_acquire(log_.term(geometry.partition(at)) + geometry.offset(at));
    try {
        core_->report(Error{ErrorCode::generic, "stream " + std::to_string(constants_.stream_id.value) +
                                                    " of session " + std::to_string(constants_.session_id.value) +
                                                    ": the frame at position " + std::to_string(at.value) +
                                                    " says it has " + std::to_string(length) +
                                                    " bytes, which cannot be: the log " + mapping_->path() +
                                                    " is damaged, and this image stops there"});
    } catch (...) {  // no memory for a text: the image still stops
    }
}

}  // namespace gale::client

#include "wire/rejection.hpp"

namespace gale::wire {

std::string_view name_of(Rejection rejection) noexcept {
    switch (rejection) {
    case Rejection::none: return "none";
    case Rejection::empty: return "empty";
    case Rejection::too_short: return "too_short";
    case Rejection::too_long: return "too_long";
    case Rejection::version: return "version";
    case Rejection::unknown_type: return "unknown_type";
    case Rejection::frame_length: return "frame_length";
    case Rejection::not_whole_frames: return "not_whole_frames";
    case Rejection::data_frame_length: return "data_frame_length";
    case Rejection::data_frame_cut_off: return "data_frame_cut_off";
    case Rejection::behind_padding: return "behind_padding";
    case Rejection::second_frame: return "second_frame";
    case Rejection::term_offset: return "term_offset";
    case Rejection::term_end: return "term_end";
    case Rejection::term_length: return "term_length";
    case Rejection::mtu: return "mtu";
    case Rejection::active_term: return "active_term";
    case Rejection::window: return "window";
    case Rejection::gap_length: return "gap_length";
    case Rejection::text_length: return "text_length";
    case Rejection::entry_type: return "entry_type";
    case Rejection::entry_age: return "entry_age";
    case Rejection::entry_name: return "entry_name";
    case Rejection::entry_cut_off: return "entry_cut_off";
    }
    return "unknown";
}

}  // namespace gale::wire

// The code of fmt, for the whole library. cmake/module.cmake says how the other files find it.
#ifndef FMT_HEADER_ONLY
#include <fmt/format-inl.h>

FMT_BEGIN_NAMESPACE
template void detail::buffer<char>::append(const char*, const char*);
template void detail::vformat_to(buffer<char>&, string_view, format_args, locale_ref);
template auto detail::thousands_sep_impl(locale_ref) -> thousands_sep_result<char>;
template auto detail::decimal_point_impl(locale_ref) -> char;
template auto detail::locale_ref::get<std::locale>() const -> std::locale;
template auto detail::dragonbox::to_decimal(float) noexcept -> dragonbox::decimal_fp<float>;
template auto detail::dragonbox::to_decimal(double) noexcept -> dragonbox::decimal_fp<double>;
FMT_END_NAMESPACE
#endif

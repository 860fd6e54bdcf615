#include "assay/http/retry_after.h"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <string>
#include <system_error>

namespace assay::http {
namespace {

constexpr double kDayInSeconds = 86'400;

}  // namespace

std::chrono::milliseconds retry_after(std::string_view value, std::chrono::system_clock::time_point now) {
  using std::chrono::milliseconds;
  const auto within_a_day = [](double seconds) {
    return milliseconds(static_cast<std::int64_t>(std::ceil(1000 * std::clamp(seconds, 0.0, kDayInSeconds))));
  };
  double seconds = 0;
  const auto [end, wrong] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  const bool is_number = end == value.data() + value.size() && wrong != std::errc::invalid_argument;
  if (is_number && wrong == std::errc::result_out_of_range) return within_a_day(kDayInSeconds);
  if (is_number) return std::isfinite(seconds) ? within_a_day(seconds) : milliseconds(0);
  // Dates of HTTP begin with the day of the week; libcurl would take less for a date.
  const bool is_date = value.find(',') != std::string_view::npos;
  const std::time_t when = is_date ? curl_getdate(std::string(value).c_str(), nullptr) : -1;
  if (when < 0) return milliseconds(0);
  return within_a_day(std::chrono::duration<double>(std::chrono::system_clock::from_time_t(when) - now).count());
}

}  // namespace assay::http

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay::report {

/// What `done` and `total` of a ProgressState count.
enum class ProgressUnit { items, bytes };

/// How far a piece of work is.
struct ProgressState {
  std::string_view label;  ///< May come from a file; escaped.
  std::uint64_t done = 0;
  std::uint64_t total = 0;  ///< 0: not known; neither bar nor percentage nor time left.
  double seconds = 0;       ///< Since the start.
  ProgressUnit unit = ProgressUnit::items;
};

/// One line for a terminal of `width` columns, without a line end:
///
///     weak judges  ███████████▌          52 %  423/805  210/s  1.8 s left
///
/// Never wider than `width`: what does not fit is left out, the bar first, the percentage last. The caller decides
/// whether standard error is a terminal and how often to write.
std::string progress_line(const ProgressState& state, std::size_t width);

/// The same for a file: "weak judges: 52 %, 423/805, 210/s, 1.8 s left".
std::string progress_text(const ProgressState& state);

/// When a line that is kept, as in a file, is due: often enough to tell that the work lives, seldom enough to be no
/// flood.
class Heartbeat {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::seconds kBetween{30};

  /// `began`: of the work, whose first half minute needs no line.
  explicit Heartbeat(Time began) : last_(began) {}
  /// True at most once in `kBetween`: then a line is to be written.
  bool due(Time now);

 private:
  Time last_;
};

}  // namespace assay::report

#include "assay/report/interval_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/svg.h"
#include "assay/report/ticks.h"

namespace assay::report {
namespace {

// As in a LinePlot, the last grey.
constexpr std::array<std::string_view, 7> kGroupColours = {"#0072b2", "#d55e00", "#8c8c8c", "#009e73",
                                                           "#cc79a7", "#e69f00", "#56b4e9"};

constexpr double kRow = 22;  // pixels
constexpr double kLetter = 7.2;
constexpr std::size_t kNameColumns = 40;

void check(const IntervalPlot& plot) {
  if (plot.rows.empty()) throw InvalidArgument("a plot needs at least one interval");
  for (const PlottedInterval& row : plot.rows) {
    const bool ascending = row.low <= row.value && row.value <= row.high;
    if (!ascending || !std::isfinite(row.low) || !std::isfinite(row.high)) {
      throw InvalidArgument(fmt::format("interval of {}: expected low, value, high to ascend, came {}, {}, {}",
                                        quoted(row.name), row.low, row.value, row.high));
    }
    if (row.group >= plot.groups.size() || row.group >= kGroupColours.size()) {
      throw InvalidArgument(fmt::format("interval of {}: expected a group below {}, came {}", quoted(row.name),
                                        std::min(plot.groups.size(), kGroupColours.size()), row.group));
    }
  }
}

class Rows {
 public:
  explicit Rows(const IntervalPlot& plot) : plot_(plot) {
    from_ = plot.rows.front().low;
    to_ = plot.rows.front().high;
    std::size_t widest = 0;
    for (const PlottedInterval& row : plot.rows) {
      from_ = std::min(from_, row.low);
      to_ = std::max(to_, row.high);
      widest = std::max(widest, display_width(shown(row.name)));
    }
    if (!(from_ < to_)) to_ = from_ + 1;
    from_ = plot.x.from.value_or(from_);
    to_ = plot.x.to.value_or(to_);
    left_ = 24 + kLetter * static_cast<double>(widest);
    right_ = width_of(plot) - 22;
    top_ = plot.title.empty() ? 18 : 44;
    bottom_ = top_ + kRow * static_cast<double>(plot.rows.size()) + 6;
  }

  std::string document() {
    const double height = bottom_ + 78 + (plot_.remark.empty() ? 0 : 20);
    out_ = svg_begin(width_of(plot_), height, plot_.title);
    if (!plot_.title.empty()) out_ += svg_text(width_of(plot_) / 2, 27, "middle", plot_.title, " class=\"title\"");
    axis();
    for (std::size_t i = 0; i < plot_.rows.size(); ++i) row(i);
    legend();
    if (!plot_.remark.empty()) out_ += svg_text(left_, bottom_ + 82, "start", plot_.remark);
    return std::move(out_) + "</svg>\n";
  }

 private:
  static std::string shown(const std::string& name) { return cut_to_width(escaped(name), kNameColumns); }
  static double width_of(const IntervalPlot& plot) {
    return static_cast<double>(std::max<std::size_t>(plot.width, 480));
  }

  double column(double x) const {
    return left_ + (std::clamp(x, from_, to_) - from_) / (to_ - from_) * (right_ - left_);
  }

  void axis() {
    const Ticks ticks = nice_ticks(from_, to_, static_cast<int>((right_ - left_) / 90), plot_.x.percent);
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
      const double x = column(ticks.at[i]);
      out_ += svg_line("grid", x, top_, x, bottom_);
      out_ += svg_text(x, bottom_ + 18, "middle", ticks.labels[i]);
    }
    for (const ReferenceLine& line : plot_.references) {
      if (!(line.at >= from_ && line.at <= to_)) continue;
      const double x = column(line.at);
      out_ += svg_line("reference", x, top_, x, bottom_);
      const bool near_right = x > (left_ + right_) / 2;
      out_ += svg_text(x + (near_right ? -5 : 5), bottom_ - 6, near_right ? "end" : "start", line.name);
    }
    out_ += fmt::format("<path class=\"frame\" d=\"M{0:.1f} {1:.1f}H{2:.1f}\"/>\n", left_, bottom_, right_);
    out_ += svg_text((left_ + right_) / 2, bottom_ + 38, "middle", plot_.x.title);
  }

  void row(std::size_t number) {
    const PlottedInterval& one = plot_.rows[number];
    const double y = top_ + kRow * (static_cast<double>(number) + 0.5);
    const std::string_view colour = kGroupColours[one.group];
    out_ += svg_text(left_ - 8, y + 4.5, "end", shown(one.name));
    out_ +=
        fmt::format("<path class=\"interval\" stroke=\"{0}\" stroke-width=\"2\" d=\"M{1:.1f} {2:.1f}H{3:.1f}\"/>\n",
                    colour, column(one.low), y, column(one.high));
    out_ +=
        fmt::format("<circle fill=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4.5\"/>\n", colour, column(one.value), y);
  }

  void legend() {
    double x = left_;
    for (std::size_t g = 0; g < plot_.groups.size(); ++g) {
      out_ += fmt::format("<circle fill=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4.5\"/>\n", kGroupColours[g], x + 5,
                          bottom_ + 57.5);
      out_ += svg_text(x + 16, bottom_ + 62, "start", plot_.groups[g]);
      x += 40 + kLetter * static_cast<double>(display_width(escaped(plot_.groups[g])));
    }
  }

  const IntervalPlot& plot_;
  double from_ = 0;
  double to_ = 1;
  double left_ = 0, right_ = 0, top_ = 0, bottom_ = 0;  // of the plot's inside
  std::string out_;
};

}  // namespace

std::string svg(const IntervalPlot& plot) {
  check(plot);
  return Rows(plot).document();
}

}  // namespace assay::report

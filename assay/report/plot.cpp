#include "assay/report/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/display_width.h"
#include "assay/report/svg.h"
#include "assay/report/ticks.h"

namespace assay::report {
namespace {

// Okabe and Ito's palette, told apart by colour-blind readers, without yellow and black, which vanish on a white
// and on a dark background. After the seventh series the colours repeat with another dash.
constexpr std::string_view kColours[kPlotColours] = {"#0072b2", "#d55e00", "#009e73", "#cc79a7",
                                                     "#e69f00", "#56b4e9", "#8c8c8c"};
constexpr std::string_view kDashes[kPlotStyles / kPlotColours] = {"", "7 3", "2 3", "9 3 2 3"};

constexpr double kLegendRow = 20;       // pixels
constexpr double kLetterWidth = 7.2;    // about, of 13 px sans-serif
constexpr double kLabelRow = 16;        // pixels
constexpr double kLeader = 12;          // from a curve's end to its name
constexpr double kFarthestLabel = 34;   // that a name may stand above or below its curve
constexpr double kWidestLabels = 0.25;  // of the plot

struct AxisRange {
  double from = std::numeric_limits<double>::infinity();
  double to = -std::numeric_limits<double>::infinity();

  void include(double value) {
    from = std::min(from, value);
    to = std::max(to, value);
  }
};

struct Extent {
  AxisRange x;
  AxisRange y;
};

/// Widens a range of a single value, so that it can be drawn, and applies what the axis asks for.
AxisRange settled(AxisRange range, const PlotAxis& axis) {
  if (!(range.from < range.to)) {
    const double half = range.from == 0 ? 1 : std::abs(range.from) / 2;
    range = {range.from - half, range.to + half};
  }
  return {axis.from.value_or(range.from), axis.to.value_or(range.to)};
}

bool is_drawn(const PlotBand& band, std::size_t i) {
  return std::isfinite(band.x[i]) && std::isfinite(band.low[i]) && std::isfinite(band.high[i]);
}

Extent extent(const LinePlot& plot) {
  Extent all;
  for (const PlotSeries& series : plot.series) {
    if (series.x.size() != series.y.size()) {
      throw InvalidArgument(fmt::format("series {}: expected as many y as x ({}), came {}", quoted(series.name),
                                        series.x.size(), series.y.size()));
    }
    const PlotBand& band = series.band;
    if (band.low.size() != band.x.size() || band.high.size() != band.x.size()) {
      throw InvalidArgument(fmt::format("series {}: expected as many ends of the band as x ({}), came {} and {}",
                                        quoted(series.name), band.x.size(), band.low.size(), band.high.size()));
    }
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      if (!std::isfinite(series.x[i]) || !std::isfinite(series.y[i])) continue;
      all.x.include(series.x[i]);
      all.y.include(series.y[i]);
    }
    for (std::size_t i = 0; i < band.x.size(); ++i) {
      if (!is_drawn(band, i)) continue;
      all.x.include(band.x[i]);
      all.y.include(band.low[i]);
      all.y.include(band.high[i]);
    }
  }
  if (!(all.x.from <= all.x.to)) throw InvalidArgument("a plot needs at least one point that is finite");
  for (const ReferenceLine& line : plot.references) {
    if (!std::isfinite(line.at)) continue;
    (line.direction == ReferenceLine::Direction::horizontal ? all.y : all.x).include(line.at);
  }
  return {settled(all.x, plot.x), settled(all.y, plot.y)};
}

class Drawing {
 public:
  explicit Drawing(const LinePlot& plot)
      : plot_(plot),
        range_(extent(plot)),
        width_(static_cast<double>(std::max<std::size_t>(plot.width, 320))),
        height_(static_cast<double>(std::max<std::size_t>(plot.height, 240))),
        x_ticks_(nice_ticks(range_.x.from, range_.x.to, static_cast<int>(width_ / 110), plot.x.percent)),
        y_ticks_(nice_ticks(range_.y.from, range_.y.to, static_cast<int>(height_ / 80), plot.y.percent)) {
    std::size_t widest = 0;
    for (const std::string& label : y_ticks_.labels) widest = std::max(widest, display_width(label));
    left_ = 34 + kLetterWidth * static_cast<double>(widest);
    top_ = plot.title.empty() ? 18 : 44;
    if (place_labels()) return;
    place_legend();
    bottom_ = height_ - 52 - kLegendRow * static_cast<double>(legend_rows_);
    right_ = width_ - 22;
  }

  std::string document() {
    out_ = svg_begin(width_, height_, plot_.title);
    axes();
    for (const ReferenceLine& line : plot_.references) reference(line);
    // An inner <svg> clips what leaves the axes, without an id that might be another plot's on the same page.
    out_ += fmt::format(
        "<svg x=\"{0:.1f}\" y=\"{1:.1f}\" width=\"{2:.1f}\" height=\"{3:.1f}\" viewBox=\"{0:.1f} {1:.1f} {2:.1f} "
        "{3:.1f}\">\n",
        left_, top_ - 2, right_ - left_, bottom_ - top_ + 4);
    for (std::size_t i = 0; i < plot_.series.size(); ++i) band(i);
    for (std::size_t i = 0; i < plot_.series.size(); ++i) curve(i);
    out_ += "</svg>\n";
    for (const ReferenceLine& line : plot_.references) reference_name(line);
    labels();
    legend();
    return std::move(out_) + "</svg>\n";
  }

 private:
  double column(double x) const {
    return left_ + (x - range_.x.from) / (range_.x.to - range_.x.from) * (right_ - left_);
  }
  double row(double y) const {
    return bottom_ - (y - range_.y.from) / (range_.y.to - range_.y.from) * (bottom_ - top_);
  }

  void line(std::string_view kind, double x1, double y1, double x2, double y2) {
    out_ += svg_line(kind, x1, y1, x2, y2);
  }

  void text(double x, double y, std::string_view anchor, std::string_view content, std::string_view more = {}) {
    out_ += svg_text(x, y, anchor, content, more);
  }

  void axes() {
    if (!plot_.title.empty()) text(width_ / 2, 27, "middle", plot_.title, " class=\"title\"");
    for (std::size_t i = 0; i < y_ticks_.at.size(); ++i) {
      const double y = row(y_ticks_.at[i]);
      line("grid", left_, y, right_, y);
      text(left_ - 7, y + 4.5, "end", y_ticks_.labels[i]);
    }
    for (std::size_t i = 0; i < x_ticks_.at.size(); ++i) {
      const double x = column(x_ticks_.at[i]);
      line("grid", x, top_, x, bottom_);
      text(x, bottom_ + 18, "middle", x_ticks_.labels[i]);
    }
    out_ += fmt::format("<path class=\"frame\" d=\"M{0:.1f} {1:.1f}V{2:.1f}H{3:.1f}\"/>\n", left_, top_, bottom_,
                        right_);
    text((left_ + right_) / 2, bottom_ + 38, "middle", plot_.x.title);
    const double middle = (top_ + bottom_) / 2;
    text(16, middle, "middle", plot_.y.title, fmt::format(" transform=\"rotate(-90 16 {:.1f})\"", middle));
  }

  void reference(const ReferenceLine& reference) {
    const bool horizontal = reference.direction == ReferenceLine::Direction::horizontal;
    const AxisRange& range = horizontal ? range_.y : range_.x;
    if (!(reference.at >= range.from && reference.at <= range.to)) return;
    const double x = horizontal ? left_ : column(reference.at);
    const double y = horizontal ? row(reference.at) : bottom_;
    line("reference", x, horizontal ? y : top_, horizontal ? right_ : x, y);
  }

  /// Above the curves: at the left end of a horizontal line, at the foot of a vertical one.
  void reference_name(const ReferenceLine& reference) {
    const bool horizontal = reference.direction == ReferenceLine::Direction::horizontal;
    const AxisRange& range = horizontal ? range_.y : range_.x;
    if (reference.name.empty() || !(reference.at >= range.from && reference.at <= range.to)) return;
    if (horizontal) {
      const double y = row(reference.at);
      text(left_ + 6, y < top_ + 18 ? y + 16 : y - 5, "start", reference.name);
    } else {
      const double x = column(reference.at);
      const bool near_right = x > (left_ + right_) / 2;
      text(x + (near_right ? -5 : 5), bottom_ - 7, near_right ? "end" : "start", reference.name);
    }
  }

  std::string_view colour(std::size_t series) const {
    return kColours[plot_.series[series].style.value_or(series) % kPlotColours];
  }

  std::string stroke(std::size_t series) const {
    const std::string_view dash =
        kDashes[plot_.series[series].style.value_or(series) / kPlotColours % std::size(kDashes)];
    return fmt::format("fill=\"none\" stroke=\"{}\" stroke-width=\"2\"{}", colour(series),
                       dash.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", dash));
  }

  /// The upper ends from left to right, and the lower ones back.
  void band(std::size_t number) {
    const PlotBand& band = plot_.series[number].band;
    std::string path;
    const auto point = [&](double x, double y) {
      path += fmt::format("{}{:.1f} {:.1f}", path.empty() ? 'M' : 'L', column(x), row(y));
    };
    for (std::size_t i = 0; i < band.x.size(); ++i) {
      if (is_drawn(band, i)) point(band.x[i], band.high[i]);
    }
    for (std::size_t i = band.x.size(); i-- > 0;) {
      if (is_drawn(band, i)) point(band.x[i], band.low[i]);
    }
    if (path.empty()) return;
    out_ += fmt::format("<path class=\"band\" stroke=\"none\" fill=\"{}\" fill-opacity=\"0.15\" d=\"{}Z\"/>\n",
                        colour(number), path);
  }

  void curve(std::size_t number) {
    const PlotSeries& series = plot_.series[number];
    std::string path;
    bool drawing = false;
    for (std::size_t i = 0; i < series.x.size(); ++i) {
      if (!std::isfinite(series.x[i]) || !std::isfinite(series.y[i])) {
        drawing = false;
        continue;
      }
      path += fmt::format("{}{:.1f} {:.1f}", drawing ? 'L' : 'M', column(series.x[i]), row(series.y[i]));
      // A lone point would not be seen.
      if (!drawing) path += "h0";
      drawing = true;
    }
    out_ += fmt::format("<path class=\"curve\" stroke-linejoin=\"round\" stroke-linecap=\"round\" {} d=\"{}\"/>\n",
                        stroke(number), path);
  }

  /// True if the names stand beside the right ends of their curves, each near its own; sets the plot's inside then.
  bool place_labels() {
    double widest = 0;
    for (const PlotSeries& series : plot_.series) {
      if (series.x.empty() || !(series.x.back() >= range_.x.to) || !std::isfinite(series.y.back())) return false;
      widest = std::max(widest, kLetterWidth * static_cast<double>(display_width(escaped(series.name))));
    }
    if (widest > kWidestLabels * width_) return false;
    bottom_ = height_ - 52;
    right_ = width_ - widest - kLeader - 14;
    std::vector<std::size_t> order(plot_.series.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto end_of = [&](std::size_t i) { return std::clamp(row(plot_.series[i].y.back()), top_, bottom_); };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return end_of(a) < end_of(b); });
    std::vector<double> at(plot_.series.size());
    double above = top_ - kLabelRow;
    for (const std::size_t i : order) above = at[i] = std::max(end_of(i), above + kLabelRow);
    double below = bottom_ + kLabelRow;
    for (auto i = order.rbegin(); i != order.rend(); ++i) below = at[*i] = std::min(at[*i], below - kLabelRow);
    for (const std::size_t i : order) {
      if (at[i] < top_ - 1 || std::abs(at[i] - end_of(i)) > kFarthestLabel) return false;
    }
    label_at_ = std::move(at);
    return true;
  }

  void labels() {
    for (std::size_t i = 0; i < label_at_.size(); ++i) {
      const double end = std::clamp(row(plot_.series[i].y.back()), top_, bottom_);
      out_ +=
          fmt::format("<path class=\"leader\" fill=\"none\" stroke=\"{}\" d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\"/>\n",
                      colour(i), right_ + 1, end, right_ + kLeader, label_at_[i]);
      text(right_ + kLeader + 4, label_at_[i] + 4.5, "start", plot_.series[i].name);
    }
  }

  /// Rows of entries below the plot, as many in a row as fit.
  void place_legend() {
    double x = left_;
    for (const PlotSeries& series : plot_.series) {
      const double wide =
          34 + kLetterWidth * static_cast<double>(std::min<std::size_t>(80, display_width(escaped(series.name))));
      if (legend_rows_ == 0 || x + wide > width_ - 10) {
        ++legend_rows_;
        x = left_;
      }
      legend_at_.push_back({x, static_cast<double>(legend_rows_ - 1)});
      x += wide + 10;
    }
  }

  void legend() {
    for (std::size_t i = 0; i < legend_at_.size(); ++i) {
      const double x = legend_at_[i].x;
      const double y = bottom_ + 58 + kLegendRow * legend_at_[i].row;
      out_ += fmt::format("<path {} d=\"M{:.1f} {:.1f}h24\"/>\n", stroke(i), x, y - 4.5);
      text(x + 30, y, "start", plot_.series[i].name);
    }
  }

  struct LegendPlace {
    double x;
    double row;
  };

  const LinePlot& plot_;
  Extent range_;
  double width_;
  double height_;
  Ticks x_ticks_;
  Ticks y_ticks_;
  double left_ = 0, top_ = 0, right_ = 0, bottom_ = 0;  // of the plot's inside
  std::size_t legend_rows_ = 0;
  std::vector<LegendPlace> legend_at_;  // empty: the names stand at the curves
  std::vector<double> label_at_;        // heights of the names at the curves; empty: there is a legend
  std::string out_;
};

}  // namespace

std::string svg(const LinePlot& plot) { return Drawing(plot).document(); }

}  // namespace assay::report

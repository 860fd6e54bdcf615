#include "assay/report/svg.h"

#include <fmt/format.h>

#include "assay/core/utf8.h"
#include "assay/report/display_width.h"

namespace assay::report {
namespace {

constexpr std::string_view kStyle =
    "<style>\n"
    "  .plot .page{fill:#ffffff} .plot .grid{stroke:#e3e3e3} .plot .frame{stroke:#808080;fill:none}\n"
    "  .plot .reference{stroke:#606060;stroke-dasharray:5 4}\n"
    "  .plot text{fill:#202020;font:13px system-ui,sans-serif;stroke:#ffffff;stroke-width:3px;paint-order:stroke}\n"
    "  .plot .title{font-size:16px;font-weight:600}\n"
    "  @media (prefers-color-scheme:dark){.plot .page{fill:#161b22} .plot .grid{stroke:#30363d}\n"
    "    .plot .reference{stroke:#a0a0a0} .plot text{fill:#e6e6e6;stroke:#161b22}}\n"
    "</style>\n";

std::string xml(std::string_view text) {
  constexpr std::size_t kLongest = 80;  // columns
  std::string out;
  for (const char c : cut_to_width(escaped(text.substr(0, 16 * kLongest)), kLongest)) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  // U+FFFE and U+FFFF are valid UTF-8 but no XML characters.
  for (const std::string_view forbidden : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (std::size_t at = 0; (at = out.find(forbidden, at)) != std::string::npos;) out.replace(at, 3, "?");
  }
  return out;
}

}  // namespace

std::string svg_begin(double width, double height, std::string_view title) {
  return fmt::format(
      "<svg class=\"plot\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" "
      "height=\"{1}\" role=\"img\">\n<title>{2}</title>\n{3}<rect class=\"page\" width=\"{0}\" "
      "height=\"{1}\" rx=\"6\"/>\n",
      width, height, xml(title), kStyle);
}

std::string svg_text(double x, double y, std::string_view anchor, std::string_view content, std::string_view more) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y, anchor, more,
                     xml(content));
}

std::string svg_line(std::string_view kind, double x1, double y1, double x2, double y2) {
  return fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", kind, x1, y1,
                     x2, y2);
}

}  // namespace assay::report

#pragma once

#include <string>
#include <string_view>

namespace assay::report {

/// What every plot begins with: an SVG document of this size in pixels that needs nothing else, with its own
/// background and the reader's light or dark colour scheme. The caller ends it with "</svg>\n".
std::string svg_begin(double width, double height, std::string_view title);

/// A text at a place; `more`: further attributes, XML already. `content` is made safe within XML: also control
/// characters and bytes that are not UTF-8, which XML forbids even escaped. At most 80 columns are shown.
std::string svg_text(double x, double y, std::string_view anchor, std::string_view content,
                     std::string_view more = {});

std::string svg_line(std::string_view kind, double x1, double y1, double x2, double y2);

}  // namespace assay::report

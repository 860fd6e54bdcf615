#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "assay/report/plot.h"

namespace assay::view {

/// What the plots of all verbs have in common: a strategy, an allocator or a method of selection has the same
/// colour wherever it is drawn.

/// Style of the curve of this name: the table's, and for a name that it does not have, as of a program, one of its
/// own that depends on the name alone. `variant`: the same colour, dashed, for the same method used otherwise.
std::size_t series_style(std::string_view name, bool variant = false);

/// Adds a curve, `style` being that of its name. Where two programs would look alike the second takes the next
/// style.
void add_series(report::LinePlot& plot, report::PlotSeries series, std::size_t style);

/// "alpaca: ..." for the study "data/alpaca.assay": what a plot is about, for its title.
std::string plot_title(const std::string& study, std::string_view about);

}  // namespace assay::view

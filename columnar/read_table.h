#pragma once

namespace assay::columnar {

enum class RowFormat { json, csv };

/// Writes the rows of a Parquet or Arrow file (also a stream, also Feather 2) in their order. As lines of JSON: the
/// first is {"column": 0, ...}, all columns (0: of numbers or booleans; null: of others), then comes an object a
/// row, without what is null in it. As csv: a header, and nothing between two commas for a null. `from` is the
/// descriptor of a plain file, whose position tells how far the reading is; `to` one to write to. Memory: a row
/// group's pages as far as they are open, and 256 rows; above 1 GiB it gives up. Throws Failure.
void read_table(int from, RowFormat format, int to);

}  // namespace assay::columnar

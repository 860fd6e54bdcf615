#pragma once

#include <iosfwd>

namespace assay::columnar {

/// Writes lines of JSON as a Parquet file on the descriptor `to`. The first line names the columns and their types,
/// {"query": "string", "score": "double"}: string, int32, int64, double, bool, or map, from texts to doubles. Every
/// further line is a row; a key that it lacks, or that is null, is a null cell. Memory: a row group, of 131,072
/// rows or 64 MiB at most. The same lines are the same bytes, for the same Arrow. Throws Failure.
void write_table(std::istream& from, int to);

}  // namespace assay::columnar

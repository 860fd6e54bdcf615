#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay::data {

/// A matrix of numbers, row by row.
struct NumberMatrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<float> values;
};

/// Reads a NumPy file (.npy, format 1 to 3): a two-dimensional array of float16, float32 or float64, of either byte
/// order, by rows or by columns. Values must be finite. Throws DataError.
NumberMatrix read_npy(const std::string& path);
/// The same from memory; `path` is for messages.
NumberMatrix parse_npy(std::string_view path, std::string_view bytes);

}  // namespace assay::data

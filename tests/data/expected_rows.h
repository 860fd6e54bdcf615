#pragma once

#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "assay/data/byte_source.h"
#include "assay/data/csv_records.h"

namespace assay::data {

/// The folder of other evaluation tools' result files among the benchmark data; empty if there is none: skip then,
/// visibly.
inline std::string eval_tools_folder() {
  const char* root = std::getenv("ASSAY_BENCH_DATA");
  const std::string folder = root == nullptr ? "" : std::string(root) + "/eval_tools";
  return std::filesystem::exists(folder) ? folder : "";
}

/// Rows of an expected.csv beside such files, by column.
inline std::vector<std::map<std::string, std::string>> expected_rows(const std::string& path) {
  const auto source = open_source(path, nullptr);
  CsvRecords records(*source);
  std::vector<std::string> header;
  std::vector<std::map<std::string, std::string>> rows;
  while (records.next()) {
    const auto fields = records.fields();
    if (header.empty()) {
      header.assign(fields.begin(), fields.end());
      continue;
    }
    auto& row = rows.emplace_back();
    for (std::size_t i = 0; i < fields.size() && i < header.size(); ++i) row[header[i]] = fields[i];
  }
  return rows;
}

}  // namespace assay::data

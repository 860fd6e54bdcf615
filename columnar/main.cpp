// assay-arrow: Parquet and Arrow files as lines of JSON, and back. A program of its own, so that Arrow's libraries,
// which bring symbols of others along, are in no process with Assay's, and a file that breaks them breaks nothing
// else.

#include <unistd.h>

#include <exception>
#include <iostream>
#include <string>
#include <string_view>

#include "columnar/read_table.h"
#include "columnar/write_table.h"

namespace {

constexpr std::string_view kUse =
    "use: assay-arrow read < FILE > LINES   rows of a Parquet or Arrow file as lines of JSON, all columns in the "
    "first\n"
    "     assay-arrow csv < FILE > TABLE    the same as csv\n"
    "     assay-arrow write < LINES > FILE  a Parquet file of lines of JSON; the first is {\"column\": \"type\", "
    "...}\n";

int run(std::string_view task) {
  using assay::columnar::RowFormat;
  if (task == "read" || task == "csv") {
    assay::columnar::read_table(STDIN_FILENO, task == "csv" ? RowFormat::csv : RowFormat::json, STDOUT_FILENO);
  } else if (task == "write") {
    assay::columnar::write_table(std::cin, STDOUT_FILENO);
  } else {
    std::cerr << kUse;
    return 2;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  int status = 1;
  try {
    status = run(argc == 2 ? argv[1] : "");
  } catch (const std::exception& error) {
    const std::string what = error.what();
    std::cerr << what.substr(0, what.find('\n')) << '\n';
  }
  std::cerr.flush();
  _exit(status);  // Arrow's threads and pools need no farewell
}

#include "assay/data/csv.h"

#include "assay/core/error.h"
#include "assay/data/battle_table.h"
#include "assay/data/csv_records.h"
#include "assay/data/file_list.h"
#include "assay/data/own_table.h"
#include "assay/data/prompt_rows.h"
#include "assay/data/record_table.h"
#include "assay/data/wide_table.h"

namespace assay::data {
namespace {

constexpr std::string_view kDefaultJudge = "csv";

/// A wide table, whose header is the record that was read last.
void read_wide_table(CsvRecords& records, const FormatOptions& options, RecordSink& sink) {
  WideTable table({records.path(), kDefaultJudge}, options, sink);
  table.header(records.fields(), records.line());
  std::size_t rows = 0;
  for (; records.next(); ++rows) table.row(records.fields(), records.line());
  if (rows > 0) return;
  throw DataError({records.path(), records.line() + 1}, "expected rows after the header, came the end of the file");
}

}  // namespace

void read_csv_table(ByteSource& source, const FormatOptions& options, RecordSink& sink) {
  OwnRowWriter writer(options, sink);
  read_csv_table(source, writer);
}

void read_csv_table(ByteSource& source, OwnRowWriter& writer) {
  const FormatOptions& options = writer.options();
  CsvRecords records(source);
  if (!records.next()) throw DataError({records.path(), 1}, "expected a header line, came an empty file");
  if (records.separator() != ',') {
    writer.sink().note(records.separator() == ';' ? "columns separated by semicolons" : "columns separated by tabs",
                       {records.path(), records.line()});
  }
  if (!options.prompt.empty()) {
    PromptRows(writer).read(records);
  } else if (is_battle_header(records.fields())) {
    read_battle_table(records, options, writer.sink());
  } else if (is_record_header(records.fields())) {
    read_record_table(records, writer.sink());
  } else if (is_own_header(records.fields(), writer)) {
    read_own_table(records, writer);
  } else {
    read_wide_table(records, options, writer.sink());
  }
}

void read_csv(std::span<const std::string> paths, const FormatOptions& options, RecordSink& sink,
              const Progress& progress) {
  for (const std::string& path : paths) require_file(path);
  ReadMeter meter(total_size(paths), progress);
  OwnRowWriter writer(options, sink);
  for (const std::string& path : paths) read_csv_table(*open_source(path, &meter), writer);
}

}  // namespace assay::data

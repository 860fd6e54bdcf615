#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "assay/core/records.h"
#include "assay/data/byte_source.h"
#include "assay/data/format.h"
#include "assay/data/json_value.h"

namespace assay::data {

/// What a row of promptfoo's results is about.
struct PromptfooRow {
  std::size_t system = 0;  ///< Place in PromptfooEvals::systems.
  std::size_t test = 0;    ///< Place in PromptfooEvals::tests.
  int repeat = 1;
  bool counts = true;  ///< False: another evaluation has the same system and test.
};

/// A provider with a prompt.
struct PromptfooSystem {
  std::string name;      ///< "small", or "small [kind teacher]" where there are several prompts.
  std::string provider;  ///< Who served it ("openai"); empty: not told.
};

/// Rows with the same variables, description and metadata.
struct PromptfooTest {
  std::uint64_t key = 0;
  std::size_t number = 1;  ///< Tells tests apart that differ only in what is asserted.
  bool one_text = true;    ///< All systems got the same prompt.
};

/// Looks through files of promptfoo before they are read: which systems and tests there are, which rows are repeats
/// of each other, and which evaluation counts. Names of systems depend on all files. Memory: some 100 bytes a row.
class PromptfooEvals {
 public:
  /// One file; `label` is what FormatOptions::run may name. Throws DataError.
  void add(ByteSource& source, std::string_view label);
  /// After all files. Throws InvalidArgument if FormatOptions::run names none.
  void settle(const FormatOptions& options, RecordSink& sink);

  /// Rows of the file that was added as the `file`th, in its order; none if another file holds the same evaluation.
  const std::vector<PromptfooRow>& rows(std::size_t file) const { return files_[file].rows; }
  const std::vector<PromptfooSystem>& systems() const { return systems_; }
  const std::vector<PromptfooTest>& tests() const { return tests_; }

 private:
  using Prompt = std::pair<std::string, std::string>;  ///< Label, and the id of its template.

  struct SystemKey {
    std::string provider;
    Prompt prompt;
    int twin = 0;  ///< Tells providers apart that are called the same.
    auto operator<=>(const SystemKey&) const = default;
  };
  struct Sight {
    std::size_t system = 0;
    std::size_t test = 0;
    int place = 0;  ///< testIdx.
  };
  struct File {
    std::string path;
    std::string label;
    std::string time;
    bool wanted = false;
    bool again = false;  ///< All its rows are in a file before.
    std::vector<Sight> sights;
    std::vector<PromptfooRow> rows;
  };
  struct KeyState {
    std::uint64_t text = 0;
    bool one_text = true;
    std::map<std::uint64_t, std::size_t> asserts;  ///< Place in `tests_`.
  };

  void take(const JsonValue& row, File& file, std::map<std::pair<std::string, Prompt>, std::vector<int>>& twins);
  void name_systems();
  static void number_repeats(File& file);

  std::vector<File> files_;
  std::map<SystemKey, std::size_t> system_keys_;
  std::vector<SystemKey> system_of_;
  std::vector<std::string> providers_;
  std::vector<PromptfooSystem> systems_;
  std::map<std::uint64_t, KeyState> keys_;
  std::vector<PromptfooTest> tests_;
  std::unordered_set<std::uint64_t> ids_;  ///< Of rows.
};

/// Calls `take` with the rows of a results file, then `rest` with what is around them, if there is something.
void read_promptfoo_rows(ByteSource& source, RecordSink* notes,
                         const std::function<void(const JsonValue& row)>& take,
                         const std::function<void(const JsonValue& object)>& rest = {});

/// A row's variables, without those that promptfoo adds while it runs: the value, if there is one alone, else
/// "name: value" lines.
std::string promptfoo_variables(const JsonValue& row);
/// The prompt as it was sent; empty if it is not known.
std::string_view promptfoo_prompt(const JsonValue& row);

/// What a provider may be called in a study: its id without folders, and without what may be secret in an address.
std::string promptfoo_provider(std::string_view id);

}  // namespace assay::data

// The library names fields, and the command has an option for each of them: this reads the sources and proves it.

#include "assay/core/field_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <set>
#include <string>

#include "assay/allocate/allocator.h"
#include "assay/select/strategy.h"
#include "tests/golden/command.h"
#include "tests/places.h"

namespace assay::cli {
namespace {

using testing::HasSubstr;
using Names = std::set<std::string>;

Names all_matches(const std::string& text, const std::regex& pattern) {
  Names found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) found.insert((*at)[1]);
  return found;
}

// The string literals of a source, one a line; none of its comments.
std::string literals_of(const std::string& source) {
  static const std::regex kLine(R"re(^\s*(//|#include)|("(?:[^"\\]|\\.)*")|\s//)re");
  std::string result;
  std::istringstream lines(source);
  for (std::string line; std::getline(lines, line);) {
    for (std::sregex_iterator at(line.begin(), line.end(), kLine), end; at != end; ++at) {
      if (!(*at)[2].matched) break;
      result += (*at)[2].str() + "\n";
    }
  }
  return result;
}

// Of the library, without the texts for terminals, which view/ writes.
std::string literals_of_library() {
  const std::filesystem::path root = std::filesystem::path(tests::source_folder()) / "assay";
  std::string all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string folder = std::filesystem::relative(entry.path(), root).begin()->string();
    if (entry.is_regular_file() && folder != "view") all += literals_of(contents(entry.path()));
  }
  return all;
}

Names named_in_messages(const std::string& literals) {
  return all_matches(literals, std::regex("`([a-z][a-z0-9_]*)`"));
}

TEST(FieldNames, ALiteralIsFound) {
  const std::string source =
      "// \"--no\"\nthrow Error(\"a \\\"--yes\\\"\" + x + \"`field`\");  // \"--no\"\n#include \"a--b\"";
  EXPECT_EQ(literals_of(source), "\"a \\\"--yes\\\"\"\n\"`field`\"\n");
  EXPECT_EQ(named_in_messages(literals_of(source)), Names{"field"});
}

TEST(FieldNames, NoMessageOfTheLibraryNamesAnOption) {
  const std::string literals = literals_of_library();
  ASSERT_GT(literals.size(), 20'000U);
  const std::string others =
      std::regex_replace(literals, std::regex("--(log|include)_samples"), "");  // of other tools
  EXPECT_EQ(all_matches(others, std::regex("(--[a-z][a-z-]*)")), Names{})
      << "name the field instead, in backquotes, and add it to core/field_names.cpp";
}

TEST(FieldNames, TheTableHasWhatMessagesName) {
  const auto fields = named_fields();
  Names named = named_in_messages(literals_of_library());
  const auto add_parameters = [&](const std::vector<Parameter>& parameters) {
    for (const Parameter& one : parameters) named.merge(named_in_messages(field_of(one.name)));
  };
  add_parameters(all_parameters(select::strategies()));
  add_parameters(all_parameters(allocate::allocators()));
  EXPECT_EQ(named, Names(fields.begin(), fields.end()));
}

class FieldNamesTest : public CommandTest {};

TEST_F(FieldNamesTest, EachIsAnOptionOfTheCommand) {
  Names options;
  for (const char* verb :
       {"import",       "select",   "allocate",     "route fit",    "route evaluate", "route query", "route task",
        "route update", "ensemble", "ensemble fit", "serve",        "simulate",       "report",      "view",
        "rate",         "trust",    "doctor",       "replay-judge", "synth",          "export",      "remove"}) {
    const Finished help = assay(std::string(verb) + " --help");
    options.merge(all_matches(help.out, std::regex("(--[a-z][a-z-]*)")));
  }
  for (const std::string_view field : named_fields()) {
    const std::string option = with_options("`" + std::string(field) + "`");
    EXPECT_TRUE(options.contains(option)) << option << " is no option of any verb";
  }
}

TEST_F(FieldNamesTest, ThePersonAtTheCommandReadsOptions) {
  output("synth x.assay --models 3 --queries 20 --seed 4");
  EXPECT_THAT(assay("select x.assay --oracle llm").err,
              HasSubstr("oracle llm needs the URL of an API, --judge-url or OPENAI_BASE_URL"));
  EXPECT_THAT(assay("select x.assay --judge synthetic --oracle command:true").err,
              HasSubstr("--judge names recorded judgements"));
  EXPECT_THAT(output("select --help"), HasSubstr("see --judge-url and"));
}

}  // namespace
}  // namespace assay::cli

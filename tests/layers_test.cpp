// Folders are layers and includes go one way: this reads the sources and proves it.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/places.h"

namespace assay {
namespace {

using Names = std::vector<std::string_view>;

/// A file includes only lower layers and its own folder.
const std::map<std::string_view, int> kLayers = {
    {"core", 0},    {"stats", 1},    {"text", 2},      {"http", 2},     {"neighbours", 2}, {"file", 2},
    {"select", 3},  {"allocate", 3}, {"route", 3},     {"ensemble", 3}, {"data", 3},       {"store", 3},
    {"judge", 3},   {"embed", 3},    {"answering", 4}, {"sim", 4},      {"report", 4},     {"asking", 5},
    {"exports", 5}, {"routing", 5},  {"app", 6},       {"view", 7},     {"server", 8},     {"gateway", 9},
    {"cli", 10},    {"columnar", 0}, {"web", 0},
};

/// Headers, by their beginning, that only the .cpp files of these folders may include. A header of the outside
/// world that is in neither table fails the test: it needs a row here and an entry in docs/decisions.md.
struct Owned {
  std::string_view header;
  Names folders;
};
const std::vector<Owned> kOwned = {
    {"sqlite3.h", {"file"}},
    {"xxhash.h", {"file", "store"}},
    {"utf8proc.h", {"report", "text"}},
    {"simdjson.h", {"data", "server", "gateway"}},
    {"zlib.h", {"data"}},
    {"zstd.h", {"data"}},
    {"nlohmann/", {"report", "http", "judge", "embed", "answering", "asking", "server", "gateway", "columnar"}},
    {"faiss/", {"neighbours"}},
    {"omp.h", {"neighbours"}},
    {"arrow/", {"columnar"}},
    {"parquet/", {"columnar"}},
    {"immintrin.h", {"neighbours"}},
    {"CLI/", {"cli"}},
    {"Eigen/", {"stats"}},
    {"boost/math/", {"stats"}},
    {"boost/", {"server"}},
    {"curl/", {"http"}},
    {"fcntl.h", {"file", "store", "data", "judge", "cli", "gateway"}},
    {"unistd.h", {"file", "store", "data", "http", "judge", "cli", "columnar", "gateway"}},
    {"sys/", {"file", "store", "data", "http", "judge", "cli", "gateway"}},
    {"poll.h", {"judge", "cli"}},
    {"pthread.h", {"judge"}},
    {"spawn.h", {"file", "judge", "cli"}},
    {"termios.h", {"cli"}},
    {"iostream", {"cli", "columnar"}},  // the library never prints
    {"print", {"cli"}},
    {"filesystem",
     {"file", "store", "data", "exports", "routing", "app", "server",
      "cli"}},  // the layers below are pure: no file
    {"fstream", {"file", "store", "data", "exports", "asking", "app", "gateway", "cli"}},
    {"random", {}},  // its distributions differ between standard libraries: core/rng.h
};

/// Headers of libraries that every .cpp file may include, but no header of ours.
const Names kSourcesOnly = {"fmt/"};

/// Headers that only their own folder includes: they may include what its .cpp files may.
const Names kInner = {"server/request_parser.h", "server/response_parser.h", "server/server_connection.h"};

bool is_inner(std::string_view path) { return std::find(kInner.begin(), kInner.end(), path) != kInner.end(); }

struct Source {
  std::string path;  ///< Relative to the project, with "/": "assay/core/rng.h".
  std::string text;
};

/// "assay/core/rng.h" -> "core", "cli/main.cpp" -> "cli".
std::string_view folder_of(std::string_view path) {
  if (path.starts_with("assay/")) path.remove_prefix(6);
  return path.substr(0, path.find('/'));
}

std::string joined(const Names& names) {
  std::string text;
  for (const std::string_view name : names) text.append(text.empty() ? "" : ", ").append(name);
  return text.empty() ? "nowhere" : text;
}

/// What is wrong with `#include "included"` in the file `path`; empty if nothing.
std::string wrong_own_include(std::string_view path, std::string_view included) {
  const std::string_view from = folder_of(path);
  const bool full = included.starts_with("assay/") || included.starts_with("server/") ||
                    included.starts_with("gateway/") || included.starts_with("cli/") ||
                    included.starts_with("columnar/") || included.starts_with("web/");
  if (!full) {
    return "own headers are included by their full path";
  }
  const std::string_view to = folder_of(included);
  if (!kLayers.contains(to)) return "the folder has no layer yet: add it to kLayers";
  if (from != to && is_inner(included)) return "only the folder itself includes this header";
  if (from == to || kLayers.at(to) < kLayers.at(from)) return {};
  const char* kind = kLayers.at(to) > kLayers.at(from) ? "upward" : "sideways";
  return std::string(kind) + " include: " + std::string(from) + " is layer " + std::to_string(kLayers.at(from)) +
         ", " + std::string(to) + " is layer " + std::to_string(kLayers.at(to));
}

/// What is wrong with `#include <included>` in the file `path`; empty if nothing.
std::string wrong_foreign_include(std::string_view path, std::string_view included) {
  const std::string_view from = folder_of(path);
  const bool source = path.ends_with(".cpp") || is_inner(path);
  for (const auto& [header, folders] : kOwned) {
    if (header.find_first_of("./") == std::string_view::npos ? included != header : !included.starts_with(header)) {
      continue;
    }
    if (std::find(folders.begin(), folders.end(), from) == folders.end()) {
      return "this header belongs to: " + joined(folders);
    }
    const bool declares_only = included == "nlohmann/json_fwd.hpp";
    return source || declares_only || from == "cli" ? "" : "a header of another library belongs in .cpp files";
  }
  for (const std::string_view header : kSourcesOnly) {
    if (included.starts_with(header)) return source ? "" : "a header of another library belongs in .cpp files";
  }
  if (included.find_first_of("./") == std::string_view::npos) return {};  // the standard library
  return "this header belongs to no folder yet: add it to kOwned";
}

/// One line "path:line: include: rule" for each include that breaks a rule.
std::vector<std::string> broken_rules(const Source& source) {
  if (!kLayers.contains(folder_of(source.path))) {
    return {source.path + ":1: the folder has no layer yet: add it to kLayers"};
  }
  std::vector<std::string> found;
  std::istringstream lines(source.text);
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::string_view rest = line;
    for (const std::string_view token : {"", "#", "include"}) {
      if (!rest.starts_with(token)) {
        rest = {};
        break;
      }
      rest.remove_prefix(token.size());
      rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    }
    if (rest.empty() || (rest[0] != '"' && rest[0] != '<')) continue;
    const std::string_view included = rest.substr(1, rest.find(rest[0] == '<' ? '>' : '"', 1) - 1);
    const std::string wrong =
        rest[0] == '<' ? wrong_foreign_include(source.path, included) : wrong_own_include(source.path, included);
    if (wrong.empty()) continue;
    found.push_back(source.path + ":" + std::to_string(number) + ": " + std::string(included) + ": " + wrong);
  }
  return found;
}

std::vector<Source> all_sources() {
  namespace fs = std::filesystem;
  const fs::path root = tests::source_folder();
  std::vector<Source> sources;
  for (const char* folder : {"assay", "server", "gateway", "cli", "columnar", "web"}) {
    for (auto walk = fs::recursive_directory_iterator(root / folder); walk != fs::end(walk); ++walk) {
      const fs::directory_entry& entry = *walk;
      if (entry.path().filename() == "node_modules") walk.disable_recursion_pending();
      const fs::path extension = entry.path().extension();
      if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp")) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      sources.push_back({entry.path().lexically_relative(root).generic_string(),
                         {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}});
    }
  }
  return sources;
}

TEST(Layers, IncludesGoDownOnly) {
  const std::vector<Source> sources = all_sources();
  ASSERT_GT(sources.size(), 20U) << "the sources are not where they are looked for: " << tests::source_folder();
  for (const Source& source : sources) {
    for (const std::string& rule : broken_rules(source)) ADD_FAILURE() << rule;
  }
}

/// The types that a header defines at the top of its namespace.
std::vector<std::string> types_defined(const Source& source) {
  std::vector<std::string> names;
  std::istringstream lines(source.text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind, name;
    words >> kind >> name;
    const bool type = kind == "struct" || kind == "class" || kind == "enum";
    if (!type || line.starts_with(' ') || line.find('{') == std::string::npos) continue;
    if (kind == "enum") words >> name;
    name = name.substr(0, name.find('{'));
    names.push_back(name);
  }
  return names;
}

/// "assay::select" for "assay/select/a.h", "assay" for core.
std::string namespace_of(std::string_view path) {
  const std::string folder(folder_of(path));
  return folder == "core" ? "assay" : "assay::" + folder;
}

// So that the compiler guards names: what a folder defines is in its own namespace.
TEST(Layers, AFolderHasItsOwnNamespace) {
  for (const Source& source : all_sources()) {
    if (source.text.find("\nnamespace assay") == std::string::npos) continue;
    EXPECT_NE(source.text.find("\nnamespace " + namespace_of(source.path) + " {\n"), std::string::npos)
        << source.path;
  }
}

// Two types of one name in one namespace are undefined behaviour that no compiler sees: the linker takes whichever
// destructor comes first.
TEST(Layers, NoTypeIsDefinedTwice) {
  std::map<std::string, std::string> where;
  for (const Source& source : all_sources()) {
    if (!source.path.ends_with(".h")) continue;
    for (std::string name : types_defined(source)) {
      name = namespace_of(source.path) + "::" + name;
      const auto [at, first] = where.emplace(name, source.path);
      if (!first && at->second != source.path)
        ADD_FAILURE() << name << ": in " << at->second << " and " << source.path;
    }
  }
  EXPECT_GT(where.size(), 100U);
}

// The checker itself: it must catch what it is there for.

std::string only_rule(std::string path, std::string text) {
  const std::vector<std::string> rules = broken_rules({std::move(path), std::move(text)});
  EXPECT_EQ(rules.size(), 1U);
  return rules.empty() ? "" : rules[0];
}

TEST(LayersChecker, KnowsADefinitionFromAPromise) {
  const Source source{"assay/core/a.h",
                      "struct A {\nclass B;\nenum class C : char { x };\n  struct D {\nstruct E{};\n"};
  EXPECT_EQ(types_defined(source), (std::vector<std::string>{"A", "C", "E"}));
}

TEST(LayersChecker, CatchesUpwardAndSidewaysIncludes) {
  EXPECT_EQ(only_rule("assay/core/a.h", "#pragma once\n#include \"assay/sim/b.h\"\n"),
            "assay/core/a.h:2: assay/sim/b.h: upward include: core is layer 0, sim is layer 4");
  EXPECT_EQ(only_rule("assay/select/a.cpp", " # include  \"assay/store/study.h\""),
            "assay/select/a.cpp:1: assay/store/study.h: sideways include: select is layer 3, store is layer 3");
  EXPECT_NE(only_rule("assay/app/a.cpp", "#include \"cli/b.h\"").find("upward"), std::string::npos);
}

TEST(LayersChecker, CatchesForeignHeadersOutOfTheirFolder) {
  EXPECT_NE(only_rule("assay/data/a.cpp", "#include <sqlite3.h>").find("belongs to: file"), std::string::npos);
  EXPECT_NE(only_rule("assay/report/json.h", "#include <nlohmann/json.hpp>").find(".cpp files"), std::string::npos);
  EXPECT_NE(only_rule("assay/core/a.h", "#include <fmt/format.h>").find(".cpp files"), std::string::npos);
  EXPECT_NE(only_rule("assay/select/a.cpp", "#include <fstream>").find("belongs to"), std::string::npos);
  EXPECT_NE(only_rule("assay/core/a.cpp", "#include <poco/net.h>").find("no folder yet"), std::string::npos);
}

TEST(LayersChecker, InnerHeadersStayInTheirFolder) {
  EXPECT_TRUE(broken_rules({"server/request_parser.h", "#include <boost/beast/http/error.hpp>"}).empty());
  EXPECT_NE(only_rule("server/http_server.h", "#include <boost/asio.hpp>").find(".cpp files"), std::string::npos);
  EXPECT_NE(only_rule("gateway/a.cpp", "#include \"server/request_parser.h\"").find("only the folder itself"),
            std::string::npos);
  for (const std::string_view inner : kInner) {
    EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(tests::source_folder()) / inner)) << inner;
  }
}

TEST(LayersChecker, CatchesUnknownFoldersAndShortPaths) {
  EXPECT_NE(only_rule("assay/utils/a.h", "").find("no layer yet"), std::string::npos);
  EXPECT_NE(only_rule("assay/core/a.h", "#include \"assay/utils/b.h\"").find("no layer yet"), std::string::npos);
  EXPECT_NE(only_rule("assay/core/a.cpp", "#include \"rng.h\"").find("full path"), std::string::npos);
}

TEST(LayersChecker, AllowsWhatIsRight) {
  EXPECT_TRUE(broken_rules({"assay/sim/a.h",
                            "#include <vector>\n#include \"assay/sim/b.h\"\n#include "
                            "\"assay/core/ids.h\"\n#include \"assay/select/c.h\"\n// #include <x/y.h>"})
                  .empty());
  EXPECT_TRUE(broken_rules({"assay/file/a.cpp", "#include <sqlite3.h>\n#include <fmt/format.h>"}).empty());
}

}  // namespace
}  // namespace assay

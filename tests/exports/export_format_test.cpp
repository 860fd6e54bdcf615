// The contract of all export formats: what is exported and imported again is exported as the same bytes.
#include "assay/exports/export_format.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "assay/core/error.h"
#include "assay/data/format.h"
#include "assay/store/study.h"
#include "tests/data/arrow_program.h"
#include "tests/data/sample_folder.h"

namespace assay::exports {
namespace {

namespace fs = std::filesystem;

// All files at or below `path`, with their contents.
std::map<std::string, std::string> contents_of(const fs::path& path) {
  std::map<std::string, std::string> contents;
  const auto read = [](const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
  };
  if (fs::is_regular_file(path)) contents[""] = read(path);
  if (!fs::is_directory(path)) return contents;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
    if (entry.is_regular_file()) contents[entry.path().lexically_relative(path).string()] = read(entry.path());
  }
  return contents;
}

// Everything that a study can have, with texts that break careless writers.
void fill(store::Study& study) {
  const auto import = study.begin_import();
  const Location at{"made up", 1};
  const auto add = [&](const auto& record) { import->add(record, at, OnConflict::fail); };
  const QueryWeight weights[] = {{"traffic", 2.5}};
  add(QueryRecord{
      .query = "a/1", .text = "=1+1, \"quoted\"\r\nsecond line", .task = "sums", .options = 4, .weights = weights});
  add(QueryRecord{.query = "a/1", .turn = 2, .text = "And then?"});
  add(QueryRecord{.query = "b", .text = " blanks around "});
  add(QueryRecord{.query = "chat",
                  .text = "system: \"x\"\n\nuser: y",
                  .messages = "[{\"role\":\"system\",\"content\":\"\\\"x\\\"\"},"
                              "{\"role\":\"user\",\"content\":\"y\\n\xC3\xBC\"}]"});
  add(QueryRecord{.query = "c", .reference = "It is \"so\",\nas all know."});
  add(QueryRecord{.query = "c", .task = "without a prompt"});
  add(ModelRecord{.model = "org/alpha", .parameters = 7e9, .price = 250'001, .provider = "org"});
  add(JudgeRecord{"wer", true, 0, 1});
  import->baseline("base", at);
  for (const char* query : {"a/1", "b"}) {
    for (const char* model : {"base", "org/alpha"}) {
      add(ResponseRecord{
          query, model, 1, std::string("<b>\xF0\x9F\x98\x80</b>\n") + query, {12, 3, 1'234'567, 0.25}});
    }
  }
  add(ResponseRecord{"a/1", "org/alpha", 2, ""});
  add(ResponseRecord{"b", "beta", 1, ""});
  add(LabelRecord{"b", "", "B"});
  add(LabelRecord{"b", "beta", ""});
  add(LabelRecord{"c", "beta", "C"});
  add(LabelRecord{"c", "org/alpha", std::nullopt});
  add(VerdictRecord{"a/1", "org/alpha", "base", "a judge", 1, 0.625});
  add(VerdictRecord{"b", "org/alpha", "base", "a judge", 1, std::nan("")});
  add(ScoreRecord{"b", "beta", "wer", 1, 1, 1.0 / 3});
  add(ScoreRecord{"b", "beta", "wer", 1, 2, std::nan("")});
  import->commit();
}

std::map<std::string, std::string> exported(const store::Study& study, const ExportFormat& format,
                                            const std::string& path) {
  const auto writer = format.make(path);
  study.give_records(*writer);
  EXPECT_TRUE(contents_of(path).empty()) << "something appeared before it was finished";
  writer->finish();
  return contents_of(path);
}

class ExportFormatContract : public testing::TestWithParam<ExportFormat> {
 protected:
  void SetUp() override {
    if (GetParam().name == "parquet") ASSAY_NEED_ARROW();
  }
};

TEST_P(ExportFormatContract, ImportedAgainItIsExportedAsTheSameBytes) {
  const SampleFolder folder;
  store::Study study(folder.path() + "/a.assay", store::Study::Mode::create);
  fill(study);
  const std::string out = folder.path() + "/out";
  const auto first = exported(study, GetParam(), out);
  ASSERT_FALSE(first.empty());

  store::Study again(folder.path() + "/b.assay", store::Study::Mode::create);
  const auto import = again.begin_import();
  const data::FormatOptions options;
  data::format(GetParam().name).read(std::vector<std::string>{out}, options, *import, {});
  import->commit();
  EXPECT_EQ(exported(again, GetParam(), folder.path() + "/second"), first);
}

TEST_P(ExportFormatContract, WhatIsAbandonedLeavesNothing) {
  const SampleFolder folder;
  { const auto writer = GetParam().make(folder.path() + "/out"); }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST_P(ExportFormatContract, AStudyIsNotOverwritten) {
  const SampleFolder folder;
  const std::string path = folder.path() + "/a.assay";
  {
    store::Study study(path, store::Study::Mode::create);
    fill(study);
  }
  EXPECT_THROW(GetParam().make(path), Error);
  EXPECT_EQ(store::Study(path, store::Study::Mode::read).summary().responses, 6U);
}

INSTANTIATE_TEST_SUITE_P(All, ExportFormatContract,
                         testing::ValuesIn(export_formats().begin(), export_formats().end()), [](const auto& info) {
                           std::string name(info.param.name);
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(ExportFormat, NamesOfModelsDoNotLeaveTheFolder) {
  const SampleFolder folder;
  for (const ExportFormat& format : export_formats()) {
    if (!format.folder) continue;
    for (const char* name : {"../../evil", "..", "/etc/evil", "a//b"}) {
      const auto writer = format.make(folder.path() + "/out");
      writer->add(QueryRecord{.query = "q", .text = "?"}, {}, OnConflict::fail);
      for (const char* model : {name, "base"})
        writer->add(ResponseRecord{"q", model, 1, "!"}, {}, OnConflict::fail);
      writer->add(VerdictRecord{"q", name, "base", "j", 1, 1}, {}, OnConflict::fail);
      try {
        writer->finish();
        for (const auto& [file, text] : contents_of(folder.path())) EXPECT_TRUE(file.starts_with("out/")) << file;
        fs::remove_all(folder.path() + "/out");
      } catch (const InvalidArgument&) {  // the format has nowhere else to put the name
        EXPECT_FALSE(fs::exists(folder.path() + "/out"));
      }
    }
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(ExportFormat, EveryEvalEverNeedsScores) {
  const SampleFolder folder;
  {
    const auto writer = export_format("every-eval-ever").make(folder.path() + "/out");
    writer->add(QueryRecord{.query = "q", .text = "?"}, {}, OnConflict::fail);
    writer->add(ResponseRecord{"q", "m", 1, "!"}, {}, OnConflict::fail);
    EXPECT_THAT(error_of([&] { writer->finish(); }), testing::HasSubstr("the study has no scores and no verdicts"));
  }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(ExportFormat, WhatHasNoPlaceIsCounted) {
  const SampleFolder folder;
  const auto writer = export_format("arena-hard").make(folder.path() + "/out");
  writer->add(VerdictRecord{"q", "a", "b", "j", 1, 0.3}, {}, OnConflict::fail);
  writer->add(ScoreRecord{"q", "a", "j", 1, 1, 3}, {}, OnConflict::fail);
  EXPECT_THAT(writer->left_out(),
              testing::ElementsAre(testing::Pair("scores", 1),
                                   testing::Pair("verdicts of a degree that two games can't have", 1)));
}

}  // namespace
}  // namespace assay::exports

#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "assay/app/import.h"
#include "assay/app/synth.h"
#include "assay/asking/strategy_inputs.h"
#include "assay/select/strategy.h"
#include "assay/store/study.h"
#include "tests/data/sample_folder.h"

namespace assay {

/// A folder of its own.
class AppTest : public testing::Test {
 protected:
  std::string path(const std::string& name) const { return folder_.path(name); }
  void write(const std::string& name, const std::string& content) { folder_.write(name, content); }
  void import_jsonl(const std::string& file, const std::string& study) const {
    app::run_import({.format = "jsonl", .paths = {path(file)}, .study = path(study)});
  }

  SampleFolder folder_;
};

/// A folder of its own and a synthetic study in it: 5 models and the baseline on 40 queries.
class SynthStudyTest : public testing::Test {
 protected:
  SynthStudyTest() : study_(folder_.path("demo.assay")) {
    made_ = app::run_synth({.study = study_, .options = {.models = 5, .queries = 40, .seed = 11}});
  }

  // Another judge, "cheap", who says what the recorded one does, but turns every `turned`-th verdict round.
  void add_cheap_judge(std::size_t turned) const {
    store::Study study(study_, store::Study::Mode::write);
    const store::Comparison comparison = study.comparison({});
    const auto import = study.begin_import();
    std::size_t count = 0;
    for (std::size_t q = 0; q < comparison.queries.size(); ++q) {
      for (std::size_t j = 0; j < comparison.models.size(); ++j) {
        VerdictRecord record{comparison.queries[q], comparison.models[j], comparison.baseline, "cheap"};
        record.value = comparison.rewards.at(query_id(q), model_id(j));
        if (++count % turned == 0) record.value = 1 - record.value;
        import->add(record, {"f", 1}, OnConflict::fail);
      }
    }
    import->commit();
  }
  // The judge that synth made.
  std::string judge() const {
    for (const auto& one : store::Study(study_, store::Study::Mode::read).summary().judges) {
      if (one.name != "cheap") return one.name;
    }
    return "";
  }

  SampleFolder folder_;
  std::string study_;
  app::SynthReport made_;
};

/// Far from what a grid search would find, but quick.
inline GivenParameters given_parameters() { return {{"e-loss", 0.2}, {"e-draw", 0.4}, {"temperature", 0.5}}; }

}  // namespace assay

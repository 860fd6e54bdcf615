#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "assay/app/import.h"
#include "assay/app/synth.h"
#include "assay/asking/strategy_inputs.h"
#include "assay/select/strategy.h"
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

  SampleFolder folder_;
  std::string study_;
  app::SynthReport made_;
};

/// Far from what a grid search would find, but quick.
inline GivenParameters given_parameters() { return {{"e-loss", 0.2}, {"e-draw", 0.4}, {"temperature", 0.5}}; }

}  // namespace assay

#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "assay/core/error.h"
#include "assay/store/study.h"

namespace assay {

/// A folder of its own for each test, and a small study: models base, good, bad on queries q1..q3, judge "j".
class StudyTest : public testing::Test {
 protected:
  StudyTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "assay-store-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~StudyTest() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name = "x.assay") const { return (folder_ / name).string(); }

  static std::string bytes(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void write(const std::string& file, const std::string& content) {
    std::ofstream(file, std::ios::binary) << content;
  }

  /// good wins all but a draw on q2; bad loses all, and its call on q3 failed.
  static void feed_sample(RecordSink& sink) {
    const Location where{"sample", 1};
    const auto fail = OnConflict::fail;
    for (const char* query : {"q3", "q1", "q2"}) {
      const std::string name = query;
      sink.add(QueryRecord{name, 1, "prompt of " + name, "task"}, where, fail);
      for (const char* model : {"good", "base", "bad"}) {
        sink.add(ResponseRecord{name, model, 1, std::string(model) + " on " + name}, where, fail);
      }
      sink.add(VerdictRecord{name, "good", "base", "j", 1, name == "q2" ? 0.5 : 1.0}, where, fail);
      VerdictRecord of_bad{name, "bad", "base", "j", 1};
      if (name != "q3") of_bad.value = 0.0;
      sink.add(of_bad, where, fail);
    }
    sink.baseline("base", where);
  }

  store::Study sample() const {
    store::Study study(path(), store::Study::Mode::create);
    const auto import = study.begin_import();
    feed_sample(*import);
    import->commit();
    return study;
  }

  /// The message of the Error that `action` throws; fails the test if it throws none.
  template <typename Exception = Error, typename Action>
  static std::string error_of(const Action& action) {
    try {
      action();
    } catch (const Exception& error) {
      return error.what();
    }
    ADD_FAILURE() << "no error was thrown";
    return {};
  }

  std::filesystem::path folder_;
};

/// A study that is filled record by record, until it is first looked at.
class ImportedStudyTest : public StudyTest {
 protected:
  ImportedStudyTest() : study_(path(), store::Study::Mode::create), import_(study_.begin_import()) {}

  template <typename Record>
  void add(const Record& record) {
    import_->add(record, {"f", 1}, OnConflict::fail);
  }
  void note(std::string_view what, const Location& where) { import_->note(what, where); }
  store::Study& study() {
    if (import_) import_->commit();
    import_.reset();
    return study_;
  }

 private:
  store::Study study_;
  std::unique_ptr<store::Study::Import> import_;
};

}  // namespace assay

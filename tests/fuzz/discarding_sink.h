#pragma once

#include <cmath>
#include <cstdlib>

#include "assay/core/records.h"
#include "assay/core/utf8.h"

namespace assay {

/// Checks what every record must keep to, whatever the file, and forgets it.
class DiscardingSink : public RecordSink {
 public:
  void add(const ModelRecord& r, const Location&, OnConflict) override {
    check(!r.model.empty() && is_utf8(r.model));
  }
  void add(const QueryRecord& r, const Location&, OnConflict) override {
    check_key(r.query, r.turn);
    check(is_utf8(r.text) && is_utf8(r.task) && is_utf8(r.messages));
  }
  void add(const ResponseRecord& r, const Location&, OnConflict) override {
    check_key(r.query, r.turn);
    check(!r.model.empty() && is_utf8(r.model) && is_utf8(r.text));
  }
  void add(const JudgeRecord& r, const Location&, OnConflict) override {
    check(!r.judge.empty() && is_utf8(r.judge) && !std::isinf(r.least) && !std::isinf(r.most));
  }
  void add(const VerdictRecord& r, const Location&, OnConflict) override {
    check_key(r.query, r.turn);
    check(!r.model.empty() && !r.opponent.empty() && !r.judge.empty());
    check(std::isnan(r.value) || (r.value >= 0 && r.value <= 1));
  }
  void add(const ScoreRecord& r, const Location&, OnConflict) override {
    check_key(r.query, r.turn);
    check(!r.model.empty() && !r.judge.empty() && r.repeat >= 1 && !std::isinf(r.value));
  }
  void add(const LabelRecord& r, const Location&, OnConflict) override { check_key(r.query, 1); }
  void baseline(std::string_view model, const Location&) override { check(!model.empty()); }
  void drop(std::string_view reason, const Location&) override { check(!reason.empty()); }
  void note(std::string_view what, const Location&) override { check(!what.empty()); }

 private:
  static void check(bool held) {
    if (!held) std::abort();
  }
  static void check_key(std::string_view query, int turn) { check(!query.empty() && is_utf8(query) && turn >= 1); }
};

/// The bytes that the fuzzer made.
inline std::string_view fuzzed(const unsigned char* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace assay

#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "assay/core/records.h"

namespace assay::exports {

/// Takes the records of a study, sorted as `Study::give_records` gives them, and writes them in a format that other
/// programs read. Nothing appears under the asked name before `finish`.
class Writer : public RecordSink {
 public:
  /// Completes the file or folder. Throws Error if it can't be written.
  virtual void finish() = 0;

  /// What the format has no place for, in words, and how many records that were.
  const std::map<std::string, std::size_t>& left_out() const { return left_out_; }

  void drop(std::string_view reason, const Location& /*where*/) override { leave_out(reason); }
  void note(std::string_view /*what*/, const Location& /*where*/) override {}

 protected:
  void leave_out(std::string_view what) { ++left_out_[std::string(what)]; }

 private:
  std::map<std::string, std::size_t> left_out_;
};

}  // namespace assay::exports

#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "assay/store/study.h"

namespace assay::store {

/// What scores the models of an import got, so that a column that is no model stands out: traffic, a price, a
/// length.
class ScoreKinds {
 public:
  /// NaN is passed over.
  void add(std::string_view model, double score);

  /// The only model whose scores are of another kind than those of all others, which must be two at least: the
  /// others have only 0 and 1 and it has not, or they lie within a range and it is outside by more than twice its
  /// width.
  std::optional<Study::ImportCounts::OddModel> odd_model() const;

 private:
  struct Range {
    double low = 0;
    double high = 0;
    bool truths = true;  // only 0 and 1
  };
  static Range joined(const Range& a, const Range& b);
  static bool is_odd(const Range& one, const Range& others);

  std::map<std::string, Range, std::less<>> ranges_;
};

}  // namespace assay::store

#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/asking/ask.h"
#include "assay/core/responses.h"
#include "assay/core/scores.h"
#include "assay/file/digest.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What is to be judged: n x m (query, model) pairs, each response compared with the baseline's or scored alone; or
/// K single responses, which are scored. Items are numbered from 0; of pairs, item = query * m + model; of
/// responses, the arm. Texts are read once, by `load_texts`, for judges that read them.
///
///     JudgeTask task(study.judgeable({.baseline = "gpt-4"}));
///     task.load_texts(study);
///     task.texts(0).response;   // of the first model to the first query
class JudgeTask {
 public:
  explicit JudgeTask(store::Comparison comparison);
  JudgeTask(store::Scoring scoring, const Scale& scale);

  bool pairs() const { return pairs_; }
  /// Whether each response is judged alone, on `scale`; else against the baseline's.
  bool scores() const { return !pairs_ || comparison_.measure == store::Measure::score; }
  std::size_t size() const;
  const store::Comparison& comparison() const { return comparison_; }  ///< Of pairs.
  const store::Scoring& scoring() const { return scoring_; }           ///< Of responses.
  /// Of scores: one outside of it is none.
  const Scale& scale() const { return pairs_ ? comparison_.scale : scale_; }
  /// Of scores of pairs: from the score whose reward is 0 to the one whose reward is 1.
  Scale worst_to_best() const { return comparison_.lower_is_better ? Scale{scale().high, scale().low} : scale(); }

  struct Names {
    std::string_view query, model;
    int turn = 0;  ///< 0 of what is compared; 1 of a pair that is scored, though all turns are read.
  };
  Names names(std::size_t item) const;

  void load_texts(const store::Study& study);
  /// Of pairs: n prompts, n x m responses and the baseline's. Throws InvalidArgument for another shape.
  void set_texts(std::vector<std::string> prompts, ResponseTable responses);
  /// Reference answers, one for each query of pairs, or for each response. Likewise.
  void set_references(std::vector<std::string> references);
  /// Of pairs, one for each query, as Study::chats. Likewise.
  void set_chats(std::vector<std::string> chats);
  /// Of responses, one for each. Likewise.
  void set_texts(std::vector<store::ScoredText> texts);
  /// A response of a pair that was missing; `item` as everywhere.
  void set_response(std::size_t item, std::string text);
  void set_baseline(std::size_t query, std::string text);
  bool has_response(std::size_t item) const;
  bool has_baseline(std::size_t query) const;
  /// nullptr unless pairs have texts.
  std::shared_ptr<const ResponseTable> responses() const { return responses_; }

  struct Texts {
    std::string_view prompt;  ///< Empty if unknown.
    std::string_view response;
    std::string_view baseline;  ///< Its response; of what is compared.
    std::string_view reference =
        {};  ///< The reference answer; empty if there is none, or if texts were set by hand.
  };
  Texts texts(std::size_t item) const;
  /// What a model is sent, of a query of pairs, as Study::chats: judges read texts(item).prompt, which tells the
  /// same.
  std::string_view chat(std::size_t query) const { return chats_.empty() ? std::string_view() : chats_[query]; }
  /// Whether all that a judge reads is there. A judge is never asked about the others.
  bool complete(std::size_t item) const;
  /// Of the prompt and the two responses.
  file::Digest fingerprint(std::size_t item) const;

 private:
  bool pairs_;
  store::Comparison comparison_;
  store::Scoring scoring_;
  Scale scale_;
  std::vector<std::string> prompts_;
  std::vector<std::string> chats_;       ///< Of queries; empty: there are none.
  std::vector<std::string> references_;  ///< Of queries, or of arms; empty: not loaded.
  std::shared_ptr<ResponseTable> responses_;
  std::vector<store::ScoredText> scored_;
};

/// The asks whose items are complete; the others are answered with none. Throws InvalidArgument for an item that
/// the task has not.
std::vector<Ask> complete_asks(const JudgeTask& task, std::span<const Ask> asks,
                               const std::function<void(const Answer&)>& answered);

}  // namespace assay::asking

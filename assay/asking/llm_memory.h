#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "assay/asking/oracles.h"
#include "assay/judge/prices.h"
#include "assay/store/study.h"

// What a study remembers of its LLM judges beside what they said, so that a run can be resumed, or another one be
// started, without saying all of it again: how each was asked last, which was the last, what a model costs, and
// what all runs may spend together. Never a key, of which 16 bits are there (key_check.h), and of headers the
// names.
//
// In Study::remembered, beside the judge's own entry (judge_memory.h):
//
//   llm_last:pairs, llm_last:scores   model of the judge that was asked last
//   llm:pairs:MODEL, llm:scores:MODEL name of its oracle, whose entry says how it was asked
//   price:MODEL                       {"in": N, "out": N, "unit": "micro-dollars"}, per million tokens
//   max_cost                          micro-dollars

namespace assay::asking {

/// What a run of pairs leaves open beside the judge; a null pointer: not to be completed.
struct LeftOpen {
  std::string* baseline = nullptr;  ///< Completed if it is empty.
  std::size_t* batch = nullptr;     ///< Completed if it is 0.
};

/// Completes options of oracle llm; nothing happens to others. What is not given is as the study remembers it of
/// that model, without a model as of the last judge. A judge of pairs that was never asked is reached as the one of
/// scores was, and the other way round, but has a template of its own. What else is `open` is as in the last run of
/// that judge: a baseline that still has responses, and calls at a time. Then `default_url` is taken. If anything
/// came from the study, `noted` is told so in one line.
///
/// Throws InvalidArgument if the key, or a header, would be sent to an address that stands in the study alone and
/// to which it was never sent before: the study may be a stranger's. Likewise if there is a limit of cost and no
/// price, and if there were headers, of which only the names are remembered, and nothing is said of them now.
void take_remembered(OracleOptions& options, const store::Study& study, bool scores, const LeftOpen& open = {});

/// What all runs of the study may spend together, as the last one said; empty: nobody did.
std::optional<Money> remembered_limit(const store::Study& study);
void remember_limit(store::Study& study, Money most_cost);

/// Remembers options that are complete and were found valid. `oracle` is the name of the judge, which
/// `remember_judge` has kept. Begins with the limit, so that a kill on the way loses no limit.
void remember_llm(store::Study& study, std::string_view oracle, const LlmOptions& llm, bool scores);

/// What the model's tokens cost, as it was said last; empty if it never was.
std::optional<judge::Price> remembered_price(const store::Study& study, std::string_view model);
void remember_price(store::Study& study, std::string_view model, const judge::Price& price);

}  // namespace assay::asking

#include "assay/asking/response_book.h"

#include "assay/core/error.h"
#include "assay/core/hash.h"

namespace assay::asking {
namespace {

std::uint64_t key_of_response(std::string_view model, std::string_view user_message) {
  return mix64(fnv1a(model) + kGoldenGamma) ^ fnv1a(user_message);
}

}  // namespace

ResponseBook::ResponseBook(const store::Study& study) {
  store::ComparisonChoice choice;
  choice.models = study.models();
  choice.measure = store::Measure::score;
  choice.to_be_answered = true;
  const store::Comparison comparison = study.judgeable(choice);
  const std::vector<std::string> prompts = study.prompts(comparison.queries);
  const ResponseTable table = study.responses(comparison);
  for (std::size_t q = 0; q < prompts.size(); ++q) {
    for (std::size_t j = 0; j < comparison.models.size(); ++j) {
      if (!table.has(query_id(q), model_id(j))) continue;
      models_.emplace(comparison.models[j], j);
      responses_.emplace(key_of_response(comparison.models[j], prompts[q]), table.at(query_id(q), model_id(j)));
    }
  }
  if (responses_.empty())
    throw InvalidArgument("the study has no responses to its prompts, so no model can answer");
}

const std::string* ResponseBook::find(std::string_view model, std::string_view user_message) const {
  const auto found = responses_.find(key_of_response(model, user_message));
  return found == responses_.end() ? nullptr : &found->second;
}

}  // namespace assay::asking

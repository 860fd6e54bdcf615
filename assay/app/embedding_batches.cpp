#include "assay/app/embedding_batches.h"

#include "assay/asking/llm_memory.h"
#include "assay/asking/llm_run.h"
#include "assay/core/error.h"

namespace assay::app {
namespace {

std::optional<judge::Price> price_of(const routing::EmbeddingChoice& choice, store::Study& study) {
  asking::LlmOptions llm;
  llm.model = choice.model;
  llm.price_file = choice.price_file;
  asking::read_files(llm);
  if (!llm.price) return asking::remembered_price(study, choice.model);
  asking::remember_price(study, choice.model, *llm.price);
  return llm.price;
}

}  // namespace

std::unique_ptr<asking::BatchFolder> open_batches(routing::EmbeddingChoice& choice, store::Study& study) {
  if (choice.batch_folder.empty()) return nullptr;
  if (choice.model.empty()) {
    throw InvalidArgument("batches of embeddings need the name of a model, `embedding_model`, came none");
  }
  if (!study.writable()) {
    throw InvalidArgument("vectors that come in batches are kept in the study, and it can't be written");
  }
  asking::BatchEndpoint endpoint{choice.url, choice.model, price_of(choice, study)};
  endpoint.tries = 2;  // as for judges
  endpoint.kind = &asking::embedding_batches();
  if (endpoint.price) {
    choice.most_cost = [half = judge::halved(*endpoint.price)](std::size_t bytes) {
      return judge::most_cost(half, judge::most_tokens(bytes), 0);
    };
  }
  auto folder = std::make_unique<asking::BatchFolder>(choice.batch_folder, std::move(endpoint), study);
  choice.collect_in = folder.get();
  return folder;
}

}  // namespace assay::app

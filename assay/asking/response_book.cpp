#include "assay/asking/response_book.h"

#include <algorithm>

#include "assay/answering/candidate.h"
#include "assay/core/error.h"
#include "assay/core/hash.h"

namespace assay::asking {
namespace {

using Messages = std::span<const data::ChatMessage>;

// What a chat begins with, and what follows.
struct Conversation {
  explicit Conversation(Messages messages) : rest(messages) {
    if (messages.empty() || !data::is_system(messages.front())) return;
    system = messages.front().content;
    rest = messages.subspan(1);
  }

  std::string_view system;
  Messages rest;
};

std::uint64_t key_of_response(std::string_view model, Messages messages) {
  std::uint64_t key = mix64(fnv1a(model) + kGoldenGamma);
  for (const data::ChatMessage& message : messages) {
    key = mix64(key ^ fnv1a(message.role)) + kGoldenGamma;
    key = mix64(key ^ fnv1a(message.content)) + kGoldenGamma;
  }
  return key;
}

// Whether a system prompt is that of a chat, perhaps after a candidate's own.
bool ends_with_system(std::string_view system, std::string_view of_chat) {
  if (of_chat.empty() || system == of_chat) return true;
  if (!system.ends_with(of_chat)) return false;
  return system.substr(0, system.size() - of_chat.size()).ends_with(answering::kBetweenSystems);
}

}  // namespace

ResponseBook::ResponseBook(const store::Study& study) {
  store::ComparisonChoice choice;
  choice.models = study.models();
  choice.measure = store::Measure::score;
  choice.to_be_answered = true;
  const store::Comparison comparison = study.judgeable(choice);
  const std::vector<std::string> prompts = study.prompts(comparison.queries);
  const std::vector<std::string> chats = study.chats(comparison.queries);
  const ResponseTable table = study.responses(comparison);
  for (std::size_t q = 0; q < prompts.size(); ++q) {
    std::vector<data::ChatMessage> messages{{"user", prompts[q]}};
    if (!chats[q].empty()) messages = data::read_messages(chats[q]);
    const Conversation asked(messages);
    for (std::size_t j = 0; j < comparison.models.size(); ++j) {
      if (!table.has(query_id(q), model_id(j))) continue;
      models_.emplace(comparison.models[j], j);
      std::vector<Entry>& same = entries_[key_of_response(comparison.models[j], asked.rest)];
      if (std::ranges::find(same, asked.system, &Entry::system) != same.end()) continue;
      same.push_back({std::string(asked.system), std::string(table.at(query_id(q), model_id(j)))});
      ++count_;
    }
  }
  if (count_ == 0) throw InvalidArgument("the study has no responses to its prompts, so no model can answer");
}

const std::string* ResponseBook::find(std::string_view model, Messages messages) const {
  const Conversation asked(messages);
  const auto found = entries_.find(key_of_response(model, asked.rest));
  if (found == entries_.end()) return nullptr;
  const Entry* best = nullptr;
  for (const Entry& entry : found->second) {
    if (!ends_with_system(asked.system, entry.system)) continue;
    if (best == nullptr || entry.system.size() > best->system.size()) best = &entry;
  }
  return best == nullptr ? nullptr : &best->response;
}

}  // namespace assay::asking

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "assay/data/chat_messages.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What the models of a study answered on record, found again by a model's name and the messages that it is sent:
/// so that whoever asks them anew can be rehearsed.
///
///     ResponseBook book(study);
///     const std::vector<data::ChatMessage> asked{{"user", "Which planet is the largest?"}};
///     book.find("model a", asked);  // -> "Jupiter"
class ResponseBook {
 public:
  /// Throws InvalidArgument if the study has no responses with a prompt.
  explicit ResponseBook(const store::Study& study);

  /// Whether a model of this name has answered anything.
  bool knows(std::string_view model) const { return models_.contains(std::string(model)); }
  /// nullptr: it is no model's, or no answer is on record. Of prompts that equal each other the first one's counts.
  /// A system prompt that a candidate has set before, alone or before that of a chat, makes no difference.
  const std::string* find(std::string_view model, std::span<const data::ChatMessage> messages) const;
  std::size_t responses() const { return count_; }
  std::size_t models() const { return models_.size(); }

 private:
  struct Entry {
    std::string system;  // with which the chat begins; empty: none
    std::string response;
  };

  std::unordered_map<std::string, std::size_t> models_;
  std::unordered_map<std::uint64_t, std::vector<Entry>> entries_;  // by model and the messages after the system's
  std::size_t count_ = 0;
};

}  // namespace assay::asking

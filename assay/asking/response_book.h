#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "assay/core/responses.h"
#include "assay/store/study.h"

namespace assay::asking {

/// What the models of a study answered on record, found again by a model's name and the last message of a user: so
/// that whoever asks them anew can be rehearsed.
///
///     ResponseBook book(study);
///     book.find("model a", "Which planet is the largest?");  // -> "Jupiter"
class ResponseBook {
 public:
  /// Throws InvalidArgument if the study has no responses with a prompt.
  explicit ResponseBook(const store::Study& study);

  /// Whether a model of this name has answered anything.
  bool knows(std::string_view model) const { return models_.contains(std::string(model)); }
  /// nullptr: it is no model's, or no answer is on record. Of prompts that equal each other the first one's counts.
  const std::string* find(std::string_view model, std::string_view user_message) const;
  std::size_t responses() const { return responses_.size(); }
  std::size_t models() const { return models_.size(); }

 private:
  std::unordered_map<std::string, std::size_t> models_;
  std::unordered_map<std::uint64_t, std::string> responses_;
};

}  // namespace assay::asking

#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "assay/core/records.h"

namespace assay::exports {

/// The prompts and responses of a study, for formats that write them beside each judgement. Memory: all texts.
class TextTable {
 public:
  struct Query {
    std::string task;
    std::map<int, std::string> prompts;  ///< By turn; without texts that are not known.
  };
  struct Response {
    std::string text;
    AnswerCost took;
  };
  using ResponseKey = std::tuple<std::string, std::string, int>;  ///< query, model, turn

  void add(const QueryRecord& record);
  void add(const ResponseRecord& record);

  /// Empty where it is not known.
  std::string_view prompt(std::string_view query, int turn = 1) const;
  std::string_view task(std::string_view query) const;
  /// nullptr where there is none.
  const Response* response(std::string_view query, std::string_view model, int turn = 1) const;

  const std::map<std::string, Query, std::less<>>& queries() const { return queries_; }
  const std::map<ResponseKey, Response>& responses() const { return responses_; }

 private:
  std::map<std::string, Query, std::less<>> queries_;
  std::map<ResponseKey, Response> responses_;
};

}  // namespace assay::exports

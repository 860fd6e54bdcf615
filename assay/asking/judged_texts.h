#pragma once

#include <string>
#include <vector>

#include "assay/core/responses.h"

namespace assay::asking {

/// What a judge reads to compare m models with a baseline on n queries, and their names. A pair with a response
/// missing is never put to a judge.
struct ComparedTexts {
  std::vector<std::string> queries;  ///< n names.
  std::vector<std::string> models;   ///< m names.
  std::string baseline;
  std::vector<std::string> prompts;  ///< n texts, empty where unknown.
  ResponseTable responses;           ///< n x m, and the baseline's.
};

/// What a judge reads to score one response.
struct ArmTexts {
  std::string query;  ///< Name.
  std::string model;
  int turn = 1;
  std::string prompt;  ///< With all that came before the response; empty if unknown.
  std::string response;
};

}  // namespace assay::asking

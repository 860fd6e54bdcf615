#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assay/data/byte_source.h"

namespace assay::data {

/// What a results file of lm-evaluation-harness says of a task.
struct LmEvalTask {
  /// In the order in which the samples were filtered: the rows of old logs do not name theirs.
  std::vector<std::string> filters;
  std::map<std::string, bool, std::less<>> lower_is_better;  ///< By metric; those of which it is known.
};

/// What a results_*.json says of a run. Configurations hold paths and sometimes keys: nothing else is kept of them.
struct LmEvalResults {
  std::string model;       ///< As written, perhaps a path; empty if it is not told.
  std::string provider;    ///< What ran the model ("hf", "vllm", "openai-chat-completions"); may be empty.
  double parameters = 0;   ///< Number of weights; 0: not known.
  double date = 0;         ///< Seconds since 1970; 0: not known.
  std::string model_args;  ///< As the names of old samples files have it, `pretrained=org__model`; may be empty.
  std::map<std::string, LmEvalTask, std::less<>> tasks;  ///< Groups of tasks, too.
};

/// Reads a results file of any 0.4 version. Throws DataError if it is no JSON object or has no `results`.
LmEvalResults read_lm_eval_results(ByteSource& source);

/// The model that `arguments` ("pretrained=org/model,dtype=float16") are about, as lm-eval finds it; may be empty.
std::string model_of_arguments(std::string_view arguments);

}  // namespace assay::data

#pragma once

#include <string>

#include "assay/core/rng.h"

namespace assay {

/// JSON lines of 5 tasks of 24 questions that mix the words of two subjects, with the labels of 4 models each of
/// which is good at one of them, and what the models cost.
inline std::string sample_route_lines() {
  const char* words[2][6] = {{"integral", "matrix", "polynomial", "theorem", "equation", "derivative"},
                             {"court", "statute", "plaintiff", "contract", "verdict", "appeal"}};
  Rng rng(12);
  std::string lines;
  for (int task = 0; task < 5; ++task) {
    for (int i = 0; i < 24; ++i) {
      const std::string query = std::to_string(100 * task + i);
      int of_first = 0;
      std::string prompt = "Which";
      for (int w = 0; w < 6; ++w) {
        const bool first = rng.uniform() < 0.25 * task;
        of_first += first ? 1 : 0;
        prompt += std::string(" ") + words[first ? 0 : 1][rng.below(6)];
      }
      lines += "{\"query\": \"" + query + "\", \"prompt\": \"" + prompt + "?\", \"task\": \"task" +
               std::to_string(task) + "\"}\n{\"query\": \"" + query + "\", \"label\": \"yes\"}\n";
      for (int model = 0; model < 4; ++model) {
        const double share = of_first / 6.0;
        const bool right = rng.uniform() < 0.2 + 0.02 * model + 0.7 * (model % 2 == 0 ? share : 1 - share);
        lines += "{\"query\": \"" + query + "\", \"model\": \"model" + std::to_string(model) + "\", \"label\": \"" +
                 (right ? "yes" : "no") + "\"}\n";
      }
    }
  }
  for (int model = 0; model < 3; ++model) {
    lines += "{\"model\": \"model" + std::to_string(model) + "\", \"parameters\": " + std::to_string(model + 1) +
             "e9, \"price\": " + std::to_string(model + 1) + "}\n";
  }
  return lines;
}

}  // namespace assay

#include "assay/asking/run_choice.h"

#include <nlohmann/json.hpp>

namespace assay::asking {
namespace {

using ChoiceJson = nlohmann::json;

constexpr const char* kRunChoice = "run_choice";

std::string text_of(const RunChoice& choice) {
  ChoiceJson json{{"models", choice.models},
                  {"baseline", choice.baseline},
                  {"tasks", choice.averaging.tasks},
                  {"weights", choice.averaging.weights},
                  {"by_task", choice.averaging.average == store::Average::tasks},
                  {"population", choice.population}};
  if (choice.epsilon)
    json["epsilon"] = {{"amount", choice.epsilon->amount}, {"of_scale", choice.epsilon->of_scale}};
  if (choice.confidence) json["confidence"] = *choice.confidence;
  return json.dump(-1, ' ', true, ChoiceJson::error_handler_t::replace);
}

}  // namespace

std::optional<RunChoice> last_choice(const store::Study& study) {
  const std::optional<std::string> text = study.remembered(kRunChoice);
  if (!text) return std::nullopt;
  try {
    const ChoiceJson json = ChoiceJson::parse(*text);
    RunChoice choice;
    json.at("models").get_to(choice.models);
    json.at("baseline").get_to(choice.baseline);
    json.at("tasks").get_to(choice.averaging.tasks);
    json.at("weights").get_to(choice.averaging.weights);
    if (json.at("by_task").get<bool>()) choice.averaging.average = store::Average::tasks;
    choice.population = json.at("population").get<bool>();
    if (const auto epsilon = json.find("epsilon"); epsilon != json.end()) {
      choice.epsilon = store::Tolerance(epsilon->at("amount").get<double>(), epsilon->at("of_scale").get<bool>());
    }
    if (const auto confidence = json.find("confidence"); confidence != json.end()) {
      choice.confidence = confidence->get<double>();
    }
    return choice;
  } catch (const ChoiceJson::exception&) {
    return std::nullopt;  // of another program: as good as nothing
  }
}

void remember_choice(store::Study& study, const RunChoice& choice) {
  const std::string text = text_of(choice);
  if (study.writable() && study.remembered(kRunChoice) != text) study.remember(kRunChoice, text);
}

}  // namespace assay::asking

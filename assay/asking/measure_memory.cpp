#include "assay/asking/measure_memory.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "assay/asking/judge_memory.h"

namespace assay::asking {
namespace {

using Json = nlohmann::json;
using store::Measure;

constexpr std::string_view kMeasure = "select_measure";

struct Measured {
  Measure measure = Measure::win_rate;
  Scale scale = {};
  bool lower_is_better = false;
};

// What another program wrote there is as good as nothing.
std::optional<Measured> measured_in(const store::Study& study) {
  const std::optional<std::string> text = study.remembered(kMeasure);
  if (!text) return std::nullopt;
  try {
    const Json json = Json::parse(*text);
    if (json.at("measure").get<std::string>() != store::name(Measure::score)) return Measured{};
    const Scale scale{json.at("low").get<double>(), json.at("high").get<double>()};
    return Measured{Measure::score, scale, json.at("lower_is_better").get<bool>()};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

// What the study has of the named judge, if that is only one of the two.
std::optional<Measure> only_measure_of(const store::Study& study, const std::string& judge) {
  if (judge.empty()) return std::nullopt;
  const bool scores = has_held_judge(study, judge, true);
  if (scores == has_held_judge(study, judge, false)) return std::nullopt;
  return scores ? Measure::score : Measure::win_rate;
}

}  // namespace

void remember_measure(store::Study& study, const store::Comparison& comparison) {
  Json json{{"measure", store::name(comparison.measure)}};
  if (comparison.measure == Measure::score) {
    json["low"] = comparison.scale.low;
    json["high"] = comparison.scale.high;
    json["lower_is_better"] = comparison.lower_is_better;
  }
  const std::string text = json.dump();
  if (study.writable() && study.remembered(kMeasure) != text) study.remember(kMeasure, text);
}

bool take_measure(const store::Study& study, store::ComparisonChoice& choice) {
  if (!choice.baseline.empty()) return false;
  const std::optional<Measured> before = measured_in(study);
  const bool open = !choice.measure;
  if (open) {
    if (before) choice.measure = before->measure;
    if (const std::optional<Measure> only = only_measure_of(study, choice.judge)) choice.measure = only;
  }
  if (choice.measure != Measure::score || !before || before->measure != Measure::score) return false;
  const bool scale = !choice.scale;
  if (scale) choice.scale = before->scale;
  if (open && !choice.lower_is_better) choice.lower_is_better = before->lower_is_better;
  return open || scale;
}

}  // namespace assay::asking

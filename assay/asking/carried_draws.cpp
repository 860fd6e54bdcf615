#include "assay/asking/carried_draws.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "assay/file/digest.h"
#include "assay/store/positions.h"

namespace assay::asking {
namespace {

using Carried = nlohmann::json;

std::string hex_digest(std::span<const std::string_view> parts) {
  return file::hex(file::bytes_of(file::digest(parts)));
}

// Of all that the judge is shown of a model on these queries.
std::string texts_of(const JudgeTask& task, std::size_t model, const std::vector<std::size_t>& queries) {
  std::vector<std::string> prints;
  for (const std::size_t query : queries) {
    const file::Digest print = task.fingerprint(query * task.comparison().models.size() + model);
    prints.emplace_back(print.begin(), print.end());
  }
  return hex_digest(std::vector<std::string_view>(prints.begin(), prints.end()));
}

Carried json_of(const select::Draw& draw) {
  return {draw.weight,  draw.kept, draw.all_kept,      draw.chance,
          draw.longest, draw.lost, draw.gained_before, draw.left_before};
}

select::Draw draw_in(const Carried& json) {
  const auto at = [&](std::size_t i) { return json.at(i).get<double>(); };
  return {at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)};
}

// Positions of the named queries; empty if one is gone.
std::vector<std::size_t> positions_of(const Carried& names, const std::vector<std::string>& queries) {
  const store::NamePositions places = store::positions(queries);
  std::vector<std::size_t> result;
  for (const Carried& name : names) {
    const auto found = places.find(name.get_ref<const std::string&>());
    if (found == places.end()) return {};
    result.push_back(found->second);
  }
  return result;
}

}  // namespace

std::vector<select::EarlierDraws> carried_draws(const store::Study& study, const JudgeTask& task,
                                                std::string_view name) {
  const std::optional<std::string> text = study.remembered(name);
  if (!text) return {};
  const store::Comparison& comparison = task.comparison();
  std::vector<select::EarlierDraws> result;
  try {
    const Carried json = Carried::parse(*text);
    const std::vector<std::size_t> queries = positions_of(json.at("queries"), comparison.queries);
    if (queries.empty()) return {};
    for (std::size_t j = 0; j < comparison.models.size(); ++j) {
      const auto of_model = json.at("models").find(comparison.models[j]);
      if (of_model == json.at("models").end() || of_model->at("texts") != texts_of(task, j, queries)) continue;
      for (const Carried& one : of_model->at("draws")) {
        select::EarlierDraws earlier{.model = model_id(j), .pool = one.at("pool").get<double>(), .draws = {}};
        for (const Carried& draw : one.at("draws")) earlier.draws.push_back(draw_in(draw));
        result.push_back(std::move(earlier));
      }
    }
  } catch (const Carried::exception&) {
    return {};  // what another program wrote there is as good as nothing
  }
  return result;
}

void carry_draws(store::Study& study, const JudgeTask& task, std::string_view name,
                 const std::vector<select::EarlierDraws>& draws) {
  if (draws.empty() || !study.writable()) return;
  const store::Comparison& comparison = task.comparison();
  std::vector<std::size_t> queries(comparison.queries.size());
  for (std::size_t q = 0; q < queries.size(); ++q) queries[q] = q;
  Carried models = Carried::object();
  for (const select::EarlierDraws& one : draws) {
    const std::size_t j = index(one.model);
    Carried& of_model = models[comparison.models[j]];
    if (of_model.is_null()) of_model = {{"texts", texts_of(task, j, queries)}, {"draws", Carried::array()}};
    Carried list = Carried::array();
    for (const select::Draw& draw : one.draws) list.push_back(json_of(draw));
    of_model["draws"].push_back({{"pool", one.pool}, {"draws", std::move(list)}});
  }
  study.remember(name, Carried{{"queries", comparison.queries}, {"models", std::move(models)}}.dump());
}

std::string averaging_print(const store::Comparison& comparison) {
  const store::Averaging& averaging = comparison.averaging;
  if (averaging.tasks.empty() && comparison.weights.empty()) return {};
  std::vector<std::string_view> parts(averaging.tasks.begin(), averaging.tasks.end());
  parts.emplace_back(reinterpret_cast<const char*>(comparison.weights.data()),
                     comparison.weights.size() * sizeof(double));
  return hex_digest(parts);
}

std::string draws_name(const JudgeTask& task, std::string_view oracle, std::uint64_t seed) {
  const std::vector<std::string_view> who{oracle, task.comparison().baseline};
  const std::string averaging = averaging_print(task.comparison());
  return fmt::format("draws:{}:{}{}{}{}", hex_digest(who), seed, averaging.empty() ? "" : ":", averaging,
                     task.comparison().lower_is_better ? ":lower" : "");
}

}  // namespace assay::asking

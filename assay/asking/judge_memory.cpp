#include "assay/asking/judge_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/asking/oracles.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::asking {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kJudge = "judge:";  // followed by the oracle's name

// Members that are there are those that are set.
template <typename Value>
void put(Json& json, const char* name, const std::optional<Value>& value) {
  if (value) json[name] = *value;
}

template <typename Value>
void take(const Json& json, const char* name, std::optional<Value>& value) {
  if (const auto found = json.find(name); found != json.end()) value = found->get<Value>();
}

// What makes the answers of an LLM what they are.
Json json_of(const LlmOptions& llm) {
  Json json{{"url", llm.url}, {"model", llm.model}};
  put(json, "template", llm.prompt);
  put(json, "reply", llm.reply);
  put(json, "order", llm.order);
  put(json, "repeats", llm.repeats);
  put(json, "repeat_by", llm.repeat_by);
  put(json, "max_tokens", llm.max_tokens);
  if (llm.temperature) json["temperature"] = *llm.temperature ? Json(**llm.temperature) : Json();
  put(json, "completion_tokens", llm.completion_tokens);
  // Their names, so that a run without them can be told of. The values are secrets.
  for (const auto& [name, value] : llm.headers.value_or(http::Headers{})) json["headers"].push_back(name);
  return json;
}

LlmOptions llm_in(const Json& json) {
  LlmOptions llm;
  llm.url = json.at("url").get<std::string>();
  llm.model = json.at("model").get<std::string>();
  take(json, "template", llm.prompt);
  take(json, "reply", llm.reply);
  take(json, "order", llm.order);
  take(json, "repeats", llm.repeats);
  take(json, "repeat_by", llm.repeat_by);
  take(json, "max_tokens", llm.max_tokens);
  if (const auto found = json.find("temperature"); found != json.end()) {
    llm.temperature.emplace();
    if (!found->is_null()) llm.temperature->emplace(found->get<double>());
  }
  take(json, "completion_tokens", llm.completion_tokens);
  llm.headers_before = json.value("headers", std::vector<std::string>{});
  return llm;
}

// What another program wrote there is as good as nothing.
std::optional<HeldJudge> judge_in(std::string name, const std::string& text) {
  try {
    const Json json = Json::parse(text);
    return HeldJudge{std::move(name), llm_in(json), json.at("seed").get<std::uint64_t>(),
                     json.at("batch").get<std::size_t>()};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

bool is_of(const HeldJudge& judge, bool scores, const std::string& last) {
  const std::optional<OracleKey> key = read_key(judge.name);
  if (!key || key->scores != scores) return false;
  std::string scale(key->last);  // that of an LLM is "1 to 5"
  if (const std::size_t at = scale.find(" to "); scores && at != std::string::npos) scale.replace(at, 4, ",");
  return last.empty() || scale == last;
}

// Those that are meant: by a name or title, else by a part of the title.
std::vector<HeldJudge> meant_by(const std::string& wanted, std::vector<HeldJudge> judges) {
  const auto exactly = [&](const HeldJudge& judge) {
    return judge.name == wanted || oracle_title(judge.name) == wanted;
  };
  const bool exact = std::any_of(judges.begin(), judges.end(), exactly);
  std::erase_if(judges, [&](const HeldJudge& judge) {
    return exact ? !exactly(judge) : oracle_title(judge.name).find(wanted) == std::string::npos;
  });
  return judges;
}

std::string titles_of(const std::vector<HeldJudge>& judges) {
  std::string text;
  for (const HeldJudge& judge : judges) {
    text += (text.empty() ? "" : ", ") + quoted(oracle_title(judge.name));
  }
  return text;
}

}  // namespace

void remember_judge(store::Study& study, const HeldJudge& judge) {
  Json json = json_of(judge.llm.value_or(LlmOptions{}));
  json["seed"] = judge.seed;
  json["batch"] = judge.batch;
  const std::string name = std::string(kJudge) + judge.name;
  const std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (study.remembered(name) != text) study.remember(name, text);
}

std::optional<HeldJudge> held_llm(const store::Study& study, const std::string& name) {
  return judge_in(name, study.remembered(std::string(kJudge) + name).value_or(""));
}

std::vector<HeldJudge> held_judges(const store::Study& study, bool scores) {
  std::vector<HeldJudge> judges;
  for (const std::string& name : study.remembered_names(kJudge)) {
    auto judge = judge_in(name.substr(kJudge.size()), study.remembered(name).value_or(""));
    const bool answered = judge && judge->llm && study.has_paid_replies(judge->llm->url, judge->llm->model);
    if (answered && is_of(*judge, scores, "")) judges.push_back(std::move(*judge));
  }
  for (std::string& name : study.oracles()) {
    const std::optional<OracleKey> key = read_key(name);
    if (key && key->scores == scores && key->kind != "llm") judges.push_back({std::move(name), {}});
  }
  std::sort(judges.begin(), judges.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return judges;
}

std::string scale_text(const Scale& scale) { return fmt::format("{},{}", scale.low, scale.high); }

bool has_held_judge(const store::Study& study, const std::string& wanted, bool scores) {
  return !meant_by(wanted, held_judges(study, scores)).empty();
}

namespace {

// What people say together stands for each of them, where nobody is named.
void drop_single_people(std::vector<HeldJudge>& judges) {
  const auto is = [](const HeldJudge& judge, std::string_view kind) {
    const std::optional<OracleKey> key = read_key(judge.name);
    return key && key->kind == kind;
  };
  const bool together = std::ranges::any_of(judges, [&](const HeldJudge& judge) { return is(judge, "people"); });
  if (together) std::erase_if(judges, [&](const HeldJudge& judge) { return is(judge, "person"); });
}

}  // namespace

HeldJudge held_judge(const store::Study& study, const std::string& wanted, bool scores, const std::string& last) {
  std::vector<HeldJudge> judges = held_judges(study, scores);
  std::erase_if(judges, [&](const HeldJudge& judge) { return !is_of(judge, scores, last); });
  const std::string what = fmt::format("{}{}{}", scores ? "scores" : "verdicts",
                                       last.empty() ? ""
                                       : scores     ? " on the scale "
                                                    : " against ",
                                       last);
  if (judges.empty()) throw InvalidArgument(fmt::format("the study has no {} of a live judge", what));
  if (wanted.empty()) drop_single_people(judges);
  const std::vector<HeldJudge> meant = meant_by(wanted, judges);
  if (meant.size() == 1) return meant.front();
  if (wanted.empty()) {
    throw InvalidArgument(
        fmt::format("the study has {} of several live judges, name one by `judge`: {}", what, titles_of(judges)));
  }
  throw InvalidArgument(
      fmt::format("expected a live judge of the study ({}), came {}", titles_of(judges), quoted(wanted)));
}

}  // namespace assay::asking

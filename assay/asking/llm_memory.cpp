#include "assay/asking/llm_memory.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "assay/asking/judge_memory.h"
#include "assay/asking/key_check.h"
#include "assay/core/error.h"
#include "assay/core/money.h"
#include "assay/report/display_width.h"
#include "assay/report/numbers.h"

namespace assay::asking {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kLimit = "max_cost";
constexpr std::size_t kNameShown = 60;  // columns

std::string last_name(bool scores) { return scores ? "llm_last:scores" : "llm_last:pairs"; }
std::string judge_name(bool scores, std::string_view model) {
  return std::string(scores ? "llm:scores:" : "llm:pairs:").append(model);
}
std::string price_name(std::string_view model) { return std::string("price:").append(model); }

// How the model was asked, and whether about the same kind of thing.
struct Before {
  LlmOptions llm;
  bool same_kind = true;
  std::string baseline = {};  // of pairs
  std::size_t batch = 1;
};

std::optional<Before> before_of(const store::Study& study, const std::string& wanted, bool scores) {
  for (const bool kind : {scores, !scores}) {
    const std::optional<std::string> model = wanted.empty() ? study.remembered(last_name(kind)) : wanted;
    if (!model) continue;
    const std::optional<std::string> oracle = study.remembered(judge_name(kind, *model));
    const std::optional<HeldJudge> held = oracle ? held_llm(study, *oracle) : std::nullopt;
    if (!held || held->llm->model != *model) continue;
    const std::optional<OracleKey> key = read_key(*oracle);
    return Before{*held->llm, kind == scores, key && !kind ? std::string(key->last) : std::string(), held->batch};
  }
  return std::nullopt;
}

template <typename Value>
bool take_if_empty(std::optional<Value>& value, const std::optional<Value>& before) {
  if (value || !before) return false;
  value = before;
  return true;
}

// What came from the study.
struct Taken {
  bool judge = false;  // its model or address
  bool url = false;
  bool settings = false;
  bool price = false;
  bool limit = false;
  std::string baseline = {};
  std::size_t batch = 0;
};

void take_judge(LlmOptions& llm, const Before& before, Taken& taken) {
  if (llm.model.empty()) {
    llm.model = before.llm.model;
    taken.judge = true;
  }
  if (llm.url.empty()) {
    llm.url = before.llm.url;
    taken.judge = taken.url = true;
  }
  bool any = take_if_empty(llm.reply, before.llm.reply);
  any |= take_if_empty(llm.max_tokens, before.llm.max_tokens);
  any |= take_if_empty(llm.temperature, before.llm.temperature);
  any |= take_if_empty(llm.completion_tokens, before.llm.completion_tokens);
  if (before.same_kind) {
    if (llm.prompt_file.empty()) any |= take_if_empty(llm.prompt, before.llm.prompt);
    any |= take_if_empty(llm.order, before.llm.order);
    any |= take_if_empty(llm.repeats, before.llm.repeats);
    any |= take_if_empty(llm.repeat_by, before.llm.repeat_by);
  }
  taken.settings = any;
}

void take_open(const LeftOpen& open, const Before& before, const store::Study& study, Taken& taken) {
  if (!before.same_kind) return;
  if (open.baseline != nullptr && open.baseline->empty() && !before.baseline.empty() &&
      study.has_responses(before.baseline)) {
    *open.baseline = taken.baseline = before.baseline;
  }
  if (open.batch != nullptr && *open.batch == 0 && before.batch > 1) *open.batch = taken.batch = before.batch;
}

std::string listed(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  }
  return text;
}

std::string shown_name(const std::string& name) { return report::cut_to_width(name, kNameShown); }

std::string taken_line(const LlmOptions& llm, const Taken& taken) {
  std::vector<std::string> words;
  if (taken.judge) words.emplace_back("judge");
  if (taken.settings && !taken.judge) words.emplace_back("settings of the judge");
  if (taken.price) words.emplace_back("prices");
  if (taken.limit) words.emplace_back("limit");
  if (!taken.baseline.empty()) words.emplace_back("baseline");
  if (taken.batch > 0) words.emplace_back("calls at a time");
  if (words.empty()) return "";
  std::string line =
      fmt::format("{} as remembered: {} at {}", listed(words), shown_name(llm.model), shown_name(llm.url));
  if (taken.price && llm.price) {
    line += fmt::format(", {} in and {} out per million tokens", dollars_text(llm.price->in),
                        dollars_text(llm.price->out));
  }
  if (taken.limit) line += ", limit " + dollars_text(*llm.most_cost);
  if (!taken.baseline.empty()) line += ", baseline " + shown_name(taken.baseline);
  if (taken.batch > 0) line += fmt::format(", {} calls at a time", taken.batch);
  return line;
}

// All that a stranger's address must not get: the key, and what headers hold.
std::string secret_of(const LlmOptions& llm) {
  std::string secret = llm.key;
  for (const auto& [name, value] : llm.headers.value_or(http::Headers{}))
    secret.append("\n").append(name).append(": ").append(value);
  return secret;
}

// An address that the environment names, too, is the user's own.
void check_key(const LlmOptions& llm, const store::Study& study) {
  const std::string secret = secret_of(llm);
  if (secret.empty() || llm.url == llm.default_url || knows_key(study, llm.url, secret)) return;
  throw InvalidArgument(fmt::format(
      "the address {} of the judge stands in the study alone, and this key{} was never sent there from it: give "
      "`judge_url` to send it",
      quoted(llm.url), llm.headers.value_or(http::Headers{}).empty() ? "" : ", with these headers,"));
}

// Without them somebody else may answer, or nobody: that is for the user to say.
void check_headers(const LlmOptions& llm, const Before& before) {
  if (llm.headers || before.llm.headers_before.empty() || llm.url != before.llm.url) return;
  std::vector<std::string> names;
  for (const std::string& name : before.llm.headers_before) names.push_back(quoted(name));
  throw InvalidArgument(fmt::format(
      "requests to this judge had the {} {}, whose {} not kept: give `judge_header` again, or `no_judge_header` to "
      "go on without",
      names.size() == 1 ? "header" : "headers", listed(names), names.size() == 1 ? "value is" : "values are"));
}

void remember_if_new(store::Study& study, const std::string& name, const std::string& text) {
  if (study.remembered(name) != text) study.remember(name, text);
}

}  // namespace

std::optional<Money> remembered_limit(const store::Study& study) {
  const std::optional<std::string> text = study.remembered(kLimit);
  if (!text) return std::nullopt;
  Money limit;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), limit.micros);
  // What another program wrote there must not lift the limit.
  if (error != std::errc() || end != text->data() + text->size() || limit.micros < 0) return Money{0};
  return limit;
}

void remember_limit(store::Study& study, Money most_cost) {
  remember_if_new(study, std::string(kLimit), fmt::format("{}", most_cost.micros));
}

void take_remembered(OracleOptions& options, const store::Study& study, bool scores, const LeftOpen& open) {
  if (!asks_llm(options)) return;
  LlmOptions& llm = options.llm;
  Taken taken;
  const bool asks = study.writable() && options.name == "llm";  // else nothing is sent
  if (const std::optional<Before> before = before_of(study, llm.model, scores)) {
    take_judge(llm, *before, taken);
    if (asks) check_headers(llm, *before);
    take_open(open, *before, study, taken);
  }
  if (llm.url.empty()) llm.url = llm.default_url;
  if (!llm.price && llm.price_file.empty()) {
    llm.price = remembered_price(study, llm.model);
    taken.price = llm.price.has_value();
  }
  if (!llm.most_cost) {
    llm.most_cost = remembered_limit(study);
    taken.limit = llm.most_cost.has_value();
  }
  if (taken.url && asks) check_key(llm, study);
  if (taken.limit && !llm.price && llm.price_file.empty()) {
    throw InvalidArgument(fmt::format(
        "the study remembers a limit of cost, {} for all its runs (`max_cost`), and no price of model {}: give "
        "`prices`",
        dollars_text(*llm.most_cost), quoted(llm.model)));
  }
  const std::string line = taken_line(llm, taken);
  if (options.noted && !line.empty()) options.noted(line);
}

void remember_llm(store::Study& study, std::string_view oracle, const LlmOptions& llm, bool scores) {
  if (llm.most_cost) remember_limit(study, *llm.most_cost);
  if (llm.price) remember_price(study, llm.model, *llm.price);
  remember_key(study, llm.url, secret_of(llm), llm.key_salt);
  remember_if_new(study, judge_name(scores, llm.model), std::string(oracle));
  remember_if_new(study, last_name(scores), llm.model);
}

std::optional<judge::Price> remembered_price(const store::Study& study, std::string_view model) {
  const std::optional<std::string> text = study.remembered(price_name(model));
  if (!text) return std::nullopt;
  try {
    // As a file of prices, which says what is in range.
    const Json file{{"model", Json::parse(*text)}};
    return judge::PriceList::from_json(file.dump(), "study").of("model");
  } catch (const Json::exception&) {
    return std::nullopt;
  } catch (const DataError&) {
    return std::nullopt;
  }
}

void remember_price(store::Study& study, std::string_view model, const judge::Price& price) {
  Json json{{"in", price.in.micros}, {"out", price.out.micros}, {"unit", "micro-dollars"}};
  if (price.cached_in) json["cached_in"] = price.cached_in->micros;
  remember_if_new(study, price_name(model), json.dump());
}

}  // namespace assay::asking

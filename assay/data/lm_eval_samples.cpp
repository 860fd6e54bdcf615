#include "assay/data/lm_eval_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>
#include <tuple>

#include "assay/data/cell_words.h"
#include "assay/data/chat_messages.h"
#include "assay/data/json_reader.h"

namespace assay::data {
namespace {

constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kNothingFound = "[invalid]";  // what filters write where nothing fits
constexpr int kMostParts = 64;                           // of a metric that is a list or a dictionary
constexpr int kDeepest = 4;                              // lists in lists

// Whose values lie between 0 and 1, whatever the task.
constexpr std::array<std::string_view, 8> kShares = {"acc", "acc_norm", "acc_bytes", "acc_mutual_info",
                                                     "em",  "exact",    "pass@1",    "exact_match"};

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

/// A number, or one in a string; NumPy's numbers and truths become strings.
std::optional<double> number_of_value(const JsonValue& value) {
  if (value.kind() == JsonKind::number) return value.number();
  if (value.kind() == JsonKind::boolean) return value.boolean() ? 1 : 0;
  if (value.kind() != JsonKind::string) return std::nullopt;
  const std::string_view text = value.string();
  if (const auto truth = truth_word(text)) return truth;
  return number_in(text);
}

bool is_true(const JsonValue& value) { return number_of_value(value).value_or(0) == 1; }

/// The parts of an array; of anything else the value itself, alone.
std::optional<JsonValue> first_of(const JsonValue& value) {
  if (value.kind() != JsonKind::array) return value;
  if (value.parts().empty()) return std::nullopt;
  return *value.parts().begin();
}

/// {"gen_args_0": ..., ...}, or an array of old versions.
std::optional<JsonValue> first_request(const JsonValue& arguments) {
  if (arguments.kind() != JsonKind::object && arguments.kind() != JsonKind::array) return std::nullopt;
  return arguments.parts().empty() ? std::nullopt : std::optional(*arguments.parts().begin());
}

std::size_t hash_of(const JsonValue& value) {
  const std::hash<std::string_view> hash;
  std::size_t result = hash(value.key());
  if (value.kind() == JsonKind::string || value.kind() == JsonKind::number) {
    result = result * 31 + hash(value.kind() == JsonKind::string ? value.string() : std::string_view("#"));
    if (value.kind() == JsonKind::number) result = result * 31 + std::hash<double>{}(value.number());
  }
  if (value.kind() == JsonKind::array || value.kind() == JsonKind::object) {
    for (const JsonValue part : value.parts()) result = result * 31 + hash_of(part);
  }
  return result;
}

/// The first digits of lm-eval's own hash; else of `other`.
std::string short_hash(std::string_view by_tool, std::size_t other) {
  constexpr std::size_t kDigits = 8;
  const std::string_view begin = by_tool.substr(0, kDigits);
  const bool fits =
      begin.size() == kDigits && begin.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return fits ? std::string(begin) : fmt::format("{:08x}", static_cast<std::uint32_t>(other));
}

/// Log-likelihood and whether it is what the model would say: [-6.15, false], or both as strings.
bool is_likelihood(const JsonValue& value) {
  if (value.kind() != JsonKind::array) return false;
  const auto first = first_of(value);
  return first && number_of_value(*first) && first->kind() != JsonKind::boolean;
}

}  // namespace

struct LmEvalSamples::Row {
  const JsonValue& whole;
  std::optional<JsonValue> id = {}, doc = {}, target = {}, arguments = {}, responses = {}, filtered = {},
                           filter = {}, metrics = {}, doc_hash = {};

  explicit Row(const JsonValue& object) : whole(object) {
    for (const JsonValue part : object.parts()) {
      std::optional<JsonValue>* const place = of(part.key());
      if (place == nullptr) continue;
      if (*place) part.reject("one field of this name");
      *place = part;
    }
    if (!id) whole.field("doc_id");
  }

  /// Whether `key` is a field of every row, not a metric.
  static bool is_plain(std::string_view key) {
    constexpr std::string_view kAll[] = {"doc_id",         "doc",    "target",  "arguments", "resps",
                                         "filtered_resps", "filter", "metrics", "doc_hash",  "prompt_hash",
                                         "target_hash"};
    return std::find(std::begin(kAll), std::end(kAll), key) != std::end(kAll);
  }

 private:
  std::optional<JsonValue>* of(std::string_view key) {
    if (key == "doc_id") return &id;
    if (key == "doc") return &doc;
    if (key == "target") return &target;
    if (key == "arguments") return &arguments;
    if (key == "resps") return &responses;
    if (key == "filtered_resps") return &filtered;
    if (key == "filter") return &filter;
    if (key == "metrics") return &metrics;
    if (key == "doc_hash") return &doc_hash;
    return nullptr;
  }
};

void LmEvalSamples::read(ByteSource& source, bool is_array, const LmEvalOrigin& origin) {
  origin_ = origin;
  first_row_ = true;
  scorers_.clear();
  rows_of_id_.clear();
  const JsonRules rules{&sink_, true};
  const auto take_row = [&](const JsonValue& row) { take(row); };
  if (is_array) {
    std::vector<char> buffer;
    read_json_array(source, buffer, rules, take_row);
  } else {
    read_json_lines(source, rules, take_row);
  }
}

void LmEvalSamples::take(const JsonValue& object) {
  const Row row(object);
  const Location where = object.where();
  Sample sample{.task = origin_.task, .id = row.id->id(), .model = origin_.model};
  filter_ = filter_of(row);
  if (first_row_) first_filter_ = filter_;
  first_row_ = false;
  const bool first = filter_ == first_filter_;
  if (first) take_prompt(row, sample);
  const bool known = is_known(row, sample, where);
  if (first) {
    take_answer(row, sample, where);
    if (!known) writer_.add_query(sample, where);
    writer_.add_answer(sample, where);
  }
  if (!row.metrics || row.metrics->is_null()) {
    for (const JsonValue part : object.parts()) {
      if (!Row::is_plain(part.key())) take_score(sample, part.key(), part, false, 0, where);
    }
    return;
  }
  for (const JsonValue name : row.metrics->elements()) {
    if (const auto value = object.find(name.string())) {
      take_score(sample, name.string(), *value, false, 0, where);
    } else {
      sink_.note("a metric without a value in its row: no score", where);
    }
  }
}

/// The filter of a row; of old rows, that do not tell, by how many the document has had before.
std::string_view LmEvalSamples::filter_of(const Row& row) {
  if (row.filter) return row.filter->string();
  if (origin_.facts == nullptr || origin_.facts->filters.size() < 2) {
    const bool known = origin_.facts != nullptr && !origin_.facts->filters.empty();
    return known ? std::string_view(origin_.facts->filters.front()) : "none";
  }
  const std::size_t at = rows_of_id_[std::string(row.id->id())]++;
  if (at < origin_.facts->filters.size()) return origin_.facts->filters[at];
  throw DataError(row.whole.where(), fmt::format("expected {} rows for document {}, one for each filter, came more",
                                                 origin_.facts->filters.size(), quoted(row.id->id())));
}

/// Whether the study has the query from an earlier file of this import, perhaps with another prompt: two models may
/// have got the document in two templates. Another document of the same number becomes a query of its own, whose id
/// tells so.
bool LmEvalSamples::is_known(const Row& row, Sample& sample, const Location& where) {
  if (!origin_.task_again) return false;
  const bool first = filter_ == first_filter_;
  const std::hash<std::string_view> hash;
  Document now;
  now.by_tool = row.doc_hash && row.doc_hash->kind() == JsonKind::string;
  if (now.by_tool) now.content = hash(row.doc_hash->string());
  if (!now.by_tool && row.doc) now.content = hash_of(*row.doc);
  if (first) now.prompt = hash(sample.messages.empty() ? sample.text : sample.messages);
  auto [known, is_new] = documents_.try_emplace(hash(query_name(sample.task, sample.id)), now);
  if (known->second.by_tool == now.by_tool && known->second.content != now.content) {
    id_ = fmt::format("{}#{}", sample.id, short_hash(now.by_tool ? row.doc_hash->string() : "", now.content));
    sample.id = id_;
    if (first) sink_.note("another document with a doc_id that was there: a query of its own, doc_id#hash", where);
    std::tie(known, is_new) = documents_.try_emplace(hash(query_name(sample.task, sample.id)), now);
  }
  if (first && known->second.prompt != now.prompt) {
    sink_.note("another prompt for the same document (template, examples): the first is kept", where);
  }
  return !is_new;
}

/// The text of the first request, and the messages that it is made of; valid until the next row.
void LmEvalSamples::take_prompt(const Row& row, Sample& sample) {
  const auto request = row.arguments ? first_request(*row.arguments) : std::nullopt;
  if (!request) return;
  auto prompt = request->kind() == JsonKind::object ? request->find("arg_0") : first_of(*request);
  // A request to a chat endpoint is a list of one string.
  if (prompt && prompt->kind() == JsonKind::array) prompt = first_of(*prompt);
  if (!prompt || prompt->kind() != JsonKind::string) return;
  sample.text = prompt->string();
  std::optional<WrittenChat> written = written_chat(sample.text);
  if (!written) return;
  prompt_ = std::move(written->text);
  messages_ = messages_json(written->chat.messages(sink_, row.whole.where()), prompt_);
  sample.text = prompt_;
  sample.messages = messages_;
}

void LmEvalSamples::take_answer(const Row& row, Sample& sample, const Location& where) {
  if (collect_choices(row)) {
    take_choices(row, sample);
  } else {
    take_text(row, sample, where);
  }
}

/// The requests of a row whose answers are likelihoods; false if it is none.
bool LmEvalSamples::collect_choices(const Row& row) {
  choices_.clear();
  if (!row.responses || row.responses->kind() != JsonKind::array) return false;
  for (const JsonValue request : row.responses->elements()) {
    const auto repeat = first_of(request);
    if (!repeat || !is_likelihood(*repeat)) return false;
    Choice& choice = choices_.emplace_back();
    std::size_t at = 0;
    for (const JsonValue part : repeat->elements()) {
      if (at == 0) choice.likelihood = number_of_value(part).value_or(std::nan(""));
      if (at == 1) choice.greedy = is_true(part);
      ++at;
    }
  }
  std::size_t i = 0;
  if (choices_.empty() || !row.arguments) return !choices_.empty();
  if (row.arguments->kind() != JsonKind::object && row.arguments->kind() != JsonKind::array) return true;
  for (const JsonValue request : row.arguments->parts()) {
    if (i == choices_.size()) break;
    std::size_t at = 0;
    if (request.kind() != JsonKind::object && request.kind() != JsonKind::array) continue;
    for (const JsonValue part : request.parts()) {
      if (part.kind() == JsonKind::string && at == 0) choices_[i].context = part.string();
      if (part.kind() == JsonKind::string && at == 1) choices_[i].text = without_blanks(part.string());
      ++at;
    }
    ++i;
  }
  // For acc_mutual_info every choice is asked again, without the question.
  const std::size_t half = choices_.size() / 2;
  bool again = choices_.size() % 2 == 0;
  for (i = 0; again && i < half; ++i) {
    again = choices_[half + i].context.empty() && !choices_[i].context.empty() &&
            choices_[half + i].text == choices_[i].text;
  }
  if (again) choices_.resize(half);
  return true;
}

/// The choice with the greatest likelihood is the response, and its letter the label.
void LmEvalSamples::take_choices(const Row& row, Sample& sample) {
  std::size_t best = 0;
  bool same_end = choices_.size() > 1;
  for (std::size_t i = 1; i < choices_.size(); ++i) {
    if (choices_[i].likelihood > choices_[best].likelihood) best = i;
    same_end = same_end && choices_[i].text == choices_.front().text;
  }
  // Where the choices stand within the question (winogrande), it differs from request to request.
  const auto text = [&](std::size_t i) { return same_end ? choices_[i].context : choices_[i].text; };
  if (choices_.size() == 1) {
    // Only what it would have said by itself is the model's answer.
    if (choices_.front().greedy) sample.response = text(0);
    return;
  }
  sample.response = text(best);
  if (choices_.size() > kLetters.size()) return;
  sample.options = static_cast<int>(choices_.size());
  const auto letter = [&](std::size_t i) { return kLetters.substr(i, 1); };
  sample.prediction = letter(best);
  if (!row.target) return;
  const auto place = number_of_value(*row.target);
  if (place && *place >= 0 && *place < sample.options && *place == std::floor(*place)) {
    sample.gold = letter(static_cast<std::size_t>(*place));
  } else if (row.target->kind() == JsonKind::string) {
    for (std::size_t i = 0; i < choices_.size() && sample.gold.empty(); ++i) {
      if (text(i) == without_blanks(row.target->string())) sample.gold = letter(i);
    }
  }
}

/// Whether the model was asked how likely a whole text is: a request of one argument. There is no right answer
/// then.
bool LmEvalSamples::is_rolling(const Row& row) {
  const auto request = row.arguments ? first_request(*row.arguments) : std::nullopt;
  if (!request || (request->kind() != JsonKind::object && request->kind() != JsonKind::array)) return false;
  return !request->parts().empty() && ++request->parts().begin() == request->parts().end();
}

/// What the model wrote, the first time it was asked.
void LmEvalSamples::take_text(const Row& row, Sample& sample, const Location& where) {
  const auto request = row.responses ? first_of(*row.responses) : std::nullopt;
  const auto repeat = request ? first_of(*request) : std::nullopt;
  if (repeat && repeat->kind() == JsonKind::string) sample.response = repeat->string();
  if (request && request->kind() == JsonKind::array && request->parts().begin() != request->parts().end() &&
      ++request->parts().begin() != request->parts().end()) {
    sink_.note("several responses to a query: the first is kept", where);
  }
  if (!row.target || is_rolling(row)) return;
  if (row.target->kind() == JsonKind::string) sample.gold = without_blanks(row.target->string());
  // Several right answers, as Python writes a list.
  if (sample.gold.starts_with('[') && sample.gold.ends_with(']')) sample.gold = {};
  const auto extracted = row.filtered ? first_of(*row.filtered) : std::nullopt;
  if (sample.gold.empty() || !extracted || extracted->kind() != JsonKind::string) return;
  const std::string_view prediction = without_blanks(extracted->string());
  if (prediction != kNothingFound) {
    sample.prediction = prediction;
  } else if (is_short_answer(sample.gold)) {
    sink_.add(LabelRecord{query_name(sample.task, sample.id), sample.model, ""}, where, OnConflict::fail);
  }
}

const LmEvalSamples::Scorer& LmEvalSamples::scorer(std::string_view metric, bool of_list, const Location& where) {
  for (const Scorer& known : scorers_) {
    if (known.metric == metric && known.filter == filter_) return known;
  }
  Scorer& added = scorers_.emplace_back(
      Scorer{std::string(metric), std::string(filter_), fmt::format("{},{}", metric, filter_), std::nullopt});
  // The direction is that of the whole metric: of pairs (the true class and the predicted one) it says nothing.
  if (of_list || origin_.facts == nullptr) return added;
  const std::string_view whole = metric.substr(0, metric.find('/'));
  const auto direction = origin_.facts->lower_is_better.find(whole);
  if (direction != origin_.facts->lower_is_better.end()) added.lower_is_better = direction->second;
  JudgeRecord judge{.judge = added.name, .lower_is_better = added.lower_is_better};
  if (std::find(kShares.begin(), kShares.end(), metric) != kShares.end()) {
    judge.least = 0;
    judge.most = 1;
  }
  sink_.add(judge, where, OnConflict::keep_first);
  return added;
}

void LmEvalSamples::take_score(const Sample& sample, std::string_view metric, const JsonValue& value, bool of_list,
                               int depth, const Location& where) {
  if (value.kind() == JsonKind::object || value.kind() == JsonKind::array) {
    const bool list = value.kind() == JsonKind::array;
    if (list && depth == 0) {
      sink_.note(
          "a metric that is no score of one sample (f1, mcc, perplexity): its parts, NAME/0 and so on, are kept, "
          "and "
          "tell nothing about who is better",
          where);
    }
    int at = 0;
    for (const JsonValue part : value.parts()) {
      if (at == kMostParts || depth == kDeepest) {
        sink_.note("a metric of too many parts: those after the first 64 are left out", where);
        break;
      }
      const std::string name = list ? fmt::format("{}/{}", metric, at) : fmt::format("{}/{}", metric, part.key());
      take_score(sample, name, part, of_list || list, depth + 1, where);
      ++at;
    }
    return;
  }
  const Scorer& by = scorer(metric, of_list, where);
  const auto number = number_of_value(value);
  if (number && std::isfinite(*number)) return writer_.score(sample, by.name, *number, where);
  const bool text = value.kind() == JsonKind::string && !number;
  if (text || by.lower_is_better == true) {
    // No number stands for wrong here.
    sink_.note(text ? "a metric's value is a text: no score" : "a metric's value is no number: no score", where);
    return writer_.score(sample, by.name, std::nan(""), where);
  }
  writer_.error(sample, by.name, value.is_null() ? "a metric has no value" : "a metric's value is no finite number",
                where);
}

}  // namespace assay::data

#include "assay/app/doctor.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/asking/made_up_pairs.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/report/numbers.h"

namespace assay::app {
namespace {

using asking::JudgeExam;
using Level = Finding::Level;

constexpr std::size_t kQuestions = 2 * asking::kMadeUpPairs.size();
constexpr std::size_t kNamesShown = 8;

// What the pair's `one` got, in each order: +1, 0 or -1; empty unless both were read.
struct BothOrders {
  int one_first = 0;
  int one_second = 0;
};

std::optional<BothOrders> orders_of(const JudgeExam& exam, std::size_t pair) {
  std::optional<int> worth[2];
  for (const JudgeExam::Answer& answer : exam.answers) {
    if (answer.pair != pair || !answer.verdict) continue;
    const int for_a = *answer.verdict == judge::PairVerdict::a   ? 1
                      : *answer.verdict == judge::PairVerdict::b ? -1
                                                                 : 0;
    worth[answer.one_first ? 0 : 1] = answer.one_first ? for_a : -for_a;
  }
  if (!worth[0] || !worth[1]) return std::nullopt;
  return BothOrders{*worth[0], *worth[1]};
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), kNamesShown); ++i) {
    text += (i == 0 ? "" : ", ") + escaped(names[i]);
  }
  if (names.size() > kNamesShown) text += fmt::format(" and {} more", names.size() - kNamesShown);
  return text;
}

std::string rounded(double tokens) { return report::grouped(static_cast<std::uint64_t>(tokens + 0.5)); }

// What to do where the endpoint does not go on.
std::string advice_on_end(const JudgeExam& exam) {
  if (exam.passes && exam.status != 0) {
    return "It is in trouble at the moment. A run waits for that, up to five minutes; ask again later.";
  }
  switch (exam.status) {
    case 0: return "Does the server run, is the address right, with its port, and is a proxy needed?";
    case 401:
    case 403:
      return exam.key_sent
                 ? "Is it the right key for this address?"
                 : "No key was sent: put it into OPENAI_API_KEY, or name its variable by `judge_key_env`.";
    case 402: return "There is no credit left, or the quota is used up: top it up.";
    default: break;
  }
  const std::string names = exam.models.empty() ? "" : " It has " + listed(exam.models) + ".";
  if (exam.status == 404 || !exam.models.empty()) {
    return "`judge_url` is the address with its version, such as https://host/v1, and `judge_model` a name that "
           "the "
           "endpoint knows." +
           names;
  }
  return "What it says tells which option to change.";
}

void find_settings(const JudgeExam& exam, std::vector<Finding>& findings) {
  const std::string needed = "It refuses {}, and so every request of a run.";
  if (exam.needs_completion_tokens) {
    findings.push_back(
        {"settings", Level::problem, fmt::format(fmt::runtime(needed), "max_tokens"), "Give `completion_tokens`."});
  }
  if (exam.needs_no_temperature) {
    findings.push_back({"settings", Level::problem, fmt::format(fmt::runtime(needed), "the temperature"),
                        "Give `no_judge_temperature`."});
  }
}

void find_answers(const JudgeExam& exam, std::vector<Finding>& findings) {
  if (exam.end == JudgeExam::End::trouble) {
    findings.push_back({"answers", Level::problem, exam.ended, advice_on_end(exam)});
  } else if (exam.end == JudgeExam::End::money) {
    findings.push_back({"answers", Level::problem, exam.ended, "A higher `max_cost` lets it find out."});
  }
  if (exam.answers_as.empty()) return;
  const bool same = exam.answers_as == exam.model;
  findings.push_back({"model", same ? Level::good : Level::note,
                      same ? "It answers as " + quoted(exam.answers_as) + "."
                           : "It answers as " + quoted(exam.answers_as) +
                                 ". If the name that was asked for is moved to another model, verdicts change."});
}

void find_schema(const JudgeExam& exam, std::vector<Finding>& findings) {
  switch (exam.schema) {
    case JudgeExam::Schema::untried: return;
    case JudgeExam::Schema::kept:
      return findings.push_back({"json-schema", Level::good, "It takes a JSON schema and keeps to it."});
    case JudgeExam::Schema::ignored:
      return findings.push_back({"json-schema", Level::note,
                                 "It takes a JSON schema and ignores it: verdicts are read from lines.",
                                 "`reply` line spares the request that finds that out."});
    case JudgeExam::Schema::refused:
      return findings.push_back({"json-schema", Level::note,
                                 "It refuses a JSON schema: verdicts are read from lines.",
                                 "`reply` line spares the request that finds that out."});
  }
}

std::string advice_on_failure(judge::CallFailure failure) {
  switch (failure) {
    case judge::CallFailure::truncated: return "Give a larger `max_tokens`.";
    case judge::CallFailure::refused:
    case judge::CallFailure::rejected: return "A filter stands before it: harmless questions should pass.";
    case judge::CallFailure::unreadable:
      return "Try `reply` line, a larger `max_tokens`, or a model that follows instructions.";
    case judge::CallFailure::timed_out: return "Give a longer `timeout`.";
    case judge::CallFailure::unreachable:
    case judge::CallFailure::broken_off:
    case judge::CallFailure::rate_limited:
    case judge::CallFailure::server_error: return "A run tries such a request again.";
    default: return "Is that an OpenAI-compatible chat API?";
  }
}

void find_verdicts(const JudgeExam& exam, std::vector<Finding>& findings) {
  if (exam.answers.empty() || (exam.end == JudgeExam::End::trouble && exam.verdicts() == 0)) return;
  const auto failed = std::find_if(exam.answers.begin(), exam.answers.end(),
                                   [](const JudgeExam::Answer& one) { return !one.verdict.has_value(); });
  const std::string count =
      fmt::format("{} of {} replies had a verdict that can be read", exam.verdicts(), exam.answers.size());
  if (failed == exam.answers.end()) return findings.push_back({"verdicts", Level::good, count + "."});
  findings.push_back({"verdicts", Level::problem,
                      fmt::format("{}; {}: {}.", count, judge::name(failed->failure), failed->why),
                      advice_on_failure(failed->failure)});
}

void find_usage(const JudgeExam& exam, std::vector<Finding>& findings) {
  if (!exam.latency) return;
  const std::string advice = "`max_cost` holds all the same: it counts the most that may be billed.";
  if (exam.usage.empty()) {
    return findings.push_back({"usage", Level::problem, "It does not tell how many tokens it bills.", advice});
  }
  if (exam.usage_certain) {
    return findings.push_back({"usage", Level::good, "It tells " + listed(exam.usage) + ", and they add up."});
  }
  findings.push_back(
      {"usage", Level::problem,
       "It tells " + listed(exam.usage) +
           ", and what it bills does not follow from that: counts are missing, or contradict each other.",
       advice});
}

void find_reasoning(const JudgeExam& exam, std::vector<Finding>& findings) {
  if (!exam.latency) return;
  if (!exam.thoughts) return findings.push_back({"reasoning", Level::good, "It replies without reasoning."});
  const bool told = exam.reasoning.value_or(0) > 0;
  findings.push_back({"reasoning", Level::note,
                      told ? "It thinks before it replies, about " + rounded(*exam.reasoning) +
                                 " tokens a verdict, which are billed."
                           : "It thinks before it replies.",
                      "Leave room for that in `max_tokens`."});
}

void find_length(const JudgeExam& exam, std::vector<Finding>& findings) {
  const std::size_t cut = exam.failures[static_cast<std::size_t>(judge::CallFailure::truncated)];
  if (cut > 0) {
    return findings.push_back(
        {"length", Level::problem,
         fmt::format("{} of {} ended at the limit of {} tokens.", cut,
                     report::counted(exam.requests, "reply", "replies"), report::grouped(exam.max_tokens)),
         "Give a larger `max_tokens`."});
  }
  if (!exam.longest_reply) return;
  const std::string longest = fmt::format("The longest reply had {} tokens of {} allowed",
                                          report::grouped(*exam.longest_reply), report::grouped(exam.max_tokens));
  if (*exam.longest_reply > exam.max_tokens) {
    return findings.push_back({"length", Level::note,
                               longest + ": thoughts do not count towards `max_tokens` there.",
                               "The bill may be larger than the limit suggests."});
  }
  const bool little = 4 * *exam.longest_reply > 3 * exam.max_tokens;
  findings.push_back({"length", little ? Level::note : Level::good, longest + ".",
                      little ? "Longer prompts may need more: give a larger `max_tokens`." : ""});
}

void find_order(const JudgeExam& exam, std::vector<Finding>& findings) {
  std::size_t read = 0, for_first = 0, for_second = 0, half = 0;
  for (std::size_t pair = 0; pair < asking::kMadeUpPairs.size(); ++pair) {
    const std::optional<BothOrders> both = orders_of(exam, pair);
    if (!both) continue;
    ++read;
    for_first += both->one_first > 0 && both->one_second < 0 ? 1 : 0;
    for_second += both->one_first < 0 && both->one_second > 0 ? 1 : 0;
    half += (both->one_first == 0) != (both->one_second == 0) ? 1 : 0;
  }
  if (read == 0) return;
  const std::string pairs = report::counted(read, "made-up pair");
  if (for_first + for_second + half == 0) {
    return findings.push_back(
        {"order", Level::good, "Of " + pairs + ", none was judged otherwise in the other order."});
  }
  std::string text;
  const auto add = [&](std::size_t count, const char* what) {
    if (count > 0) text += fmt::format("{}{} of {} {}", text.empty() ? "" : ", ", count, pairs, what);
  };
  add(for_first, "went to whichever answer stood first");
  add(for_second, "went to whichever answer stood second");
  add(half, "was a tie in one order only");
  findings.push_back(
      {"order", Level::note, text + ".", "Keep `order` both, the default, which makes a contradiction a draw."});
}

void find_sense(const JudgeExam& exam, std::vector<Finding>& findings) {
  for (std::size_t pair = 0; pair < asking::kMadeUpPairs.size(); ++pair) {
    const std::optional<BothOrders> both = orders_of(exam, pair);
    if (!both || !asking::kMadeUpPairs.at(pair).one_is_right) continue;
    const int sum = both->one_first + both->one_second;
    if (sum == 2) {
      findings.push_back({"sense", Level::good, "It prefers a right answer to a wrong one."});
    } else {
      findings.push_back({"sense", Level::problem,
                          sum < 0 ? "It prefers a wrong answer to a right one, which is shorter."
                                  : "It does not tell a right answer from a wrong one in both orders.",
                          "Take a stronger model."});
    }
  }
}

void find_speed(const JudgeExam& exam, std::vector<Finding>& findings) {
  if (!exam.latency) return;
  const JudgeExam::Seconds& seconds = *exam.latency;
  findings.push_back({"latency", Level::good,
                      fmt::format("A verdict takes {:.2g} seconds ({:.2g} to {:.2g}).", seconds.median,
                                  seconds.least, seconds.most)});
  if (exam.rate_limits.empty()) {
    return findings.push_back(
        {"limits", Level::good, "It tells no rate limits; a run finds them out, and slows down by itself."});
  }
  std::vector<std::string> limits;
  for (const auto& [name, value] : exam.rate_limits) limits.push_back(name + " " + value);
  findings.push_back({"limits", Level::good, "It tells its limits: " + listed(limits) + "."});
}

void find_price(const JudgeExam& exam, std::vector<Finding>& findings) {
  if (!exam.verdict_cost) {
    if (!exam.tokens_in || !exam.tokens_out || exam.cost) return;
    return findings.push_back({"price", Level::note,
                               fmt::format("A verdict takes {} tokens in and {} out.", rounded(*exam.tokens_in),
                                           rounded(*exam.tokens_out)),
                               "`prices` tells what that costs. Prompts of your own are longer."});
  }
  const Money pair{2 * exam.verdict_cost->micros};
  findings.push_back(
      {"price", Level::good,
       fmt::format("A verdict costs {}{}, a pair in both orders {}. Prompts of your own are longer.",
                   exam.cost_certain ? "" : "at most ", dollars_text(*exam.verdict_cost), dollars_text(pair))});
}

std::optional<bool> can_judge(const JudgeExam& exam) {
  if (exam.end == JudgeExam::End::money) return std::nullopt;
  if (exam.needs_completion_tokens || exam.needs_no_temperature) return false;
  return exam.end == JudgeExam::End::whole && 4 * exam.verdicts() >= 3 * kQuestions;
}

}  // namespace

std::string_view name(Finding::Level level) {
  switch (level) {
    case Level::good: return "good";
    case Level::note: return "note";
    case Level::problem: return "problem";
  }
  return "";
}

DoctorReport run_doctor(DoctorRequest request) {
  asking::LlmOptions& llm = request.llm;
  if (llm.url.empty()) llm.url = llm.default_url;
  if (llm.url.empty())
    throw InvalidArgument("expected the URL of an API, `judge_url` or OPENAI_BASE_URL, came none");
  if (llm.model.empty()) throw InvalidArgument("expected the name of a model, `judge_model`, came none");
  DoctorReport report;
  report.exam = asking::examine_judge(std::move(llm), request.timeout, std::move(request.waiting),
                                      std::move(request.troubled));
  report.can_judge = can_judge(report.exam);
  for (const auto find : {find_answers, find_settings, find_schema, find_verdicts, find_usage, find_reasoning,
                          find_length, find_order, find_sense, find_speed, find_price}) {
    find(report.exam, report.findings);
  }
  return report;
}

}  // namespace assay::app

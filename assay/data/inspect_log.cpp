#include "assay/data/inspect_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "assay/core/error.h"
#include "assay/data/json_reader.h"
#include "assay/data/zip_archive.h"

namespace assay::data {
namespace {

constexpr std::string_view kHeader = "header.json";
constexpr std::string_view kJournal = "_journal/start.json";
constexpr int kLastVersion = 2;

/// Of the log: what may be large and tells nothing of the run.
const std::vector<std::string_view> kUnusedInLog = {"plan", "stats", "logging", "reductions"};
/// Of a sample, and of the log around samples.
const std::vector<std::string_view> kUnusedInSample = {
    "events",  "attachments", "events_data", "messages",      "store",      "metadata", "transcript",
    "sandbox", "files",       "setup",       "error_retries", "reductions", "timelines"};

JsonRules log_rules() { return {.bare_numbers = true, .skip = kUnusedInLog}; }

/// The value of `key`, if it is there and not null.
std::optional<JsonValue> present(const JsonValue& object, std::string_view key) {
  std::optional<JsonValue> found = object.find(key);
  if (found && found->is_null()) found.reset();
  return found;
}

/// The text of `key`, if it is a string.
std::string text_of(const JsonValue& object, std::string_view key) {
  const auto found = object.find(key);
  return found && found->kind() == JsonKind::string ? std::string(found->string()) : std::string();
}

/// A model's name, which is written as such or as {"model": name, ...}.
std::string model_name(const std::optional<JsonValue>& model) {
  if (!model) return {};
  if (model->kind() == JsonKind::string) return std::string(model->string());
  return model->kind() == JsonKind::object ? text_of(*model, "model") : std::string();
}

void add_scorer(InspectHead& head, const std::string& name) {
  if (!name.empty() && std::find(head.scorers.begin(), head.scorers.end(), name) == head.scorers.end()) {
    head.scorers.push_back(name);
  }
}

/// The scorers of `results`: a scorer whose values are objects has a row for each key.
void take_results(const JsonValue& log, InspectHead& head) {
  const auto results = present(log, "results");
  if (!results) return;
  if (const auto scorer = present(*results, "scorer")) add_scorer(head, text_of(*scorer, "name"));  // version 1
  const auto scores = present(*results, "scores");
  if (!scores) return;
  for (const JsonValue score : scores->elements()) {
    const std::string name = text_of(score, "name");
    const std::string scorer = text_of(score, "scorer");
    add_scorer(head, scorer.empty() || scorer == name ? name : scorer + "/" + name);
  }
}

/// The model that grades for a scorer: its option, or the model in the role that it asks for.
std::string grader_of(const JsonValue& eval, const JsonValue& options) {
  std::string model = model_name(present(options, "model"));
  if (!model.empty()) return model;
  const std::string role = text_of(options, "model_role");
  const auto roles = present(eval, "model_roles");
  return roles && !role.empty() ? model_name(present(*roles, role)) : std::string();
}

void take_graders(const JsonValue& eval, InspectHead& head) {
  const auto scorers = present(eval, "scorers");
  const bool in_results = !head.scorers.empty();
  if (!scorers || scorers->kind() != JsonKind::array) return;
  for (const JsonValue scorer : scorers->elements()) {
    if (scorer.kind() != JsonKind::object) continue;
    const std::string name = text_of(scorer, "name");
    if (!in_results) add_scorer(head, name);
    const auto options = present(scorer, "options");
    if (name.empty() || !options || options->kind() != JsonKind::object) continue;
    std::string grader = grader_of(eval, *options);
    if (!grader.empty()) head.graders.emplace(name, std::move(grader));
  }
}

InspectHead head_of(const JsonValue& log) {
  const auto version = log.find("version");
  if (version && version->number() > kLastVersion) {
    version->reject(
        fmt::format("a log of Inspect in version 1 or {} (later ones hold samples in parts: convert it "
                    "with `inspect log convert`)",
                    kLastVersion));
  }
  const JsonValue eval = log.field("eval");
  InspectHead head;
  head.task = eval.field("task").name();
  head.model = eval.field("model").name();
  head.created = seconds_of_time(text_of(eval, "created"));
  head.status = text_of(log, "status");
  if (head.status.empty()) head.status = "started";
  take_results(log, head);
  take_graders(eval, head);
  return head;
}

/// samples/<id>_epoch_<n>/sample.json: the id may hold anything, slashes too.
bool is_sample_in_parts(std::string_view name) {
  constexpr std::string_view kShell = "/sample.json";
  if (!name.ends_with(kShell)) return false;
  name.remove_suffix(kShell.size());
  const std::size_t digits = name.find_last_not_of("0123456789") + 1;
  return digits < name.size() && name.substr(0, digits).ends_with("_epoch_");
}

bool is_sample(std::string_view name) { return name.starts_with("samples/") && name.ends_with(".json"); }

void read_members(const std::string& path, ReadMeter* meter, const JsonRules& rules,
                  const std::function<void(const JsonValue&)>& take) {
  ZipArchive archive(path, meter);
  std::vector<char> buffer;
  for (const ZipArchive::Member& member : archive.members()) {
    if (!is_sample(member.name)) continue;
    if (is_sample_in_parts(member.name)) {
      throw DataError({path, 0},
                      fmt::format("expected a file for each sample, came {}: a sample in parts, which is not read",
                                  quoted(member.name)));
    }
    read_json_object(*archive.open(member), buffer, rules, take);
  }
}

template <typename Number>
bool take_number(std::string_view& text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

bool take_text(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

}  // namespace

InspectLog::InspectLog(std::string path) : path_(std::move(path)) {}

InspectHead InspectLog::head() const {
  std::optional<InspectHead> head;
  const auto take = [&](const JsonValue& log) { head = head_of(log); };
  if (is_zip(path_)) {
    ZipArchive archive(path_, nullptr);
    const ZipArchive::Member* member = archive.find(kHeader);
    if (member == nullptr) member = archive.find(kJournal);  // the run was killed, or goes on
    if (member == nullptr) {
      throw DataError({path_, 0}, fmt::format("expected a log of Inspect, came a zip file without {}", kHeader));
    }
    std::vector<char> buffer;
    read_json_object(*archive.open(*member), buffer, log_rules(), take);
    return *head;
  }
  bool whole = true;
  read_json_head(*open_source(path_, nullptr), "samples", log_rules(), [&](const JsonValue& log) {
    whole = log.find("eval").has_value() && log.find("status").has_value();
    if (whole) take(log);
  });
  if (whole) return *head;
  JsonRules rules = log_rules();  // something sorted the members by name
  rules.skip.push_back("samples");
  std::vector<char> buffer;
  read_json_object(*open_source(path_, nullptr), buffer, rules, take);
  return *head;
}

void InspectLog::read_samples(ReadMeter* meter, RecordSink* notes,
                              const std::function<void(const JsonValue& sample)>& take) const {
  const JsonRules rules{.notes = notes, .bare_numbers = true, .skip = kUnusedInSample};
  if (is_zip(path_)) return read_members(path_, meter, rules, take);
  read_json_member(*open_source(path_, meter), "samples", rules, take);
}

bool is_inspect_log(const std::string& path) {
  constexpr std::size_t kStart = 64 * 1024;
  try {
    if (is_zip(path)) {
      ZipArchive archive(path, nullptr);
      return archive.find(kJournal) != nullptr || archive.find(kHeader) != nullptr;
    }
    std::string start(kStart, '\0');
    start.resize(open_source(path, nullptr)->read(start.data(), start.size()));
    bool found = false;
    read_json_head(*memory_source(path, start), "eval", {.bare_numbers = true},
                   [&](const JsonValue& log) { found = log.find("eval").has_value(); });
    return found && start.find("\"task\"") != std::string::npos && start.find("\"created\"") != std::string::npos;
  } catch (const Error&) {
    return false;  // the start of something else, or nothing that can be read
  }
}

std::int64_t seconds_of_time(std::string_view text) {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  const bool read =
      take_number(text, year) && take_text(text, "-") && take_number(text, month) && take_text(text, "-") &&
      take_number(text, day) && (take_text(text, "T") || take_text(text, " ")) && take_number(text, hour) &&
      take_text(text, ":") && take_number(text, minute) && take_text(text, ":") && take_number(text, second);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!read || !date.ok() || year < 0) return 0;
  const std::size_t sign = text.find_first_of("+-");
  int offset = 0;  // minutes
  if (sign != std::string_view::npos) {
    std::string_view zone = text.substr(sign + 1);
    int hours = 0;
    int minutes = 0;
    if (take_number(zone, hours) && take_text(zone, ":")) take_number(zone, minutes);
    offset = (text[sign] == '-' ? -1 : 1) * (hours % 24 * 60 + minutes % 60);
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((days * 24 + hour % 24) * 60 + minute % 60 - offset) * 60 + second % 61;
}

}  // namespace assay::data

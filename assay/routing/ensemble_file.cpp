#include "assay/routing/ensemble_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "assay/core/error.h"
#include "assay/file/whole_text.h"
#include "assay/report/json.h"

namespace assay::routing {
namespace {

using report::Json;

constexpr const char* kFormat = "assay-ensemble";
constexpr int kEnsembleVersion = 1;
constexpr std::size_t kMostBytes = std::size_t{256} << 20U;
constexpr std::size_t kMostMembers = 1000;

// --- writing ---

Json rule_json(const ensemble::RuleNumbers& rule) {
  Json json = Json::object();
  if (rule.nodes.empty()) {
    json.set("evidence", Json::array_of(rule.evidence));
    if (!rule.prior.empty()) json.set("prior", Json::array_of(rule.prior));
    return json;
  }
  Json nodes = Json::array();
  for (const ensemble::RuleNumbers::Node& node : rule.nodes) {
    Json one = Json::array();
    one.add(node.parent).add(node.step);
    for (const double count : node.counts) one.add(count);
    nodes.add(std::move(one));
  }
  return json.set("smoothing", rule.smoothing).set("patterns", std::move(nodes));
}

Json served_json(const EnsembleContents::Served& served) {
  Json members = Json::array(), rules = Json::array(), stops = Json::array();
  for (std::size_t j = 0; j < served.members.size(); ++j) {
    members.add(Json::object().set("model", served.members[j]).set("accuracy", served.accuracy[j]));
  }
  for (const ensemble::RuleNumbers& rule : served.vote.rules) rules.add(rule_json(rule));
  for (const ensemble::StopNumbers& stop : served.vote.stops) {
    stops.add(Json::object().set("intercept", stop.intercept).set("slope", stop.slope));
  }
  return Json::object()
      .set("task", served.task)
      .set("members", std::move(members))
      .set("ranking", Json::array_of(served.vote.ranking))
      .set("stops", std::move(stops))
      .set("rules", std::move(rules));
}

// --- reading ---

[[noreturn]] void reject_file(const std::string& what) { throw DataError("expected " + what); }

// The member of an object, which must be there.
Json required(const Json& json, const char* key) {
  if (!json.has(key)) reject_file(fmt::format("a member {}", quoted(key)));
  return json.member(key);
}

std::string text_of(const Json& json, const char* key, bool may_be_empty = false) {
  const Json value = required(json, key);
  std::string text = value.text();
  // A value of another kind has no text.
  if ((text.empty() && !may_be_empty) || Json(text).compact() != value.compact()) {
    reject_file(fmt::format("a text in {}", quoted(key)));
  }
  return text;
}

double number_of(const Json& value, const char* key) {
  const double number = value.number();
  if (!std::isfinite(number)) reject_file(fmt::format("a number in {}", quoted(key)));
  return number;
}

std::size_t count_of(const Json& value, const char* key, std::size_t most) {
  const double number = number_of(value, key);
  if (!(number >= 0 && number <= static_cast<double>(most) && number == std::floor(number))) {
    reject_file(fmt::format("a whole number of at most {} in {}", most, quoted(key)));
  }
  return static_cast<std::size_t>(number);
}

Json list_of(const Json& json, const char* key) {
  Json list = required(json, key);
  if (!list.is_array()) reject_file(fmt::format("a list in {}", quoted(key)));
  return list;
}

std::vector<double> numbers_of(const Json& list, const char* key, std::size_t from = 0) {
  std::vector<double> numbers;
  for (std::size_t i = from; i < list.size(); ++i) numbers.push_back(number_of(list.item(i), key));
  return numbers;
}

ensemble::RuleNumbers rule_of(const Json& json) {
  ensemble::RuleNumbers rule;
  if (!json.has("patterns")) {
    rule.evidence = numbers_of(list_of(json, "evidence"), "evidence");
    if (json.has("prior")) rule.prior = numbers_of(list_of(json, "prior"), "prior");
    return rule;
  }
  rule.smoothing = number_of(required(json, "smoothing"), "smoothing");
  const Json nodes = list_of(json, "patterns");
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Json one = nodes.item(i);
    if (!one.is_array() || one.size() < 2) reject_file("lists of a parent, a step and counts in \"patterns\"");
    rule.nodes.push_back({static_cast<std::uint32_t>(count_of(one.item(0), "patterns", nodes.size())),
                          static_cast<std::uint32_t>(count_of(one.item(1), "patterns", kMostLabels)),
                          numbers_of(one, "patterns", 2)});
  }
  if (rule.nodes.empty()) reject_file("a pattern at least in \"patterns\"");
  return rule;
}

EnsembleContents::Served served_of(const Json& json, const EnsembleContents& contents) {
  EnsembleContents::Served served;
  served.task = text_of(json, "task", true);
  const Json members = list_of(json, "members");
  if (members.size() == 0 || members.size() > kMostMembers) {
    reject_file(fmt::format("1 to {} members, came {}", kMostMembers, members.size()));
  }
  for (std::size_t j = 0; j < members.size(); ++j) {
    const Json member = members.item(j);
    served.members.push_back(text_of(member, "model"));
    served.accuracy.push_back(number_of(required(member, "accuracy"), "accuracy"));
  }
  if (std::set<std::string>(served.members.begin(), served.members.end()).size() < served.members.size()) {
    reject_file("members that differ");
  }
  served.vote.kind = contents.kind;
  served.vote.labels = contents.labels.size();
  const Json ranking = list_of(json, "ranking"), stops = list_of(json, "stops"), rules = list_of(json, "rules");
  for (std::size_t j = 0; j < ranking.size(); ++j) {
    served.vote.ranking.push_back(count_of(ranking.item(j), "ranking", kMostMembers));
  }
  for (std::size_t j = 0; j < stops.size(); ++j) {
    const Json stop = stops.item(j);
    served.vote.stops.push_back(
        {number_of(required(stop, "intercept"), "intercept"), number_of(required(stop, "slope"), "slope")});
  }
  for (std::size_t j = 0; j < rules.size(); ++j) served.vote.rules.push_back(rule_of(rules.item(j)));
  if (rules.size() != members.size()) reject_file("a rule for each number of members");
  return served;
}

ensemble::SequentialVote vote_of(const EnsembleContents::Served& served) {
  try {
    return ensemble::SequentialVote(served.vote);
  } catch (const InvalidArgument& error) {
    throw DataError(error.what());
  }
}

EnsembleContents read_file(const std::string& path) {
  try {
    return ensemble_contents(file::whole_text(path, kMostBytes));
  } catch (const DataError& error) {
    throw DataError(Location{path}, error.what());
  }
}

}  // namespace

std::string ensemble_text(const EnsembleContents& contents) {
  Json ensembles = Json::array();
  for (const EnsembleContents::Served& served : contents.ensembles) ensembles.add(served_json(served));
  return Json::object()
      .set("format", kFormat)
      .set("version", kEnsembleVersion)
      .set("kind", contents.kind == LabelKind::options ? "options" : "classes")
      .set("labels", Json::array_of(contents.labels))
      .set("method", contents.method)
      .set("decision", contents.decision)
      .set("sure", contents.sure)
      .set("ensembles", std::move(ensembles))
      .pretty();
}

bool is_ensemble(std::string_view start) {
  constexpr std::size_t kHead = 200;
  const std::string_view head = start.substr(0, kHead);
  return head.starts_with('{') && head.find(kFormat) != std::string_view::npos;
}

EnsembleContents ensemble_contents(std::string_view text) {
  if (!text.starts_with('{')) reject_file("an ensemble that `assay ensemble fit` wrote, came something else");
  const Json json = Json::parsed(text);
  if (json.member("format").text() != kFormat) reject_file("an ensemble, came something else");
  const std::size_t version = count_of(required(json, "version"), "version", 1'000'000);
  if (version != kEnsembleVersion) {
    throw DataError(
        fmt::format("the ensemble is of version {}, this Assay reads version {}: fit it again, or use the "
                    "Assay that made it",
                    version, kEnsembleVersion));
  }
  EnsembleContents contents;
  const std::string kind = text_of(json, "kind");
  if (kind != "options" && kind != "classes") reject_file("options or classes in \"kind\"");
  contents.kind = kind == "options" ? LabelKind::options : LabelKind::classes;
  const Json labels = list_of(json, "labels");
  const std::size_t most = contents.kind == LabelKind::options ? kMostLabels : kMostServedClasses;
  if (labels.size() == 0 || labels.size() > most) reject_file(fmt::format("1 to {} labels", most));
  for (std::size_t a = 0; a < labels.size(); ++a) {
    contents.labels.push_back(labels.item(a).text());
    if (contents.labels.back().empty()) reject_file("texts in \"labels\"");
  }
  if (std::set<std::string>(contents.labels.begin(), contents.labels.end()).size() < contents.labels.size()) {
    reject_file("labels that differ");
  }
  contents.method = text_of(json, "method");
  contents.decision = text_of(json, "decision");
  contents.sure = number_of(required(json, "sure"), "sure");
  if (!(contents.sure > 0 && contents.sure <= 1)) reject_file("a chance above 0 and at most 1 in \"sure\"");
  const Json ensembles = list_of(json, "ensembles");
  std::set<std::string> tasks;
  for (std::size_t i = 0; i < ensembles.size(); ++i) {
    contents.ensembles.push_back(served_of(ensembles.item(i), contents));
    if (!tasks.insert(contents.ensembles.back().task).second) reject_file("one ensemble for a task");
    vote_of(contents.ensembles.back());
  }
  if (contents.ensembles.empty()) reject_file("an ensemble at least in \"ensembles\"");
  return contents;
}

EnsembleFile::EnsembleFile(const std::string& path) : path_(path), contents_(read_file(path)) {
  for (const EnsembleContents::Served& served : contents_.ensembles) votes_.push_back(vote_of(served));
}

}  // namespace assay::routing

#include "assay/asking/match_oracle.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

#include "assay/core/error.h"

namespace assay::asking {
namespace {

std::optional<judge::MatchKind> kind_called(const std::string& name) {
  if (name.empty()) return std::nullopt;
  if (const auto kind = judge::match_kind(name)) return kind;
  std::vector<std::string_view> names;
  for (const judge::MatchKindEntry& entry : judge::match_kinds()) names.emplace_back(entry.name);
  throw InvalidArgument(
      fmt::format("expected oracle match or match: with one of {}, came {}", fmt::join(names, ", "), quoted(name)));
}

}  // namespace

MatchOracle::MatchOracle(const std::string& kind, const JudgeTask& task) : kind_(kind), task_(task) {
  const std::optional<judge::MatchKind> wanted = kind_called(kind);
  const std::size_t models = task.comparison().models.size();
  for (std::size_t q = 0; q < task.comparison().queries.size(); ++q) {
    const std::string_view reference = task.texts(q * models).reference;
    const judge::MatchKind one = wanted ? *wanted : judge::kind_of_reference(reference);
    kinds_.push_back(judge::can_match(one, reference) ? std::optional(one) : std::nullopt);
  }
  if (std::any_of(kinds_.begin(), kinds_.end(), [](const auto& one) { return one.has_value(); })) return;
  throw InvalidArgument(fmt::format("no reference answer can be compared with{}: the first is {}",
                                    kind.empty() ? "" : fmt::format(" as match:{}", kind),
                                    kinds_.empty() ? "none" : quoted(task.texts(0).reference)));
}

std::string MatchOracle::name() const { return kind_.empty() ? "match" : "match:" + kind_; }

AskEnd MatchOracle::ask(std::span<const Ask> asks, const std::function<void(const Answer&)>& answered) {
  const std::size_t models = task_.comparison().models.size();
  for (const Ask& ask : complete_asks(task_, asks, answered)) {
    const std::optional<judge::MatchKind> kind = kinds_[ask.item / models];
    if (!kind) {
      answered({ask, std::numeric_limits<double>::quiet_NaN(), true, true});
      continue;
    }
    const JudgeTask::Texts texts = task_.texts(ask.item);
    const bool right = judge::matches(*kind, texts.response, texts.reference);
    ++compared_;
    right_ += right ? 1 : 0;
    answered({ask, right ? 1.0 : 0.0});
  }
  return {};
}

std::vector<std::string> MatchOracle::notes() const {
  std::vector<std::string> parts;
  for (const judge::MatchKindEntry& entry : judge::match_kinds()) {
    const auto count = std::count(kinds_.begin(), kinds_.end(), std::optional(entry.kind));
    if (count > 0) parts.push_back(fmt::format("{} by {}", count, entry.name));
  }
  std::vector<std::string> notes = {
      fmt::format("queries whose responses were compared with a reference answer: {}", fmt::join(parts, ", "))};
  const auto useless = std::count(kinds_.begin(), kinds_.end(), std::nullopt);
  if (useless > 0) {
    notes.push_back(fmt::format("{} of {} reference answers are not of that kind: their queries have no verdict",
                                useless, kinds_.size()));
  }
  if (compared_ > 0 && right_ == 0) {
    notes.push_back(
        fmt::format("none of {} answers compared is right: are the reference answers of another form, or of "
                    "other queries?",
                    compared_));
  }
  return notes;
}

}  // namespace assay::asking

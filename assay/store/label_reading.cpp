#include "assay/store/label_reading.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/core/ascii.h"
#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/store/name_list.h"

namespace assay::store {
namespace {

using Labels = std::set<std::string, std::less<>>;

constexpr std::size_t kStrangeShown = 5;
constexpr std::size_t kTruthsShown = 6;

char capital(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

Labels true_labels(const file::Database& database) {
  Labels labels;
  file::Statement rows =
      database.prepare("SELECT DISTINCT value FROM label WHERE model = 0 AND value IS NOT NULL AND value <> ''");
  while (rows.step()) labels.emplace(rows.text(0));
  return labels;
}

// The letter of "(B)", "b", "B.", "**B**" or "B) Paris", as a capital; 0 if it is none of these.
char dressed_letter(std::string_view text) {
  constexpr std::string_view kBefore = "([{*\"' ";
  constexpr std::string_view kAfter = ")]}*\"'.: ";
  const std::size_t begin = text.find_first_not_of(kBefore);
  if (begin == std::string_view::npos || !is_ascii_letter(text[begin])) return 0;
  const char letter = capital(text[begin]);
  const std::string_view after = text.substr(begin + 1);
  const std::size_t rest = after.find_first_not_of(kAfter);
  if (rest == std::string_view::npos) return letter;
  // What follows is the answer's text, as in "B. Paris", if a mark and a blank stand between them.
  const std::string_view marks = after.substr(0, rest);
  return marks.find_first_of(").:]") != std::string_view::npos && marks.ends_with(' ') ? letter : 0;
}

// At most `most` bytes of `text`, without a part of a character at the end.
std::size_t whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return most;
}

std::string shown_labels(const Labels& labels, std::size_t limit) {
  std::string text;
  std::size_t shown = 0;
  for (const std::string& label : labels) {
    if (shown++ == limit) return text + " and others";
    text += (text.empty() ? "" : ", ") + escaped(label.substr(0, whole_characters(label, 40)));
  }
  return text;
}

}  // namespace

LabelReading::LabelReading(const file::Database& database)
    : LabelReading(true_labels(database),
                   static_cast<int>(database.integer("SELECT min(26, coalesce(max(options), 0)) FROM query"))) {}

LabelReading::LabelReading(std::set<std::string, std::less<>> truths, int options)
    : truths_(std::move(truths)), options_(options) {
  std::set<char> seen;
  letters_ = !truths_.empty();
  capitals_ = letters_;
  for (const std::string& truth : truths_) {
    const bool fits = truth.size() == 1 && is_ascii_letter(truth[0]) && seen.insert(capital(truth[0])).second;
    letters_ = letters_ && fits;
    capitals_ = capitals_ && fits && truth[0] == capital(truth[0]);
  }
}

std::string_view LabelReading::with_letter(char letter) const {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  for (const std::string& truth : truths_) {
    if (capital(truth[0]) == letter) return truth;
  }
  return capitals_ ? kAlphabet.substr(static_cast<std::size_t>(letter - 'A'), 1) : std::string_view();
}

std::string_view LabelReading::read(std::string_view prediction) const {
  if (!letters_ || prediction.empty() || is_known(prediction)) return prediction;
  if (prediction.size() == 1 && prediction[0] >= 'A' && prediction[0] <= 'Z' && capitals_) return prediction;
  const char letter = dressed_letter(prediction);
  const std::string_view label = letter == 0 ? std::string_view() : with_letter(letter);
  return label.empty() ? prediction : label;
}

bool LabelReading::is_known(std::string_view label) const {
  if (truths_.contains(label)) return true;
  return capitals_ && label.size() == 1 && label[0] >= 'A' && label[0] < 'A' + options_;
}

void PredictionReader::begin_model(const std::string& name) { models_.push_back({name}); }

std::string_view PredictionReader::read(std::string_view prediction) {
  if (prediction.empty()) return prediction;
  Model& model = models_.back();
  ++model.answers;
  const std::string_view label = reading_.read(prediction);
  if (label != prediction && translated_++ == 0) {
    example_ = prediction;
    example_read_ = label;
  }
  if (reading_.is_known(label)) {
    ++model.known;
  } else if (model.strange.size() <= kStrangeShown) {
    model.strange.emplace(label);
  }
  return label;
}

// Of models none of whose predictions is a true label, or of those where more than half are none.
std::string PredictionReader::misfits(bool all) const {
  std::vector<std::string> names;
  Labels strange;
  for (const Model& model : models_) {
    const bool none = model.known == 0 && model.answers > 0;
    if (all ? !none : none || 2 * model.known >= model.answers) continue;
    names.push_back(escaped(model.name));
    strange.insert(model.strange.begin(), model.strange.end());
  }
  if (names.empty()) return {};
  return fmt::format("{} of {} {} of the true labels {}; they predict {}",
                     all ? "no prediction" : "more than half of the predictions", item_list(names),
                     all ? "is one" : "are none", shown_labels(reading_.truths(), kTruthsShown),
                     shown_labels(strange, kStrangeShown));
}

std::vector<std::string> PredictionReader::notes() const {
  std::vector<std::string> notes;
  for (const bool all : {true, false}) {
    if (!all && reading_.truths().size() < 2) continue;  // a single label tells little of what else there is
    std::string text = misfits(all);
    if (!text.empty()) notes.push_back(std::move(text));
  }
  if (translated_ > 0) {
    notes.push_back(
        fmt::format("{} read as the letters that they hold, such as {} as {}",
                    translated_ == 1 ? "1 prediction was" : fmt::format("{} predictions were", translated_),
                    quoted(example_), quoted(example_read_)));
  }
  return notes;
}

std::vector<std::string> read_predictions(const file::Database& database,
                                          const std::function<void(const Prediction&)>& each) {
  const LabelReading reading(database);
  PredictionReader reader(reading);
  file::Statement rows = database.prepare(
      "SELECT m.name, p.model, p.query, p.value, t.value FROM label p "
      "JOIN label t ON t.query = p.query AND t.model = 0 AND t.value IS NOT NULL "
      "JOIN model m ON m.id = p.model WHERE p.value IS NOT NULL ORDER BY m.name, p.query");
  std::int64_t model = 0;
  while (rows.step()) {
    if (rows.integer(1) != model) reader.begin_model(std::string(rows.text(0)));
    model = rows.integer(1);
    each({model, rows.integer(2), reader.read(rows.text(3)) == rows.text(4)});
  }
  return reading.truths().empty() ? std::vector<std::string>() : reader.notes();
}

}  // namespace assay::store

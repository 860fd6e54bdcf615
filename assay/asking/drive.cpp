#include "assay/asking/drive.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "assay/core/error.h"

namespace assay::asking {

AskEnd drive(Run& run, KeptAnswers& answers, std::size_t batch, const std::function<void()>& stepped) {
  std::vector<Answer> taken;
  while (true) {
    const std::vector<Ask> asks = run.next(batch);
    if (asks.empty()) return {};
    taken.clear();
    AskEnd end = answers.get(asks, taken);
    run.take(taken);
    if (end.kind == AskEnd::Kind::taken_back) {
      if (const std::optional<Ask> last = run.take_back()) answers.forget(*last);
      continue;
    }
    if (!taken.empty() && stepped) stepped();
    if (end.kind != AskEnd::Kind::all) return end;
  }
}

void expect_answers(const AskEnd& end, std::size_t calls) {
  if (end.kind == AskEnd::Kind::trouble && calls == 0) throw OracleError(end.why);
}

void fill(const Oracle& oracle, const KeptAnswers& answers, const AskEnd& end, AskedReport& report) {
  const auto add = [&](std::string note) { report.notes.push_back(std::move(note)); };
  report.calls_new = answers.asked();
  report.bill = oracle.bill();
  report.money_ended = end.kind == AskEnd::Kind::money;
  if (report.money_ended) add("the limit of cost ended the run: " + end.why);
  if (end.kind == AskEnd::Kind::left) add(end.why);
  if (end.kind == AskEnd::Kind::trouble) report.trouble = end.why;
  for (std::string& note : answers.notes()) add(std::move(note));
  for (std::string& note : oracle.notes()) add(std::move(note));
}

}  // namespace assay::asking

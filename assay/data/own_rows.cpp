#include "assay/data/own_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/utf8.h"
#include "assay/data/alpaca_eval.h"
#include "assay/data/cell_words.h"
#include "assay/data/reference_answers.h"

namespace assay::data {

/// A file of prompts with ids and files of answers with prompts alone belong together.
std::string OwnRowWriter::id_of(const OwnRow& row, const Location& where) {
  if (row.prompt.empty()) {
    if (row.id.empty()) {
      throw DataError(
          where,
          "expected an id or a prompt, came neither; a row needs an \"id\", or a \"prompt\" of which an "
          "id is made");
    }
    return std::string(row.id);
  }
  const std::string hash = instruction_id(row.prompt);
  const std::uint64_t messages = fnv1a(row.messages);
  if (!row.id.empty()) {
    prompts_.try_emplace(hash, Prompt{std::string(row.id), true, messages});
    return std::string(row.id);
  }
  const auto [known, is_new] = prompts_.try_emplace(hash, Prompt{hash, false, messages});
  if (known->second.messages != messages) {
    throw DataError(where,
                    "expected an id for a prompt that another prompt equals as a text but not message by "
                    "message, came none");
  }
  sink_.note(known->second.named ? "no id: the same prompt's was taken"
                                 : "no id: made of the prompt's text, the same text has the same id",
             where);
  return known->second.id;
}

std::string OwnRowWriter::add(const OwnRow& row, const Location& where) {
  std::string query = id_of(row, where);
  if (!row.prompt.empty() || !row.task.empty() || row.model.empty()) {
    sink_.add(
        QueryRecord{
            .query = query, .turn = row.turn, .text = row.prompt, .task = row.task, .messages = row.messages},
        where, OnConflict::fail);
  }
  // Models are asked the same several times: the first answer stands, the others are counted.
  if (row.response)
    sink_.add(ResponseRecord{query, row.model, row.turn, *row.response}, where, OnConflict::keep_first);
  add_reference(query, row.gold, where, sink_);
  return query;
}

void OwnRowWriter::score(const std::string& query, const OwnRow& row, std::string_view column,
                         std::string_view cell, const Location& where) {
  const std::string_view bare = without_blanks(cell);
  if (bare.empty()) return sink_.drop("empty cell", where);
  if (std::ranges::find(options_.na, bare) != options_.na.end()) {
    return sink_.drop(std::string(bare) + ": not run", where);
  }
  const std::optional<OwnScore> score = own_score(bare);
  if (!score) {
    const std::string way_out =
        has_decimal_comma(bare) ? "; write numbers with a point, such as 0.75"
        : is_missing_word(bare)
            ? fmt::format("; if that stands for no score, say `na` {} of a table, and write null in JSON",
                          quoted(bare))
            : fmt::format("; if that is no score, `ignore` {}", quoted(column));
    throw DataError(where, fmt::format("expected a number, a percentage, true or false for {}, came {}{}",
                                       quoted(column), quoted(bare), way_out));
  }
  const auto kind = percents_.try_emplace(std::string(column), score->percent).first;
  if (kind->second != score->percent) {
    throw DataError(where,
                    fmt::format("expected {} as in the rows before for {}, came {}; write all alike",
                                kind->second ? "a percentage" : "no percentage", quoted(column), quoted(bare)));
  }
  if (score->percent) sink_.note("percent: a score as a share of 1", where);
  if (score->word && !truth_word(bare)) sink_.note("pass, yes, correct and such: 1, their contrary 0", where);
  const std::string_view judge = !options_.judge.empty() ? std::string_view(options_.judge)
                                 : !row.judge.empty()    ? row.judge
                                                         : column;
  const int repeat = ++repeats_[fmt::format("{}\n{}\n{}\n{}", judge, row.model, query, row.turn)];
  if (repeat > 1) sink_.note("several scores of one model, query and judge: repeats in their order", where);
  sink_.add(ScoreRecord{query, row.model, judge, row.turn, repeat, score->value}, where, OnConflict::fail);
}

}  // namespace assay::data

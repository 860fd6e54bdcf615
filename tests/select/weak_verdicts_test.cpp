#include "assay/select/weak_verdicts.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstring>
#include <vector>

#include "assay/core/error.h"
#include "tests/select/sample_problem.h"

namespace assay::select {
namespace {

std::vector<OutcomeTable> random_judges(std::size_t judges, std::size_t queries, std::size_t models,
                                        double none_share) {
  std::vector<OutcomeTable> tables;
  for (std::size_t k = 0; k < judges; ++k) tables.push_back(random_outcomes(queries, models, none_share, 50 + k));
  return tables;
}

bool same(const WeakVerdicts& weak, const std::vector<OutcomeTable>& tables) {
  for (std::size_t k = 0; k < tables.size(); ++k) {
    for (std::size_t q = 0; q < weak.queries(); ++q) {
      for (std::size_t j = 0; j < weak.models(); ++j) {
        if (weak.at(k, query_id(q), model_id(j)) != tables[k].at(query_id(q), model_id(j))) return false;
      }
    }
  }
  return true;
}

RC_GTEST_PROP(WeakVerdicts, HoldTheTablesAlsoAfterTheRoundTrip, ()) {
  const std::size_t judges = *rc::gen::inRange<std::size_t>(1, 6);
  const std::size_t queries = *rc::gen::inRange<std::size_t>(1, 10);
  const std::size_t models = *rc::gen::element<std::size_t>(1, 2, 63, 64, 65, 128, 130);
  const auto tables = random_judges(judges, queries, models, *rc::gen::element(0.0, 0.3));
  const WeakVerdicts weak(tables);
  RC_ASSERT(weak.judges() == judges && weak.queries() == queries && weak.models() == models);
  RC_ASSERT(same(weak, tables));
  const WeakVerdicts back = WeakVerdicts::from_bytes(weak.to_bytes());
  RC_ASSERT(back.judges() == judges && back.queries() == queries && back.models() == models);
  RC_ASSERT(same(back, tables));
  RC_ASSERT(back.complete() == weak.complete());
  RC_ASSERT(back.to_bytes() == weak.to_bytes());
}

TEST(WeakVerdicts, CountVotesAndGaps) {
  std::vector<OutcomeTable> tables(3, constant_outcomes(2, 70, Outcome::draw));
  EXPECT_TRUE(WeakVerdicts(tables).complete());
  tables[0].set(query_id(1), model_id(69), Outcome::win);
  tables[1].set(query_id(1), model_id(69), Outcome::none);
  const WeakVerdicts weak(tables);
  EXPECT_FALSE(weak.complete()) << "one verdict is missing";
  EXPECT_EQ(weak.votes(query_id(1), model_id(69)), (std::array<std::uint32_t, kOutcomes>{1, 0, 1, 1}));
  EXPECT_EQ(weak.votes(query_id(0), model_id(69)), (std::array<std::uint32_t, kOutcomes>{0, 0, 3, 0}));
}

TEST(WeakVerdicts, RefuseNoJudgesAndUnequalShapes) {
  EXPECT_THROW(WeakVerdicts(std::span<const OutcomeTable>{}), InvalidArgument);
  EXPECT_THROW(WeakVerdicts(std::vector{OutcomeTable(2, 3), OutcomeTable(3, 3)}), InvalidArgument);
  EXPECT_THROW(WeakVerdicts(std::vector{OutcomeTable(2, 3), OutcomeTable(2, 4)}), InvalidArgument);
}

TEST(WeakVerdicts, DamagedBytesAreRefused) {
  const std::string bytes = WeakVerdicts(random_judges(2, 3, 5, 0.1)).to_bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(WeakVerdicts::from_bytes(bytes.substr(0, length)), Error) << "cut to " << length << " bytes";
  }
  EXPECT_THROW(WeakVerdicts::from_bytes(bytes + std::string(8, '\0')), Error) << "bytes too many";
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(static_cast<unsigned char>(changed[at]) ^ (1U << static_cast<unsigned>(bit)));
      EXPECT_THROW(WeakVerdicts::from_bytes(changed), Error) << "bit " << bit << " of byte " << at << " changed";
    }
  }
}

TEST(WeakVerdicts, AHeaderThatClaimsFarTooMuchIsRefused) {
  for (const std::uint64_t huge : {std::uint64_t{1} << 31U, std::uint64_t{1} << 62U, ~std::uint64_t{0}}) {
    const std::uint64_t words[4] = {huge, huge, huge, 0};
    std::string bytes(sizeof words, '\0');
    std::memcpy(bytes.data(), words, sizeof words);
    EXPECT_THROW(WeakVerdicts::from_bytes(bytes), Error) << "not bad_alloc";
  }
}

TEST(WeakVerdicts, CellsGoInAndOutByJudges) {
  const std::vector<OutcomeTable> judges = random_judges(3, 4, 70, 0.1);
  std::vector<Outcome> cells;
  for (const OutcomeTable& judge : judges) cells.insert(cells.end(), judge.cells().begin(), judge.cells().end());
  const WeakVerdicts weak = WeakVerdicts::from(cells, 3, 4, 70);
  EXPECT_EQ(weak.to_bytes(), WeakVerdicts(judges).to_bytes());
  EXPECT_EQ(weak.cells(), cells);
  EXPECT_THROW(WeakVerdicts::from(cells, 3, 4, 71), InvalidArgument);
  EXPECT_THROW(WeakVerdicts::from({}, 0, 4, 70), InvalidArgument) << "no judge at all";
  cells[5] = static_cast<Outcome>(7);
  EXPECT_THROW(WeakVerdicts::from(cells, 3, 4, 70), InvalidArgument);
}

}  // namespace
}  // namespace assay::select

#include "assay/select/leader_search.h"

#include <algorithm>

namespace assay::select {
namespace {

constexpr double kHope = 1.3;                 // standard deviations, of who may lead
constexpr std::size_t kAnswersPerChunk = 16;  // of a model
constexpr std::size_t kLeastBatch = 4;        // calls of a model that are out while it has fewer answers

}  // namespace

bool enough_out(const JudgedPool& pool, std::size_t model, std::size_t most) {
  const std::size_t out = pool.standing(model).outstanding();
  if (out == 0) return false;
  return out >= std::min(std::max(pool.standing(model).answered(), kLeastBatch), most);
}

std::size_t LeaderSearch::most_hopeful(bool open, bool sparing) const {
  const std::size_t incumbent = incumbent_();
  std::size_t best = pool_.models();
  double most = 0;
  for (const std::size_t j : pool_.order()) {
    if (pool_.out(j)) continue;
    if (open && (pool_.unasked(j) == 0 || (sparing && enough_out(pool_, j, pool_.queries())))) continue;
    const double hope = pool_.mean(j) + kHope * pool_.deviation(j) + (j == incumbent ? allowance_ : 0);
    if (best != pool_.models() && !(hope > most + kSameSum)) continue;
    if (open && sparing && hope <= pool_.mean(incumbent)) continue;
    best = j;
    most = hope;
  }
  return best;
}

std::size_t LeaderSearch::found() const {
  if (!pool_.all_have_answers()) return pool_.models();
  const std::size_t best = most_hopeful(false, false);
  return best < pool_.models() && pool_.whole(best) ? best : pool_.models();
}

std::size_t LeaderSearch::plan(bool sparing, std::vector<Call>& plan) {
  std::size_t target = most_hopeful(true, sparing);
  if (target == pool_.models()) return target;
  pool_.bring_up_to_date(target);
  if (const std::size_t leader = found(); leader < pool_.models()) return leader;
  target = most_hopeful(true, sparing);
  if (target == pool_.models()) return target;
  pool_.forecast(target);
  const std::size_t part = pool_.standing(target).answered() / kAnswersPerChunk;
  pool_.plan_least_certain(target, std::max({std::size_t{1}, part, pool_.chunk() - 1}), plan);
  return pool_.models();
}

}  // namespace assay::select

// How long people wait: many of them at once on a large study.
//
//     build/release/bench/bench_rate [RATERS] [QUERIES] [MODELS] [VERDICTS]

#include "assay/app/rate.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "assay/core/hash.h"
#include "assay/core/rng.h"
#include "server/rating_api.h"

namespace {

using Clock = std::chrono::steady_clock;
using namespace assay;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

void tell(const char* what, std::vector<double>& times) {
  if (times.empty()) return;
  std::sort(times.begin(), times.end());
  const auto at = [&](double share) {
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  };
  std::printf("%-24s %7zu calls, median %6.2f ms, 99 %% %6.2f ms, longest %6.2f ms\n", what, times.size(), at(0.5),
              at(0.99), at(1));
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int i, std::size_t other) {
    return argc > i ? static_cast<std::size_t>(std::atoll(argv[i])) : other;
  };
  const std::size_t raters = number(1, 50);
  const std::size_t queries = number(2, 12'000);
  const std::size_t models = number(3, 20);
  const std::size_t verdicts = number(4, 20'000);
  const std::string path = (std::filesystem::temp_directory_path() / "bench_rate.assay").string();
  std::filesystem::remove(path);
  {
    store::Study study(path, store::Study::Mode::create);
    const auto import = study.begin_import(true);
    for (std::size_t q = 0; q < queries; ++q) {
      const std::string query = "q" + std::to_string(q);
      import->add(QueryRecord{query, 1, "prompt of " + query, ""}, {"f", 1}, OnConflict::fail);
      for (std::size_t j = 0; j <= models; ++j) {
        const std::string model = j == models ? "base" : "m" + std::to_string(j);
        import->add(ResponseRecord{query, model, 1, model + " on " + query + std::string(500, 'x')}, {"f", 1},
                    OnConflict::fail);
      }
    }
    import->commit();
  }
  app::RateRequest request;
  request.select.study = path;
  request.select.choice.baseline = "base";
  for (std::size_t i = 0; i < raters; ++i) request.raters.raters.push_back("r" + std::to_string(i));
  Clock::time_point start = Clock::now();
  app::Rating rating(request);
  std::printf("opened in %.0f ms\n", milliseconds_since(start));
  server::RatingApi api(rating.pool());
  asking::RaterPool& pool = rating.pool();
  std::vector<double> looks, votes, undos, begins, works, takes;
  std::size_t empty = 0;
  Rng rng(1);
  asking::RaterPool::Time now{0};
  for (std::size_t i = 0; i < verdicts && !pool.progress().decided; ++i) {
    now += asking::RaterPool::Time(20'000 / static_cast<int>(raters));
    const std::string& rater = request.raters.raters[rng.below(raters)];
    start = Clock::now();
    api.rating(rater, now);
    looks.push_back(milliseconds_since(start));
    const auto desk = pool.look(rater, now);
    if (desk.pairs.empty()) {
      ++empty;
    } else {
      const char* word = rng.uniform() < 0.6 ? "1" : "2";
      const std::string body = "{\"id\":\"" + desk.pairs[0].id + "\",\"verdict\":\"" + word + "\",\"seconds\":3}";
      start = Clock::now();
      api.verdict(rater, body, now);
      votes.push_back(milliseconds_since(start));
      if (rng.below(50) == 0) {
        start = Clock::now();
        api.undo(rater, now);
        undos.push_back(milliseconds_since(start));
      }
    }
    start = Clock::now();
    auto step = pool.step();
    begins.push_back(milliseconds_since(start));
    if (!step) continue;
    start = Clock::now();
    step->work();
    works.push_back(milliseconds_since(start));
    start = Clock::now();
    pool.take(*step);
    takes.push_back(milliseconds_since(start));
  }
  tell("look", looks);
  tell("verdict", votes);
  tell("undo", undos);
  tell("step begun (locked)", begins);
  tell("step's work (unlocked)", works);
  tell("step taken (locked)", takes);
  std::printf("desks without a pair: %zu\n", empty);
  start = Clock::now();
  api.agreement();
  std::printf("agreement in %.0f ms\n", milliseconds_since(start));
  std::filesystem::remove(path);
}

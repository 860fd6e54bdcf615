// How long people wait: many of them at once on a large study.
//
//     build/release/bench/bench_rate [RATERS] [QUERIES] [MODELS] [VERDICTS]

#include "assay/app/rate.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "assay/core/rng.h"
#include "server/rating_api.h"

namespace {

using Clock = std::chrono::steady_clock;
using namespace assay;

double milliseconds_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Of this thread, whatever else the machine does.
double processor_milliseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return 1e3 * static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_nsec);
}

// Of one kind of call.
class Times {
 public:
  template <typename Work>
  void of(const Work& work) {
    const Clock::time_point start = Clock::now();
    const double processor = processor_milliseconds();
    work();
    processor_.push_back(processor_milliseconds() - processor);
    waited_.push_back(milliseconds_since(start));
  }
  void tell(const char* what) {
    if (waited_.empty()) return;
    std::printf(
        "%-24s %7zu calls, ms waited (of the processor): median %.2f (%.2f), 99 %% %.2f (%.2f), longest %.2f "
        "(%.2f)\n",
        what, waited_.size(), at(waited_, 0.5), at(processor_, 0.5), at(waited_, 0.99), at(processor_, 0.99),
        at(waited_, 1), at(processor_, 1));
  }

 private:
  static double at(std::vector<double>& times, double share) {
    std::sort(times.begin(), times.end());
    return times[static_cast<std::size_t>(share * static_cast<double>(times.size() - 1))];
  }

  std::vector<double> waited_;
  std::vector<double> processor_;
};

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
  const Clock::time_point start = Clock::now();
  app::Rating rating(request);
  std::printf("opened in %.0f ms\n", milliseconds_since(start));
  server::RatingApi api(rating.pool());
  asking::RaterPool& pool = rating.pool();
  Times looks, votes, undos, begins, works, takes, agreements;
  std::size_t empty = 0;
  Rng rng(1);
  asking::RaterPool::Time now{0};
  for (std::size_t i = 0; i < verdicts && !pool.progress().decided; ++i) {
    now += asking::RaterPool::Time(20'000 / static_cast<int>(raters));
    const std::string& rater = request.raters.raters[rng.below(raters)];
    looks.of([&] { api.rating(rater, now); });
    const auto desk = pool.look(rater, now);
    if (desk.pairs.empty()) {
      ++empty;
    } else {
      const char* word = rng.uniform() < 0.6 ? "1" : "2";
      const std::string body = "{\"id\":\"" + desk.pairs[0].id + "\",\"verdict\":\"" + word + "\",\"seconds\":3}";
      votes.of([&] { api.verdict(rater, body, now); });
      if (rng.below(50) == 0) undos.of([&] { api.undo(rater, now); });
    }
    std::optional<asking::RaterPool::Step> step;
    begins.of([&] { step = pool.step(); });
    if (!step) continue;
    works.of([&] { step->work(); });
    takes.of([&] { pool.take(*step); });
  }
  agreements.of([&] { server::RatingApi::agreement(rating.pool().votes()); });
  looks.tell("look");
  votes.tell("verdict");
  undos.tell("undo");
  begins.tell("step begun (locked)");
  works.tell("step's work (unlocked)");
  takes.tell("step taken (locked)");
  agreements.tell("agreement");
  std::printf("desks without a pair: %zu\n", empty);
  std::filesystem::remove(path);
}

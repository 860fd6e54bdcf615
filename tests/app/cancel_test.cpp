// A progress callback that throws ends the work with that exception, and leaves nothing half done: the same work
// again ends as if it had never been cancelled.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "assay/app/allocate.h"
#include "assay/app/ensemble.h"
#include "assay/app/info.h"
#include "assay/app/route_evaluate.h"
#include "assay/app/route_fit.h"
#include "assay/app/select.h"
#include "assay/app/simulate.h"
#include "assay/app/simulate_allocators.h"
#include "assay/app/weak_judges.h"
#include "assay/view/allocate.h"
#include "assay/view/import.h"
#include "assay/view/info.h"
#include "assay/view/route_evaluate.h"
#include "assay/view/route_fit.h"
#include "assay/view/select.h"
#include "assay/view/simulate.h"
#include "assay/view/simulate_allocators.h"
#include "assay/view/weak_judges.h"
#include "tests/app/app_fixture.h"
#include "tests/golden/command.h"
#include "tests/route/sample_texts.h"

namespace assay::app {
namespace {

struct Cancelled {};  // no std::exception: nothing may take it for an error of its own

// Counts the calls of all pieces of work, and throws at the one that is wanted.
class Teller {
 public:
  explicit Teller(std::size_t cancel_at = 0) : cancel_at_(cancel_at) {}

  Progress progress() {
    return [this](std::size_t done, std::size_t total) {
      EXPECT_LE(done, total);
      if (++calls_ == cancel_at_) throw Cancelled();
    };
  }
  StartProgress start() {
    return [this](std::string_view) { return progress(); };
  }
  std::size_t calls() const { return calls_; }

 private:
  std::size_t cancel_at_;
  std::size_t calls_ = 0;
};

// Works in `folder`, which ends in "/", and returns what it found.
using Work = std::function<std::string(const std::string& folder, Teller& teller, std::size_t threads)>;

class CancelTest : public testing::Test {
 protected:
  // Cancels the work at its first, a middle and its last word, each in a folder of its own.
  void expect_clean(const std::function<void(const std::string& folder)>& prepare, const Work& work) {
    const std::string control = fresh(prepare);
    Teller whole;
    const std::string expected = without(work(control, whole, 1), control);
    ASSERT_GE(whole.calls(), 2U) << "there is nothing to cancel";
    const auto expect_at = [&](std::size_t at, std::size_t threads) {
      SCOPED_TRACE(std::to_string(threads) + " threads, cancelled at call " + std::to_string(at));
      const std::string folder = fresh(prepare);
      const std::set<std::string> before = names_in(folder);
      Teller cancelling(at);
      EXPECT_THROW(work(folder, cancelling, threads), Cancelled);
      EXPECT_EQ(cancelling.calls(), at) << "it went on telling";
      for (const std::string& name : names_in(folder)) {
        EXPECT_TRUE(before.contains(name)) << name << " is left behind";
      }
      Teller again;
      EXPECT_EQ(without(work(folder, again, threads), folder), expected);
      EXPECT_EQ(names_in(folder), names_in(control));
    };
    for (const std::size_t at : {std::size_t{1}, (whole.calls() + 1) / 2, whole.calls()}) expect_at(at, 1);
    expect_at(1, 4);  // how often several threads tell depends on which of them works
  }

  std::string fresh(const std::function<void(const std::string&)>& prepare) {
    const std::string folder = folder_.path(std::to_string(++folders_));
    std::filesystem::create_directory(folder);
    prepare(folder + "/");
    return folder + "/";
  }

  static std::set<std::string> names_in(const std::string& folder) {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) names.insert(entry.path().filename());
    return names;
  }

  static std::string without(std::string text, const std::string& folder) {
    for (std::size_t at = 0; (at = text.find(folder, at)) != std::string::npos;) text.erase(at, folder.size());
    return text;
  }

  static void synthetic(const std::string& folder) {
    run_synth({.study = folder + "x.assay", .options = {.models = 5, .queries = 40, .seed = 11}});
  }
  static void scored(const std::string& folder) {
    run_synth_scores({folder + "x.assay", {.family = "two-groups", .arms = 20}});
  }
  void benchmark(const std::string& folder) {
    folder_.write("in.jsonl", sample_route_lines());
    run_import({.format = "jsonl", .paths = {folder_.path("in.jsonl")}, .study = folder + "x.assay"});
  }

  SampleFolder folder_;

 private:
  int folders_ = 0;
};

TEST_F(CancelTest, Import) {
  std::string rows;
  for (int i = 0; i < 60'000; ++i) {
    const std::string number = std::to_string(i);
    rows += R"({"query": "q)" + number + R"(", "prompt": "what is )" + number + " times " + number + "?\"}\n";
  }
  folder_.write("rows.jsonl", rows);
  const Work work = [&](const std::string& folder, Teller& teller, std::size_t) {
    const ImportRequest request{
        .format = "jsonl", .paths = {folder_.path("rows.jsonl")}, .study = folder + "x.assay"};
    return view::to_json(run_import(request, teller.progress()));
  };
  expect_clean([](const std::string&) {}, work);
  expect_clean(synthetic, work);
}

TEST_F(CancelTest, ImportLeavesAnOldStudyAsItWas) {
  std::string rows;
  for (int i = 0; i < 60'000; ++i) rows += "{\"query\": \"q" + std::to_string(i) + "\", \"prompt\": \"what?\"}\n";
  folder_.write("rows.jsonl", rows);
  const std::string folder = fresh(synthetic);
  const std::string before = contents(folder + "x.assay");
  Teller teller(2);
  EXPECT_THROW(run_import({.format = "jsonl", .paths = {folder_.path("rows.jsonl")}, .study = folder + "x.assay"},
                          teller.progress()),
               Cancelled);
  EXPECT_EQ(contents(folder + "x.assay"), before);
}

TEST_F(CancelTest, WeakJudges) {
  for (const bool pooled : {false, true}) {
    expect_clean(synthetic, [&](const std::string& folder, Teller& teller, std::size_t threads) {
      WeakJudgesRequest request;
      request.study = folder + "x.assay";
      request.options.pooled = pooled;
      request.threads = threads;
      return view::to_json(run_weak_judges(request, teller.start()));
    });
  }
}

TEST_F(CancelTest, Simulate) {
  expect_clean(synthetic, [](const std::string& folder, Teller& teller, std::size_t threads) {
    SimulateRequest request;
    request.study = folder + "x.assay";
    request.strategies = {"random", "llm-selector"};
    request.realizations = 30;
    request.threads = threads;
    return view::to_json(run_simulate(request, teller.start()));
  });
}

TEST_F(CancelTest, SimulateAllocators) {
  expect_clean(scored, [](const std::string& folder, Teller& teller, std::size_t threads) {
    SimulateAllocatorsRequest request;
    request.study = folder + "x.assay";
    request.allocators = {"uniform", "robin"};
    request.runs = 30;
    request.threads = threads;
    return view::to_json(run_simulate_allocators(request, teller.start()));
  });
}

// Scores that were given stay: they are paid for, and the same run goes on from them.
TEST_F(CancelTest, Allocate) {
  expect_clean(scored, [](const std::string& folder, Teller& teller, std::size_t threads) {
    AllocateRequest request;
    request.study = folder + "x.assay";
    request.budget = 300;
    request.batch = 50;
    request.threads = threads;
    asking::AllocateReport report = run_allocate(request, teller.start());
    report.calls_new = 0;
    return view::to_json(report);
  });
}

TEST_F(CancelTest, Select) {
  expect_clean(synthetic, [](const std::string& folder, Teller& teller, std::size_t threads) {
    SelectRequest request;
    request.study = folder + "x.assay";
    request.strategy = "llm-selector";
    request.parameters = {{"e-loss", 0.2}, {"e-draw", 0.4}};
    request.threads = threads;
    asking::SelectReport report = run_select(request, teller.start());
    report.calls_new = 0;
    return report.best + " " + std::to_string(report.calls) + view::to_text(report, /*verbose=*/true);
  });
}

TEST_F(CancelTest, RouteFit) {
  expect_clean([this](const std::string& folder) { benchmark(folder); },
               [](const std::string& folder, Teller& teller, std::size_t threads) {
                 RouteFitRequest request;
                 request.study = folder + "x.assay";
                 request.router = folder + "x.router";
                 request.embedding.dimensions = 16;
                 request.threads = threads;
                 return view::to_json(run_route_fit(request, teller.start()));
               });
}

TEST_F(CancelTest, RouteEvaluate) {
  expect_clean([this](const std::string& folder) { benchmark(folder); },
               [](const std::string& folder, Teller& teller, std::size_t threads) {
                 RouteEvaluateRequest request;
                 request.study = folder + "x.assay";
                 request.embedding.dimensions = 16;
                 request.threads = threads;
                 return view::to_json(run_route_evaluate(request, teller.start()));
               });
}

TEST_F(CancelTest, Synth) {
  expect_clean([](const std::string&) {},
               [](const std::string& folder, Teller& teller, std::size_t) {
                 const SynthRequest request{.study = folder + "x.assay",
                                            .options = {.models = 5, .queries = 400, .seed = 11}};
                 return std::to_string(run_synth(request, teller.progress()).models.size());
               });
}

}  // namespace
}  // namespace assay::app

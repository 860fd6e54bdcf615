#include "assay/app/route_info.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "assay/route/accuracy.h"
#include "assay/route/guard.h"
#include "assay/route/stacking_weights.h"
#include "assay/routing/router_file.h"

namespace assay::app {

RouteInfoReport describe_router(const std::string& path, const route::RouterContents& contents) {
  const route::Router& router = contents.router;
  const std::size_t m = router.models();
  RouteInfoReport report;
  report.router = path;
  report.embedding = contents.embedding;
  report.index = router.graph ? "graph" : router.codes ? "codes" : "plain";
  report.queries = router.benchmark.queries();
  report.bytes = std::filesystem::file_size(path);
  report.tasks = contents.tasks;
  report.digest = route::candidate_digest(contents.models);
  report.numbers = router.numbers;
  report.guard = router.guard;
  if (!contents.hashed.weights.empty()) report.familiar = contents.hashed.familiar;
  if (report.guard) report.fewest_held_out = route::fewest_for_guard(report.guard->risk, report.guard->delta);
  route::AccuracySum sum(m);
  for (std::size_t i = 0; i < report.queries; ++i) sum.add(router.benchmark.row(i));
  const std::vector<double> known = sum.known();
  for (std::size_t j = 0; j < m; ++j) {
    report.models.push_back(
        {contents.models[j], router.accuracy[j], static_cast<std::size_t>(known[j]), contents.cost[j]});
  }
  if (report.tasks.size() < route::kFewestTasksToTell && report.numbers.task.skill >= route::kLeastTaskSkill) {
    report.notes.push_back(
        fmt::format("{} tasks tell little about new ones: how models are ranked there rests on "
                    "how single queries went",
                    report.tasks.size()));
  }
  return report;
}

RouteInfoReport run_route_info(const RouteInfoRequest& request) {
  const routing::RouterFile file(request.router);
  return describe_router(request.router, file.contents());
}

}  // namespace assay::app

#include "assay/view/averaging.h"

#include "assay/core/utf8.h"
#include "assay/report/display_width.h"

namespace assay::view {
namespace {

constexpr std::size_t kWidestName = 40;  // columns
constexpr std::size_t kTasksShown = 3;

std::string shown_name(const std::string& name) { return report::cut_to_width(escaped(name), kWidestName); }

std::string tasks_text(const std::vector<std::string>& tasks) {
  std::string text = tasks.size() == 1 ? " of task " : " of tasks ";
  for (std::size_t i = 0; i < tasks.size() && i < kTasksShown; ++i) {
    text += (i > 0 ? ", " : "") + shown_name(tasks[i]);
  }
  if (tasks.size() > kTasksShown) text += " and " + std::to_string(tasks.size() - kTasksShown) + " more";
  return text;
}

}  // namespace

std::string text_of(const store::Averaging& averaging) {
  std::string text;
  if (!averaging.tasks.empty()) text += tasks_text(averaging.tasks);
  if (!averaging.weights.empty()) text += ", weighted by " + shown_name(averaging.weights);
  if (averaging.average == store::Average::tasks) text += ", each task the same";
  return text;
}

report::Json json_of(const store::Averaging& averaging) {
  return report::Json::object()
      .set("tasks", report::Json::array_of(averaging.tasks))
      .set("weights", averaging.weights)
      .set("average", store::name(averaging.average));
}

}  // namespace assay::view

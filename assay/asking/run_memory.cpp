#include "assay/asking/run_memory.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <tuple>

#include "assay/file/digest.h"

namespace assay::asking {
namespace {

using Json = nlohmann::json;

std::string hex(const file::Digest& digest) { return file::hex(file::bytes_of(digest)); }

// Of what is asked: two runs with the same ask the same judge about the same.
std::string questions_of(const JudgeTask& task, std::string_view oracle) {
  const store::Comparison& comparison = task.comparison();
  std::vector<std::string_view> parts{oracle};
  parts.insert(parts.end(), comparison.models.begin(), comparison.models.end());
  parts.emplace_back();  // no model is called so: where the queries begin
  parts.insert(parts.end(), comparison.queries.begin(), comparison.queries.end());
  return hex(file::digest(parts));
}

struct Remembered {
  std::uint64_t seed = 0;
  RunStart start;
};

// What another program wrote there is as good as nothing.
std::optional<Remembered> run_in(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  try {
    const Json json = Json::parse(*text);
    Remembered run;
    run.seed = run.start.seed = json.at("seed").get<std::uint64_t>();
    run.start.batch = json.at("batch").get<std::size_t>();
    run.start.mark = {json.at("kept").get<std::int64_t>(), json.at("paid").get<std::int64_t>()};
    run.start.resumed = true;
    return run;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

std::string another_test(const Remembered& before, const RunIdentity& identity) {
  const std::string how = before.seed == identity.seed ? fmt::format("{} calls at a time", before.start.batch)
                                                       : fmt::format("seed {}", before.seed);
  return fmt::format(
      "a run with {} asked the same before: its answers count here, but this is another test, which may be "
      "wrong just as often; the same options go on with that run",
      how);
}

// What the names of all runs over these questions begin with.
std::string questions_name(const JudgeTask& task, const RunIdentity& identity) {
  return (identity.test ? "run:" : "untested run:") + questions_of(task, identity.oracle) + ":";
}

bool later(const RunStart& one, const RunStart& other, std::uint64_t wanted) {
  const auto begin = [&](const RunStart& run) {
    return std::tuple(run.mark.kept + run.mark.paid, run.seed == wanted ? 1 : 0);
  };
  return begin(one) > begin(other);
}

}  // namespace

RunStart start_run(store::Study& study, const JudgeTask& task, const RunIdentity& identity, bool keep) {
  const std::string questions = questions_name(task, identity);
  const std::string name = fmt::format("{}{} {}", questions, identity.seed, hex(file::digest(identity.strategy)));
  const std::optional<Remembered> same = run_in(study.remembered(name));
  if (same && (!identity.batch_given || identity.batch == same->start.batch)) {
    RunStart start = same->start;
    start.name = name;
    return start;
  }
  RunStart start{name, study.answer_mark(), false, identity.seed, identity.batch, {}};
  for (const std::string& other : study.remembered_names(questions)) {
    if (!identity.test) break;
    const std::optional<Remembered> before = run_in(study.remembered(other));
    if (!before || (before->seed == identity.seed && other != name)) continue;  // another strategy or goal
    start.notes.push_back(another_test(*before, identity));
    break;
  }
  if (keep && study.writable()) {
    const Json json{
        {"seed", identity.seed}, {"batch", identity.batch}, {"kept", start.mark.kept}, {"paid", start.mark.paid}};
    study.remember(name, json.dump());
  }
  return start;
}

RunStart latest_run(const store::Study& study, const JudgeTask& task, const RunIdentity& identity) {
  const std::string strategy = " " + hex(file::digest(identity.strategy));
  std::optional<RunStart> same;
  std::optional<RunStart> any;
  for (const std::string& name : study.remembered_names(questions_name(task, identity))) {
    std::optional<Remembered> run = run_in(study.remembered(name));
    if (!run) continue;
    run->start.name = name;
    if (!any || later(run->start, *any, identity.seed)) any = run->start;
    if (name.ends_with(strategy) && (!same || later(run->start, *same, identity.seed))) same = run->start;
  }
  if (same) return *same;
  return {{}, study.answer_mark(), false, any ? any->seed : identity.seed, identity.batch, {}};
}

}  // namespace assay::asking

#include "assay/app/replay_part_file.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "assay/core/error.h"
#include "assay/core/hash.h"
#include "assay/core/named_bytes.h"
#include "assay/core/version.h"
#include "assay/file/mapped_file.h"
#include "assay/file/section_file.h"

namespace assay::app {
namespace {

constexpr file::SectionKind kKind{
    "\x93"
    "REPLAY\n",
    "part of a replay", 1};

template <typename Value>
std::string_view bytes_of(std::span<const Value> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}

std::uint64_t hash_of(const std::vector<double>& numbers) { return fnv1a(bytes_of(std::span(numbers))); }

std::uint64_t hash_of(const RewardTable& rewards) {
  std::uint64_t hash = kHashStart;
  for (std::size_t q = 0; q < rewards.queries(); ++q) hash = fnv1a(bytes_of(rewards.row(query_id(q))), hash);
  return hash;
}

// All that a realization depends on, but what strategies look at, which comes with the study.
std::string description(const sim::ReplaySetup& setup, std::span<const sim::Competitor> competitors) {
  std::string text = fmt::format(
      "assay {}; {} queries, {} models, judgements {:016x}; weights {:016x}, step {}; {} realizations of {}, "
      "budget {}, "
      "seed {}, batch {}; confidence {}, epsilon {}, good enough {}, prices {:016x} {:016x} {:016x}",
      version(), setup.rewards->queries(), setup.rewards->models(), hash_of(*setup.rewards), hash_of(setup.weights),
      setup.step, setup.realizations, setup.pool, setup.budget, setup.seed, setup.batch, setup.confidence,
      setup.epsilon, setup.good_enough.value_or(-1), hash_of(setup.prices), hash_of(setup.generating),
      hash_of(setup.judging));
  for (const sim::Competitor& competitor : competitors) {
    text += fmt::format("; {} returns {}", competitor.entry->name, select::name(competitor.returns));
    for (const double value : competitor.parameters.values()) text += fmt::format(" {}", value);
    if (competitor.lazy) text += " lazy";
    if (competitor.assistant) text += fmt::format(" assistant {:016x}", hash_of(*competitor.assistant));
  }
  return text;
}

std::string_view section(std::span<const NamedBytes> sections, std::string_view name, const std::string& path) {
  for (const NamedBytes& one : sections) {
    if (one.name == name) return one.bytes;
  }
  throw DataError(Location{path}, fmt::format("expected a section \"{}\", there is none", name));
}

template <typename Value>
std::vector<Value> values_of(std::string_view bytes, const std::string& path) {
  if (bytes.size() % sizeof(Value) != 0) throw DataError(Location{path}, "expected whole numbers of eight bytes");
  std::vector<Value> values(bytes.size() / sizeof(Value));
  if (!bytes.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

void write_replay_part(const std::string& path, const sim::ReplaySetup& setup,
                       std::span<const sim::Competitor> competitors, const sim::Part& part,
                       const Progress& progress) {
  const std::vector<double> numbers = sim::replay_part(setup, competitors, part, progress);
  const std::string experiment = description(setup, competitors);
  const std::array<std::uint64_t, 2> range = {part.begin, part.end};
  const std::array<NamedBytes, 3> sections = {{{"experiment", experiment},
                                               {"realizations", bytes_of(std::span<const std::uint64_t>(range))},
                                               {"numbers", bytes_of(std::span(numbers))}}};
  file::write_sections(path, kKind, sections);
}

ReplayPartFile::ReplayPartFile(const std::string& path, const sim::ReplaySetup& setup,
                               std::span<const sim::Competitor> competitors) {
  const file::MappedFile file(path);
  const std::vector<NamedBytes> sections = file::read_sections(path, kKind, file.bytes());
  const std::string expected = description(setup, competitors);
  const std::string_view experiment = section(sections, "experiment", path);
  if (experiment != expected) {
    throw DataError(Location{path},
                    fmt::format("expected a part of \"{}\", came one of \"{}\"", expected, experiment));
  }
  const std::vector<std::uint64_t> range = values_of<std::uint64_t>(section(sections, "realizations", path), path);
  if (range.size() != 2 || range[0] > range[1] || range[1] > setup.realizations) {
    throw DataError(Location{path}, "expected the first realization and the end of the part");
  }
  part_ = {range[0], range[1]};
  numbers_ = values_of<double>(section(sections, "numbers", path), path);
}

}  // namespace assay::app

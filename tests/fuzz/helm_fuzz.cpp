#include <algorithm>

#include "assay/data/helm.h"
#include "tests/fuzz/discarding_sink.h"

// The first byte tells which of a run's files the others are: alone, or the statistics and requests as two lines.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string_view text = fuzzed(data, size).substr(1);
  DiscardingSink sink;
  const data::HelmRun run{
      .folder = "f", .task = "t", .model = "m", .method = "multiple_choice_joint", .metrics = {"x"}};
  data::HelmReader reader(run, {}, sink);
  const auto source = [](std::string_view part) { return data::memory_source("fuzz", part); };
  try {
    switch (data[0] % 4) {
      case 0: data::read_helm_run_spec(*source(text)); break;
      case 1: {
        const std::size_t end = std::min(text.find('\n'), text.size());
        reader.read_stats(*source(text.substr(0, end)));
        reader.read_requests(*source(text.substr(end)));
        break;
      }
      case 2: reader.read_instances(*source(text)); break;
      default: reader.read_predictions(*source(text));
    }
    reader.write_scores();
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

#include "assay/data/arena_hard.h"
#include "assay/data/question_answer.h"
#include "tests/fuzz/discarding_sink.h"

// The first byte tells which of the format's three kinds of files the others are.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  if (size == 0) return 0;
  const std::string_view text = fuzzed(data, size).substr(1);
  DiscardingSink sink;
  try {
    switch (data[0] % 3) {
      case 0:
        data::read_arena_judgments(*data::memory_source("fuzz", text), "judge", {.baseline = "baseline"}, sink);
        break;
      case 1: data::read_arena_answers(*data::memory_source("fuzz", text), sink); break;
      default: data::read_questions(*data::memory_source("fuzz", text), sink);
    }
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

#include "assay/data/openai_batch.h"
#include "tests/fuzz/discarding_sink.h"

// The line "===" ends the requests; what follows are the replies.
extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  constexpr std::string_view kBetween = "\n===\n";
  const std::string_view text = fuzzed(data, size);
  const std::size_t end = text.find(kBetween);
  const bool both = end != std::string_view::npos;
  DiscardingSink sink;
  data::BatchReader reader(sink);
  try {
    reader.read_requests(*data::memory_source("fuzz", text.substr(0, end)));
    if (both) reader.read_replies(*data::memory_source("fuzz", text.substr(end + kBetween.size())));
    reader.tell_unanswered();
  } catch (const Error&) {
    // A clear refusal is what a file that makes no sense should get.
  }
  return 0;
}

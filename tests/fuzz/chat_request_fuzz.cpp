// The body of a request as clients send it. What is accepted says the same after it was rewritten, but for the
// model and the usage.

#include <cstdlib>
#include <string>
#include <string_view>

#include "assay/core/error.h"
#include "gateway/chat_request.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  using namespace assay;
  static gateway::ChatRequestReader reader;
  // In memory of its own, so that a sanitizer sees what is read beyond it.
  const std::string body(reinterpret_cast<const char*>(data), size);
  try {
    const gateway::ChatRequest request = reader.read(body);
    must(request.text.size() <= gateway::kMostRoutedText);
    for (const bool ask : {false, true}) {
      const std::string sent = gateway::rewritten(body, request, "other \"model\"", ask);
      const gateway::ChatRequest again = reader.read(sent);
      must(again.model == "other \"model\"");
      must(again.text == request.text && again.stream == request.stream);
      must(again.models.size() == request.models.size());
      must(again.usage_asked == request.usage_asked || ask);
      // All bytes that are not the model's are those that came, in their order.
      if (!ask) {
        const std::string mark = "mark";
        must(gateway::rewritten(sent, again, mark, false) == gateway::rewritten(body, request, mark, false));
      }
    }
  } catch (const InvalidArgument&) {
    // A clear refusal is what a body that makes no sense should get.
  }
  return 0;
}

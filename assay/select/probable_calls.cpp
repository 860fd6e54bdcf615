#include "assay/select/probable_calls.h"

#include <algorithm>

namespace assay::select {
namespace {

constexpr std::size_t kFewestBeside = 6;  // query equivalents beside the leader's
constexpr std::size_t kMostBeside = 40;

}  // namespace

CallRange probable_calls(std::size_t models, std::size_t queries, std::size_t known) {
  const auto to_ask = [&](std::size_t equivalents) {
    const std::size_t calls = std::min(queries * models, queries + equivalents * models);
    return calls - std::min(known, calls);
  };
  return {to_ask(kFewestBeside), to_ask(kMostBeside)};
}

}  // namespace assay::select

#include "server/access_token.h"

#include "assay/core/error.h"
#include "assay/file/digest.h"
#include "assay/file/random_bytes.h"

namespace assay::server {
namespace {

constexpr std::size_t kTokenBytes = 16;

}  // namespace

std::string random_token() {
  const std::string bytes = file::random_bytes(kTokenBytes);
  if (bytes.empty()) throw Error("the system gives no random bytes for a token");
  return file::hex(bytes);
}

bool is_token(std::string_view text) {
  return text.size() == 2 * kTokenBytes && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool same_token(std::string_view one, std::string_view other) {
  if (one.size() != other.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    difference |= static_cast<unsigned>(static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]));
  }
  return difference == 0;
}

}  // namespace assay::server

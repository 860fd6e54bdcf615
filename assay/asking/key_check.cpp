#include "assay/asking/key_check.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <string>

#include "assay/file/digest.h"

namespace assay::asking {
namespace {

constexpr std::string_view kSalt = "key_salt";
constexpr std::string_view kCheck = "key_check:";  // followed by the URL
constexpr int kRounds = 1 << 18;                   // some milliseconds

std::string check_text(std::string_view salt, std::string_view url, std::string_view key) {
  return fmt::format("{:04x}", key_check(salt, url, key));
}

}  // namespace

// The digest is none of cryptography: what keeps the key is that only 16 bits are told of it. The rounds make
// trying many keys slow.
std::uint16_t key_check(std::string_view salt, std::string_view url, std::string_view key) {
  file::Digest state = file::digest(std::array{salt, url, key});
  for (int round = 0; round < kRounds; ++round) state = file::digest(file::bytes_of(state));
  const auto byte = [&](std::size_t at) { return static_cast<unsigned>(static_cast<unsigned char>(state.at(at))); };
  return static_cast<std::uint16_t>(byte(0) << 8U | byte(1));
}

void remember_key(store::Study& study, std::string_view url, std::string_view key, std::string_view salt) {
  if (key.empty() || salt.empty()) return;
  std::string kept = study.remembered(kSalt).value_or("");
  if (kept.empty()) {
    kept = file::hex(salt);
    study.remember(kSalt, kept);
  }
  const std::string name = std::string(kCheck).append(url);
  const std::string check = check_text(kept, url, key);
  if (study.remembered(name) != check) study.remember(name, check);
}

bool knows_key(const store::Study& study, std::string_view url, std::string_view key) {
  const std::optional<std::string> salt = study.remembered(kSalt);
  const std::optional<std::string> check = study.remembered(std::string(kCheck).append(url));
  return salt && check && *check == check_text(*salt, url, key);
}

}  // namespace assay::asking

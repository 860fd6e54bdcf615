#include "assay/http/certificates.h"

#include <curl/curl.h>
#include <unistd.h>

#include <cstdlib>

namespace assay::http {
namespace {

// Debian, Ubuntu, Arch, Alpine; Fedora, RHEL; openSUSE; older RHEL; FreeBSD and others.
constexpr const char* kOfSystems[] = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                      "/etc/ssl/ca-bundle.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
                                      "/etc/ssl/cert.pem"};

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace

Certificates trusted_certificates(bool heed_environment) {
  if (heed_environment) {
    Certificates named{variable("SSL_CERT_FILE"), variable("SSL_CERT_DIR")};
    if (!named.file.empty() || !named.folder.empty()) return named;
  }
  const curl_version_info_data* built = curl_version_info(CURLVERSION_NOW);
  if (built->cainfo != nullptr || built->capath != nullptr) return {};
  for (const char* file : kOfSystems) {
    if (access(file, R_OK) == 0) return {file, ""};
  }
  return {};
}

}  // namespace assay::http

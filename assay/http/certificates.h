#pragma once

#include <string>

namespace assay::http {

/// Authorities whose servers are trusted.
struct Certificates {
  std::string file;    ///< PEM, several of them; empty: libcurl's own.
  std::string folder;  ///< One in each file, named by its hash; empty: libcurl's own.
};

/// Those that the environment names (`heed_environment`: SSL_CERT_FILE, SSL_CERT_DIR), else libcurl's own. A
/// libcurl that knows none, because it was built for no system in particular, gets those of this system.
Certificates trusted_certificates(bool heed_environment);

}  // namespace assay::http

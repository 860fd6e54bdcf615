#include "assay/http/certificates.h"

#include <curl/curl.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace assay::http {
namespace {

// What the environment had before.
class CertificatesTest : public testing::Test {
 protected:
  void SetUp() override {
    unsetenv("SSL_CERT_FILE");
    unsetenv("SSL_CERT_DIR");
  }
  void TearDown() override { SetUp(); }
};

TEST_F(CertificatesTest, TheEnvironmentIsHeededWhereItIsAsked) {
  const Certificates usual = trusted_certificates(true);
  setenv("SSL_CERT_FILE", "/mine.pem", 1);
  EXPECT_EQ(trusted_certificates(true).file, "/mine.pem");
  EXPECT_EQ(trusted_certificates(true).folder, "");
  EXPECT_EQ(trusted_certificates(false).file, usual.file);
  setenv("SSL_CERT_DIR", "/mine", 1);
  EXPECT_EQ(trusted_certificates(true).folder, "/mine");
  setenv("SSL_CERT_FILE", "", 1);
  setenv("SSL_CERT_DIR", "", 1);
  EXPECT_EQ(trusted_certificates(true).file, usual.file) << "empty is as good as none";
}

TEST_F(CertificatesTest, ALibcurlThatKnowsItsOwnKeepsThem) {
  if (curl_version_info(CURLVERSION_NOW)->cainfo == nullptr) GTEST_SKIP() << "this libcurl knows none";
  EXPECT_EQ(trusted_certificates(false).file, "");
  EXPECT_EQ(trusted_certificates(false).folder, "");
}

}  // namespace
}  // namespace assay::http

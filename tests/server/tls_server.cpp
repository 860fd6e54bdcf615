#include "tests/server/tls_server.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <mutex>
#include <stdexcept>

namespace assay {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

template <typename T, void (*Free)(T*)>
struct Freed {
  void operator()(T* it) const { Free(it); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;

Certificate self_signed(EVP_PKEY* key) {
  Certificate made(X509_new());
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), key);
  X509_NAME* name = X509_get_subject_name(made.get());
  const unsigned char common[] = "test";
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, made.get(), made.get(), nullptr, nullptr, 0);
  for (const auto& [kind, value] :
       {std::pair{NID_basic_constraints, "critical,CA:TRUE"}, {NID_subject_alt_name, "DNS:localhost"}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    X509_add_ext(made.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(made.get(), key, EVP_sha256());
  return made;
}

}  // namespace

class TlsServer::Impl {
 public:
  Impl() : acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)) {}

  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tls_server};
  tcp::acceptor acceptor;
  std::mutex mutex;
  std::string name;
  std::unique_ptr<tcp::socket> open;
};

TlsServer::TlsServer(const std::string& certificate) : impl_(std::make_unique<Impl>()) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate made = self_signed(key.get());
  FILE* file = fopen(certificate.c_str(), "w");
  if (file == nullptr || PEM_write_X509(file, made.get()) != 1) throw std::runtime_error("no certificate");
  fclose(file);
  SSL_CTX_use_certificate(impl_->context.native_handle(), made.get());
  SSL_CTX_use_PrivateKey(impl_->context.native_handle(), key.get());
  thread_ = std::thread([this] { serve(); });
}

TlsServer::~TlsServer() {
  stopping_ = true;
  {
    const std::lock_guard lock(impl_->mutex);
    boost::system::error_code ignored;
    if (impl_->open) impl_->open->shutdown(tcp::socket::shutdown_both, ignored);
  }
  tcp::socket last(impl_->io);  // wakes who accepts
  boost::system::error_code ignored;
  last.connect(impl_->acceptor.local_endpoint(), ignored);
  thread_.join();
}

std::uint16_t TlsServer::port() const { return impl_->acceptor.local_endpoint().port(); }

std::string TlsServer::wanted_name() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->name;
}

void TlsServer::serve() {
  while (true) {
    auto socket = std::make_unique<tcp::socket>(impl_->io);
    impl_->acceptor.accept(*socket);
    if (stopping_) return;
    ++connections_;
    tcp::socket& plain = *socket;
    {
      const std::lock_guard lock(impl_->mutex);
      impl_->open = std::move(socket);
    }
    asio::ssl::stream<tcp::socket&> stream(plain, impl_->context);
    boost::system::error_code error;
    stream.handshake(asio::ssl::stream_base::server, error);
    if (error) continue;
    {
      const std::lock_guard lock(impl_->mutex);
      const char* name = SSL_get_servername(stream.native_handle(), TLSEXT_NAMETYPE_host_name);
      impl_->name = name == nullptr ? "" : name;
    }
    std::string bytes;
    while (!error) {
      const std::size_t head = asio::read_until(stream, asio::dynamic_buffer(bytes), "\r\n\r\n", error);
      if (error) break;
      const std::size_t length = std::stoul(bytes.substr(bytes.find("Content-Length: ") + 16));
      if (bytes.size() < head + length) {
        asio::read(stream, asio::dynamic_buffer(bytes), asio::transfer_exactly(head + length - bytes.size()),
                   error);
      }
      bytes.clear();
      const std::string reply = "HTTP/1.1 200 OK\r\nX-Length: " + std::to_string(length) +
                                "\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n" +
                                std::string(length, 'y');
      if (!error) asio::write(stream, asio::buffer(reply), error);
    }
  }
}

}  // namespace assay

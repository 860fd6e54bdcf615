#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <string_view>

#include "server/http_server.h"

namespace assay::server {

/// \file
/// Requests as they come, for http_server.h.

/// What the base class lets pass and another reader may take otherwise is refused here.
class RequestParser : public boost::beast::http::basic_parser<true> {
 public:
  explicit RequestParser(const HttpServerOptions& options);

  Request request;
  bool continue_wanted = false;
  bool old() const { return old_; }  ///< HTTP/1.0

 private:
  using View = boost::beast::string_view;
  using Error = boost::system::error_code;
  using Field = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb, View method, View target, int version, Error&) override;
  void on_response_impl(int, View, int, Error&) override {}
  void on_field_impl(Field name, View name_text, View value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error&) override;
  std::size_t on_body_impl(View body, Error&) override;
  void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Error& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(Error&) override {}

  int hosts_ = 0;
  int lengths_ = 0;
  bool old_ = false;
  bool headed_ = false;
};

/// The same text, as the standard library has it.
inline std::string_view text_of(boost::beast::string_view text) { return {text.data(), text.size()}; }

/// Bytes of the empty lines that `text` begins with. Some clients send one after a body; it is part of no request.
std::size_t blank_lines(std::string_view text);

/// Whether a line of the headers goes on with the next.
bool has_folded_line(std::string_view head);

/// The status for bytes that are no request, or too many, of what beast says about them.
int status_of_refusal(boost::system::error_code error);

}  // namespace assay::server

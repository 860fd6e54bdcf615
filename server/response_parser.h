#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "server/http_client.h"

namespace assay::server {

/// Replies as they come, for http_client.h. An informational one (100 to 199) is a reply of its own.
class ResponseParser : public boost::beast::http::basic_parser<false> {
 public:
  /// Is told of what was parsed, and says whether more is wanted.
  struct Sink {
    virtual ~Sink() = default;
    virtual bool parsed_head(IncomingHead head) = 0;
    virtual bool parsed_piece(std::string_view bytes) = 0;
  };

  /// `sink` must outlive it.
  ResponseParser(Sink& sink, std::uint32_t header_bytes);
  bool interim() const { return head_.status < 200; }

 private:
  using View = boost::beast::string_view;
  using Error = boost::system::error_code;
  using Field = boost::beast::http::field;

  void on_request_impl(boost::beast::http::verb, View, View, int, Error&) override {}
  void on_response_impl(int code, View, int, Error& error) override;
  void on_field_impl(Field name, View name_text, View value, Error& error) override;
  void on_header_impl(Error& error) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(View body, Error& error) override;
  void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Error& error) override {
    return on_body_impl(body, error);
  }
  void on_finish_impl(Error&) override {}
  void drop_named();

  Sink& sink_;
  IncomingHead head_;
  std::string connection_;
  bool headed_ = false;
};

}  // namespace assay::server

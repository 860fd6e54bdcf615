#include "assay/http/recording_client.h"

#include <gtest/gtest.h>

#include "assay/core/error.h"
#include "tests/http/memory_http.h"

namespace assay::http {
namespace {

TEST(RecordingClient, RemembersWhatItPassesOn) {
  MemoryHttp memory([](std::size_t i, const std::string& body) {
    return http_answer(200, "to " + body + " of sk-12345678", Milliseconds(i == 0 ? 30 : 10));
  });
  RecordingClient client(memory, 2);
  HttpRequest request{.url = "http://x", .headers = {{"Authorization", "Bearer sk-12345678"}}, .body = "a"};
  client.send(request);
  request.body = "b";
  const std::uint64_t second = client.send(request);
  std::vector<std::string> came;
  while (client.in_flight() > 0) {
    client.wait(Milliseconds(100), [&](std::uint64_t id, const HttpReply& reply) {
      if (came.empty()) {
        EXPECT_EQ(id, second);
      }
      came.push_back(reply.body);
    });
  }
  EXPECT_EQ(came, (std::vector<std::string>{"to b of sk-12345678", "to a of sk-12345678"}));
  ASSERT_EQ(client.exchanges().size(), 2U);
  EXPECT_EQ(client.exchanges()[0].body, "b");
  EXPECT_EQ(client.exchanges()[0].reply.body, "to b of [key]");
  EXPECT_EQ(client.exchanges()[0].took, Milliseconds(10));
  EXPECT_EQ(client.exchanges()[1].took, Milliseconds(30));
  EXPECT_EQ(client.sent(), 2U);
}

TEST(RecordingClient, SendsNoMoreThanIsAllowed) {
  MemoryHttp memory([](std::size_t, const std::string&) { return http_answer(200, ""); });
  RecordingClient client(memory, 1);
  client.send({.url = "http://x"});
  EXPECT_THROW(client.send({.url = "http://x"}), OracleError);
  EXPECT_EQ(memory.bodies.size(), 1U);
}

}  // namespace
}  // namespace assay::http

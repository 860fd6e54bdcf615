// `assay serve` as a process: its files, its signals, its end.

#include <gmock/gmock.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include "tests/golden/command.h"
#include "tests/judge/fault_server.h"
#include "tests/route/sample_texts.h"
#include "tests/server/http_exchange.h"

namespace assay::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kPath = "/v1/chat/completions";

std::string said(const std::string& content) {
  return R"({"choices":[{"message":{"role":"assistant","content":")" + content + R"("}}]})";
}

class ServeCommandTest : public CommandTest {
 protected:
  void write_models(const std::string& url) {
    json models = json::array();
    for (int i = 0; i < 4; ++i) models.push_back({{"name", "model" + std::to_string(i)}, {"url", url}});
    write("models.json", json({{"models", models}}).dump());
  }
};

TEST_F(ServeCommandTest, ServesReloadsAndEndsInGoodOrder) {
  write("in.jsonl", sample_route_lines());
  output("import jsonl in.jsonl -o x.assay");
  output("route fit x.assay -o x.router --dimensions 16");
  FaultServer one({answer(said("one"))});
  FaultServer two({{.body = said("two"), .delay = std::chrono::milliseconds(300)}});
  write_models(one.url());
  const std::uint16_t port = refusing_port();
  RunningCommand run(folder_,
                     words("serve x.router --models models.json --log log.jsonl --port " + std::to_string(port)));
  run.until_caught(SIGHUP);
  HttpConnection client(port);
  const std::string asked = R"({"model":"assay/auto","messages":[{"role":"user","content":"a court's verdict?"}]})";
  const HttpExchange exchange = client.post(kPath, asked);
  EXPECT_EQ(exchange.body, said("one"));
  EXPECT_THAT(exchange.head, HasSubstr("x-assay-chance: "));
  write_models(two.url());
  run.send(SIGHUP);
  while (two.requests() == 0) client.post(kPath, asked);
  write("models.json", "{}");
  run.send(SIGHUP);
  while (client.get("/metrics").body.find(R"(assay_reloads_total{result="failed"} 1)") == std::string::npos) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const std::size_t before = two.requests();
  client.send(http_post(kPath, asked));
  while (two.requests() == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  run.send(SIGTERM);
  EXPECT_EQ(client.receive().body, said("two")) << "what is under way ends";
  const Finished finished = run.wait();
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("serving http://127.0.0.1:" + std::to_string(port) + "/v1\n"));
  EXPECT_THAT(finished.err, HasSubstr("read anew"));
  EXPECT_THAT(finished.err, HasSubstr("all stays as it was: models.json"));
  EXPECT_THAT(contents(folder_ / "log.jsonl"), HasSubstr("\"profile\""));
}

TEST_F(ServeCommandTest, WrongUseIsToldBeforeAnythingListens) {
  write_models("http://127.0.0.1:1/v1");
  EXPECT_EQ(assay("serve").status, 2);
  EXPECT_EQ(assay("serve absent.router --models models.json").status, 1);
  EXPECT_EQ(assay("serve --models absent.json").status, 1);
  EXPECT_EQ(assay("serve --models models.json --port 70000").status, 2);
  const Finished no_key = assay("serve --models models.json --client-key-env NOT_SET_ANYWHERE");
  EXPECT_EQ(no_key.status, 2);
  EXPECT_THAT(no_key.err, HasSubstr("NOT_SET_ANYWHERE"));
  write("bad.json", R"({"models": [{"name": "a", "url": "http://h/v1", "key": "sk-secret"}]})");
  const Finished bad = assay("serve --models bad.json");
  EXPECT_EQ(bad.status, 1);
  EXPECT_THAT(bad.err, HasSubstr("bad.json: model 1"));
  EXPECT_THAT(bad.err, Not(HasSubstr("sk-secret")));
}

}  // namespace
}  // namespace assay::cli

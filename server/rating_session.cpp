#include "server/rating_session.h"

#include <algorithm>
#include <chrono>

namespace assay::server {
namespace {

using std::chrono::milliseconds;
using Desk = RatingClient::Desk;

constexpr milliseconds kFirstWait{500};
constexpr milliseconds kLongestWait{10'000};
// Where others' verdicts are awaited before there is more to judge.
constexpr milliseconds kNothingToRead{1'000};

// Until there is a desk.
Desk until_taken(RatingClient& client, const std::function<RatingClient::Reply()>& send,
                 const std::function<void(std::string_view)>& tell) {
  for (milliseconds wait = kFirstWait;; wait = std::min(2 * wait, kLongestWait)) {
    RatingClient::Reply reply = send();
    if (reply.desk) {
      if (!reply.why.empty()) tell(reply.why);
      return *std::move(reply.desk);
    }
    tell("not reached, nothing is lost; trying again (" + reply.why + ")");
    client.pause(wait);
  }
}

asking::RaterReply reply_of(asking::PersonReply reply) {
  switch (reply) {
    case asking::PersonReply::first: return asking::RaterReply::first;
    case asking::PersonReply::second: return asking::RaterReply::second;
    case asking::PersonReply::draw: return asking::RaterReply::draw;
    default: return asking::RaterReply::skip;
  }
}

}  // namespace

RatingEnd rate(RatingClient& client, asking::Person& person, const std::function<void(std::string_view)>& tell) {
  Desk desk = until_taken(
      client, [&] { return client.look(); }, tell);
  while (true) {
    if (desk.pairs.empty()) {
      if (desk.decided) return {desk.mine, true};
      tell("nothing to judge for now; waiting for others");
      client.pause(kNothingToRead);
      desk = until_taken(
          client, [&] { return client.look(); }, tell);
      continue;
    }
    const RatingClient::Pair pair = desk.pairs.front();
    const milliseconds shown = client.now();
    const asking::PersonReply reply = person.ask({.prompt = pair.prompt,
                                                  .first = pair.first,
                                                  .second = pair.second,
                                                  .number = pair.number,
                                                  .can_undo = desk.can_undo,
                                                  .can_skip = true});
    if (reply == asking::PersonReply::quit) return {desk.mine, desk.decided};
    if (reply == asking::PersonReply::undo) {
      desk = until_taken(
          client, [&] { return client.undo(); }, tell);
      continue;
    }
    const double seconds = std::chrono::duration<double>(client.now() - shown).count();
    desk = until_taken(
        client, [&] { return client.vote(pair.id, reply_of(reply), seconds); }, tell);
  }
}

}  // namespace assay::server

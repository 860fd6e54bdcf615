#pragma once

#include <functional>
#include <span>
#include <string>

#include "assay/http/http_client.h"
#include "assay/judge/chat_calls.h"

namespace assay::judge {

/// One endpoint's part of what is asked at the same time.
struct ChatLane {
  ChatCalls* calls = nullptr;
  const ChatCalls::Tasks* tasks = nullptr;
  std::string ended = {};  ///< Why its endpoint can't go on: tasks without an answer stay so. Empty: all are done.
};

/// Works off the tasks of several endpoints at once, from one thread, each at its own pace. All of them use
/// `client` and one ledger. An endpoint that can't go on ends its lane, and no other. `tick`: called at least every
/// quarter of a second; may throw to stop. Throws BudgetEnded as ChatCalls::run. What was under way is waited for
/// for a few seconds first, as it is paid for. `stalled`: called again and again while nothing is under way and all
/// that is left waits for endpoints in trouble; it may take its time, and asks no more if it says false.
void run_together(http::HttpClient& client, std::span<ChatLane> lanes, const std::function<void()>& tick = {},
                  const std::function<bool()>& stalled = {});

}  // namespace assay::judge

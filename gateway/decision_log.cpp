#include "gateway/decision_log.h"

#include <fstream>
#include <utility>

#include "assay/core/error.h"
#include "assay/judge/prices.h"
#include "assay/report/json.h"

namespace assay::gateway {
namespace {

std::ofstream opened(const std::string& path) { return std::ofstream(path, std::ios::binary | std::ios::app); }

}  // namespace

class DecisionLog::Impl {
 public:
  Impl(std::string path, bool prompts) : path_(std::move(path)), prompts_(prompts), file_(opened(path_)) {
    if (!file_) throw Error("the log " + quoted(path_) + " can't be opened");
  }

  bool write(const Logged& request, const Decision& decision, const Profile& profile,
             const Configuration& configuration) {
    using report::Json;
    Json line = Json::object();
    line.set("id", request.id).set("time", request.time).set("profile", profile.name);
    if (request.answered != kNone) {
      const Decision::Choice& choice = decision.order.at(request.answered);
      const Upstream& upstream = configuration.models[choice.model];
      line.set("model", upstream.router_name).set("chance", choice.chance).set("tried", request.answered + 1);
      if (request.tokens && upstream.price) {
        line.set("cost", judge::cost(*upstream.price, request.tokens->in, request.tokens->out).dollars());
      }
    } else {
      line.set("tried", decision.order.size());
    }
    line.set("routed", decision.routed).set("why", decision.why);
    line.set("status", request.status).set("seconds", request.seconds);
    if (request.tokens) line.set("tokens_in", request.tokens->in).set("tokens_out", request.tokens->out);
    if (prompts_) line.set("prompt", request.text);
    file_.clear();  // a disk that was full may have room again
    file_ << (line.compact() + "\n") << std::flush;
    return file_.good();
  }

  bool reopen() {
    std::ofstream anew = opened(path_);
    if (!anew) return false;
    file_ = std::move(anew);
    return true;
  }

 private:
  std::string path_;
  bool prompts_;
  std::ofstream file_;
};

DecisionLog::DecisionLog(std::string path, bool prompts)
    : impl_(std::make_unique<Impl>(std::move(path), prompts)) {}
DecisionLog::~DecisionLog() = default;

bool DecisionLog::write(const Logged& request, const Decision& decision, const Profile& profile,
                        const Configuration& configuration) {
  return impl_->write(request, decision, profile, configuration);
}
bool DecisionLog::reopen() { return impl_->reopen(); }

}  // namespace assay::gateway

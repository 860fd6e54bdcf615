#include "server/study_page.h"

#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/version.h"
#include "server/access_token.h"
#include "server/task_thread.h"

namespace assay::server {
namespace {

using Json = nlohmann::ordered_json;

// More often than a person sees, and far less often than a run steps.
constexpr std::chrono::milliseconds kBetweenEvents{200};
// Without anything to tell, so that whoever listens knows that somebody is here.
constexpr std::chrono::seconds kHeartbeat{10};

}  // namespace

class StudyPage::Impl {
 public:
  Impl(const StudyPageOptions& options, std::span<const web::PageAsset> assets)
      : study_name_(std::filesystem::path(options.live.request.study).filename().string()),
        read_only_(options.live.read_only),
        server_(options.server, assets,
                [this](const ApiRequest& request, Responder responder) { answer(request, std::move(responder)); }),
        owner_link_(server_.admit(random_token(), {})),
        live_(options.live, [this] { server_.post([this] { tell_soon(); }); }) {
    server_.post([this] { beat(); });
  }

  const std::string& owner_link() const { return owner_link_; }
  void run(bool until_signal) { server_.run(until_signal); }
  void stop() { server_.stop(); }

 private:
  void answer(const ApiRequest& request, Responder responder) {
    try {
      if (request.name == "session") return responder.reply(json_response(200, session(request.visitor)));
      if (!request.visitor.owner()) return responder.reply(json_error(403, "this link is for judging alone"));
      answer_owner(request, responder);
    } catch (const std::exception& failure) {
      responder.reply(json_error(400, failure.what()));
    }
  }

  // Takes the responder where it replies; what it throws before that is replied by the caller.
  void answer_owner(const ApiRequest& request, Responder& responder) {
    const bool post = request.method == "POST";
    if (!post && request.name == "page") return send_page(std::move(responder));
    if (!post && request.name == "state") return responder.reply(json_response(200, live_.state_json()));
    if (!post && request.name == "events") return listen(std::move(responder));
    if (!post && request.name == "settings")
      return later(std::move(responder), [this] { return live_.settings_json(); });
    if (post && request.name == "run") {
      live_.start(read_run_order(request.body));
      return responder.reply(json_response(202, live_.state_json()));
    }
    if (post && request.name == "stop") {
      live_.stop();
      return responder.reply(json_response(202, live_.state_json()));
    }
    responder.reply(json_error(404, "nothing is called " + quoted(request.name) + " here"));
  }

  std::string session(const Visitor& visitor) const {
    return Json{{"role", visitor.owner() ? "owner" : "rater"},
                {"rater", visitor.owner() ? Json() : Json(visitor.rater)},
                {"read_only", read_only_},
                {"study", study_name_},
                {"assay", version()}}
        .dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  // What takes a while is done in a thread beside the loop.
  void later(Responder responder, std::function<std::string()> work) {
    worker_.post([kept = std::make_shared<Responder>(std::move(responder)), work = std::move(work)] {
      try {
        kept->reply(json_response(200, work()));
      } catch (const InvalidArgument& failure) {
        kept->reply(json_error(400, failure.what()));
      } catch (const std::exception& failure) {
        kept->reply(json_error(500, failure.what()));
      }
    });
  }

  // Whoever comes before the study was looked at waits for it.
  void send_page(Responder responder) {
    if (const std::shared_ptr<const std::string> page = live_.page_json()) {
      return responder.reply(json_response(200, *page));
    }
    waiting_for_page_.push_back(std::move(responder));
  }

  void listen(Responder responder) {
    responder.begin(200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}});
    responder.write(event());
    listeners_.push_back(std::move(responder));
  }

  std::string event() const { return "data: " + live_.state_json() + "\n\n"; }

  // In the loop, at once or as soon as the last event is old enough.
  void tell_soon() {
    if (telling_) return;
    telling_ = true;
    server_.after(kBetweenEvents, [this] {
      telling_ = false;
      tell(event());
    });
  }

  void tell(const std::string& what) {
    if (const std::shared_ptr<const std::string> page = live_.page_json()) {
      for (Responder& waiting : waiting_for_page_) waiting.reply(json_response(200, *page));
      waiting_for_page_.clear();
    }
    std::erase_if(listeners_, [](const Responder& listener) { return listener.gone(); });
    for (Responder& listener : listeners_) listener.write(what);
  }

  void beat() {
    tell(": still here\n\n");
    server_.after(kHeartbeat, [this] { beat(); });
  }

  std::string study_name_;
  bool read_only_;
  std::vector<Responder> waiting_for_page_;
  std::vector<Responder> listeners_;
  bool telling_ = false;
  PageServer server_;
  std::string owner_link_;
  LiveStudy live_;
  TaskThread worker_;  // last: it uses all of the above
};

StudyPage::StudyPage(const StudyPageOptions& options, std::span<const web::PageAsset> assets)
    : impl_(std::make_unique<Impl>(options, assets)) {}
StudyPage::~StudyPage() = default;
const std::string& StudyPage::owner_link() const { return impl_->owner_link(); }
void StudyPage::run(bool until_signal) { impl_->run(until_signal); }
void StudyPage::stop() { impl_->stop(); }

}  // namespace assay::server

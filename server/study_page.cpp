#include "server/study_page.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/core/version.h"
#include "assay/view/page.h"
#include "server/access_token.h"
#include "server/rater_links.h"
#include "server/rating_room.h"
#include "server/task_thread.h"

namespace assay::server {
namespace {

using PageJson = report::Json;

// More often than a person sees, and far less often than a run steps.
constexpr std::chrono::milliseconds kBetweenEvents{200};
constexpr std::chrono::seconds kBetweenTicks{5};
constexpr std::size_t kMostExchanges = 500;
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
        links_(links_of(options)),
        room_(open_room(options)),
        live_(live_options(options), [this] { server_.post([this] { tell_soon(); }); }) {
    if (room_) admit_raters(options);
    server_.post([this] { beat(); });
    server_.post([this] { tick(); });
  }

  const std::string& owner_link() const { return owner_link_; }
  const std::vector<std::pair<std::string, std::string>>& rater_links() const { return rater_links_; }
  std::vector<std::string> notes() const { return room_ ? room_->notes() : std::vector<std::string>(); }
  void run(bool until_signal) { server_.run(until_signal); }
  void stop() { server_.stop(); }

 private:
  static std::optional<RaterLinks> links_of(const StudyPageOptions& options) {
    if (options.raters.raters.empty()) return std::nullopt;
    return RaterLinks(options.live.request.study, options.raters.raters);
  }

  std::unique_ptr<RatingRoom> open_room(const StudyPageOptions& options) {
    if (options.raters.raters.empty()) return nullptr;
    RaterSettings raters = options.raters;
    raters.secret = links_->secret();
    return std::make_unique<RatingRoom>(options.live.request, raters,
                                        [this] { server_.post([this] { tell_soon(); }); });
  }

  // Where people judge, what they said is shown, and nobody else is asked.
  static LiveStudyOptions live_options(const StudyPageOptions& options) {
    LiveStudyOptions live = options.live;
    if (options.raters.raters.empty()) return live;
    live.request.oracle.name = "people";
    live.oracle_given = true;
    live.read_only = true;
    return live;
  }

  void admit_raters(const StudyPageOptions& options) {
    for (const std::string& rater : options.raters.raters) {
      rater_links_.emplace_back(rater, server_.admit(links_->token(rater), {rater}));
    }
  }

  void answer(const ApiRequest& request, Responder responder) {
    try {
      if (request.name == "session") return responder.reply(json_response(200, session(request.visitor)));
      if (!request.visitor.owner()) return answer_rater(request, responder);
      answer_owner(request, responder);
    } catch (const std::exception& failure) {
      responder.reply(json_error(400, failure.what()));
    }
  }

  // These take the responder where they reply; what they throw before that is replied by the caller.
  void answer_rater(const ApiRequest& request, Responder& responder) {
    const bool post = request.method == "POST";
    const std::string& rater = request.visitor.rater;
    if (!post && request.name == "rating")
      return rate(rater_, responder, [this, rater] { return room_->rating(rater); });
    if (post && request.name == "verdict") {
      return rate(rater_, responder, [this, rater, body = request.body] { return room_->verdict(rater, body); });
    }
    if (post && request.name == "undo")
      return rate(rater_, responder, [this, rater] { return room_->undo(rater); });
    responder.reply(json_error(403, "this link is for judging alone"));
  }

  void answer_owner(const ApiRequest& request, Responder& responder) {
    const bool post = request.method == "POST";
    if (!post && request.name == "page") return send_page(std::move(responder));
    if (!post && request.name == "state") return responder.reply(json_response(200, state()));
    if (!post && request.name == "events") return listen(std::move(responder));
    if (!post && request.name == "settings") {
      return later(responder, [this] { return live_.settings().compact_utf8(); });
    }
    if (!post && request.name == "exchanges") {
      return later(responder, [this, wanted = exchanges_in(request.query)] {
        return view::to_json(live_.exchanges(wanted)).compact_utf8();
      });
    }
    if (!post && room_ && request.name == "raters") return responder.reply(json_response(200, raters()));
    if (!post && room_ && request.name == "agreement") {
      return rate(reader_, responder, [this] { return room_->agreement(); });
    }
    if (post && request.name == "run") {
      live_.start(read_run_order(request.body));
      return responder.reply(json_response(202, state()));
    }
    if (post && request.name == "stop") {
      live_.stop();
      return responder.reply(json_response(202, state()));
    }
    if (request.name == "rating" || request.name == "verdict" || request.name == "undo") {
      return responder.reply(json_error(403, "this is the owner's link: who judges needs a rater's link"));
    }
    responder.reply(json_error(404, "nothing is called " + quoted(request.name) + " here"));
  }

  static app::ExchangeQuery exchanges_in(const std::map<std::string, std::string>& query) {
    const auto text = [&](const char* name) { return query.contains(name) ? query.at(name) : std::string(); };
    const auto number = [&](const char* name, std::size_t missing) {
      const std::string value = text(name);
      if (value.empty()) return missing;
      std::size_t count = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
      if (error == std::errc() && end == value.data() + value.size()) return count;
      throw InvalidArgument("expected a number as `" + std::string(name) + "`, came " + quoted(value));
    };
    return {.from = number("from", 0),
            .count = std::min(kMostExchanges, number("count", 50)),
            .search = text("search"),
            .model = text("model")};
  }

  std::string raters() const {
    const PageJson told = room_->progress().member("raters");
    PageJson raters = PageJson::array();
    for (std::size_t i = 0; i < told.size(); ++i) {
      raters.add(told.item(i).set("link", rater_links_[i].second));
    }
    return raters.compact();
  }

  std::string session(const Visitor& visitor) const {
    return PageJson::object()
        .set("role", visitor.owner() ? "owner" : "rater")
        .set("rater", visitor.owner() ? PageJson() : PageJson(visitor.rater))
        .set("read_only", read_only_ || room_ != nullptr)
        .set("study", study_name_)
        .set("assay", version())
        .compact();
  }

  std::string state() const {
    PageJson state = live_.state();
    if (room_) state.set("run", PageJson());  // whoever asks in this study is this process, for people
    return state.set("raters", room_ ? room_->progress() : PageJson()).compact_utf8();
  }

  // What takes a while is done in threads beside the loop: texts are read in one, and people who judge don't wait
  // for that one.
  void later(Responder& responder, std::function<std::string()> work) {
    answer_in(reader_, responder, [work = std::move(work)] { return json_response(200, work()); });
  }

  void rate(TaskThread& thread, Responder& responder, std::function<RatingApi::Reply()> work) {
    answer_in(thread, responder, [work = std::move(work)] {
      RatingApi::Reply reply = work();
      return json_response(reply.status, std::move(reply.body));
    });
  }

  static void answer_in(TaskThread& thread, Responder& responder, std::function<Response()> work) {
    thread.post([kept = std::make_shared<Responder>(std::move(responder)), work = std::move(work)] {
      try {
        kept->reply(work());
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

  std::string event() const { return "data: " + state() + "\n\n"; }

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

  void tick() {
    if (!room_) return;
    rater_.post([this] { room_->tick(); });
    server_.after(kBetweenTicks, [this] { tick(); });
  }

  std::string study_name_;
  bool read_only_;
  std::vector<Responder> waiting_for_page_;
  std::vector<Responder> listeners_;
  bool telling_ = false;
  PageServer server_;
  std::string owner_link_;
  std::vector<std::pair<std::string, std::string>> rater_links_;
  std::optional<RaterLinks> links_;   // empty: nobody judges on the page
  std::unique_ptr<RatingRoom> room_;  // nullptr: nobody judges on the page
  LiveStudy live_;
  TaskThread reader_;  // these two last: they use all of the above
  TaskThread rater_;
};

StudyPage::StudyPage(const StudyPageOptions& options, std::span<const web::PageAsset> assets)
    : impl_(std::make_unique<Impl>(options, assets)) {}
StudyPage::~StudyPage() = default;
const std::string& StudyPage::owner_link() const { return impl_->owner_link(); }
const std::vector<std::pair<std::string, std::string>>& StudyPage::rater_links() const {
  return impl_->rater_links();
}
std::vector<std::string> StudyPage::notes() const { return impl_->notes(); }
void StudyPage::run(bool until_signal) { impl_->run(until_signal); }
void StudyPage::stop() { impl_->stop(); }

}  // namespace assay::server

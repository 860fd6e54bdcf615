#include <algorithm>
#include <cstring>
#include <limits>
#include <unordered_set>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/file/digest.h"
#include "assay/store/study.h"
#include "assay/store/study_impl.h"

namespace assay::store {
namespace {

// Of a whole request: stored in its place, as all that is in it can be rendered again.
class RequestHash {
 public:
  explicit RequestHash(std::string_view request) : bytes_(file::digest(request)) {}
  file::Blob blob() const { return {file::bytes_of(bytes_)}; }
  /// Enough to tell that a request was never kept.
  std::uint64_t first_bytes() const { return first_bytes_of({bytes_.data(), bytes_.size()}); }
  static std::uint64_t first_bytes_of(std::string_view bytes) {
    std::uint64_t first = 0;
    std::memcpy(&first, bytes.data(), std::min(bytes.size(), sizeof first));
    return first;
  }

 private:
  file::Digest bytes_;
};

std::optional<std::uint64_t> tokens(const file::Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return static_cast<std::uint64_t>(row.integer(column));
}

std::optional<std::int64_t> stored(std::optional<std::uint64_t> tokens) {
  if (!tokens) return std::nullopt;
  return static_cast<std::int64_t>(*tokens);
}

}  // namespace

/// The table of paid calls of a study.
class StudyLedger : public CallLedger {
 public:
  explicit StudyLedger(Study::Impl& impl)
      : impl_(impl),
        find_(impl.database.prepare("SELECT content, tokens_in, tokens_out, cost, certain, seq FROM paid_call "
                                    "WHERE endpoint = ?1 AND request = ?2 AND repeat = ?3 AND failure = 0")),
        keep_(impl.database.prepare("INSERT INTO paid_call (endpoint, request, repeat, failure, content, "
                                    "tokens_in, tokens_out, cost, certain) "
                                    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")) {}

  std::optional<PaidCall> find(const CallKey& key) override {
    const std::optional<std::int64_t> at = known_endpoint(key);
    if (!at) return std::nullopt;
    const RequestHash hash(key.request);
    if (!kept_before(hash)) return std::nullopt;
    if (!find_.with(*at, hash.blob(), static_cast<std::int64_t>(key.repeat)).step()) return std::nullopt;
    PaidCall call;
    call.content = find_.text(0);
    call.tokens_in = tokens(find_, 1);
    call.tokens_out = tokens(find_, 2);
    if (!find_.is_null(3)) call.cost = Money{find_.integer(3)};
    call.certain = find_.integer(4) != 0;
    call.number = find_.integer(5);
    find_.with();  // ends the read: an open one would hold back the write-ahead log
    return call;
  }

  ReplyLengths reply_lengths(std::string_view url, std::string_view model) override {
    file::Statement row = impl_.database.prepare(
        "SELECT count(*), count(tokens_out), coalesce(avg(tokens_out), 0) FROM paid_call WHERE failure = 0 "
        "AND endpoint = (SELECT id FROM endpoint WHERE url = ?1 AND model = ?2)");
    row.with(url, model).step();
    return {static_cast<std::size_t>(row.integer(0)), static_cast<std::size_t>(row.integer(1)), row.real(2)};
  }

  void keep(const CallKey& key, const PaidCall& call) override {
    impl_.require_writable();
    impl_.begin_answering();
    const RequestHash hash(key.request);
    std::optional<std::int64_t> cost;
    if (call.cost) cost = call.cost->micros;
    keep_
        .with(endpoint(key), hash.blob(), static_cast<std::int64_t>(key.repeat), static_cast<int>(call.failure),
              std::string_view(call.content), stored(call.tokens_in), stored(call.tokens_out), cost,
              call.certain ? 1 : 0)
        .run();
    if (known_ && call.failure == 0) known_->insert(hash.first_bytes());
  }

  void begin_group() override {
    impl_.require_writable();
    impl_.begin_answering();
    group_.emplace(impl_.database);
  }

  void end_group() override {
    if (!group_) return;
    group_->commit();
    group_.reset();
  }

  Money spent() override {
    return {
        impl_.database.integer("SELECT coalesce((SELECT sum(cost) FROM paid_call), 0) + "
                               "coalesce((SELECT value FROM meta WHERE name = 'lost'), 0)")};
  }

  Money lost_to_kills() override {
    return {impl_.database.integer("SELECT coalesce((SELECT value FROM meta WHERE name = 'lost'), 0)")};
  }

  void under_way(Money at_most) override {
    impl_.require_writable();
    impl_.begin_answering();
    impl_.database.prepare("INSERT OR REPLACE INTO meta VALUES ('in_flight', ?1)").with(at_most.micros).run();
  }

  void recover() override {
    if (impl_.database.integer("SELECT value FROM meta WHERE name = 'in_flight'") == 0) return;
    impl_.begin_answering();
    file::Transaction transaction(impl_.database);
    impl_.database.execute(
        "INSERT INTO meta SELECT 'lost', value FROM meta WHERE name = 'in_flight' "
        "ON CONFLICT (name) DO UPDATE SET value = value + excluded.value");
    impl_.database.execute("UPDATE meta SET value = 0 WHERE name = 'in_flight'");
    transaction.commit();
  }

 private:
  // Most requests of a run are new: a set of numbers tells so faster than the file does.
  bool kept_before(const RequestHash& hash) {
    if (!known_) {
      known_.emplace();
      file::Statement rows = impl_.database.prepare("SELECT request FROM paid_call WHERE failure = 0");
      while (rows.step()) known_->insert(RequestHash::first_bytes_of(rows.blob(0)));
    }
    return known_->contains(hash.first_bytes());
  }

  // Empty: nothing was asked there yet.
  std::optional<std::int64_t> known_endpoint(const CallKey& key) {
    if (last_ && url_ == key.url && model_ == key.model) return last_;
    file::Statement row = impl_.database.prepare("SELECT id FROM endpoint WHERE url = ?1 AND model = ?2");
    if (!row.with(key.url, key.model).step()) return std::nullopt;
    url_ = key.url;
    model_ = key.model;
    last_ = row.integer(0);
    return last_;
  }

  std::int64_t endpoint(const CallKey& key) {
    if (const auto known = known_endpoint(key)) return *known;
    impl_.database.prepare("INSERT INTO endpoint (url, model) VALUES (?1, ?2)").with(key.url, key.model).run();
    return known_endpoint(key).value();
  }

  Study::Impl& impl_;
  file::Statement find_;
  file::Statement keep_;
  std::optional<std::unordered_set<std::uint64_t>> known_;
  std::optional<file::Transaction> group_;
  std::string url_;
  std::string model_;
  std::optional<std::int64_t> last_;
};

bool Study::has_paid_replies(std::string_view url, std::string_view model) const {
  file::Statement row = impl_->database.prepare(
      "SELECT EXISTS (SELECT 1 FROM paid_call WHERE failure = 0 "
      "AND endpoint = (SELECT id FROM endpoint WHERE url = ?1 AND model = ?2))");
  row.with(url, model).step();
  return row.integer(0) != 0;
}

CallLedger& Study::paid_calls() {
  if (!impl_->ledger) impl_->ledger = std::make_unique<StudyLedger>(*impl_);
  return *impl_->ledger;
}

}  // namespace assay::store

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "assay/asking/batch_kinds.h"
#include "assay/core/paid_calls.h"
#include "assay/http/request_batch.h"
#include "assay/judge/prices.h"
#include "assay/store/study.h"

namespace assay::asking {

/// The endpoint whose batches are answered.
struct BatchEndpoint {
  std::string url;                    ///< As in CallKey.
  std::string model;                  ///< Likewise.
  std::optional<judge::Price> price;  ///< Of single calls; a batch costs half.
  std::size_t max_tokens = 512;       ///< Of a reply.
  /// Batches in which the same request may fail. If it may fail at all, those that expired, and trouble that
  /// passes, may take kMostPassing.
  std::size_t tries = 3;
  const BatchKind* kind = &chat_batches();
};

/// A folder of batches in the form of OpenAI's API, which people send and fetch: batch-0001.jsonl is written, and
/// an output file and an error file are put beside it under any name that ends in .jsonl. Batches of other models
/// and kinds may lie there, too: they are for those who asked for them.
///
///     BatchFolder batch("batches", {url, model}, study);  // takes what was answered into the study's ledger
///     batch.add(body, 0, Money{30});
///     tell(batch.finish());                               // "batches/batch-0001.jsonl: 1 request ..."
class BatchFolder : public http::RequestBatch {
 public:
  /// Reads the folder, which is made if it is missing. Replies that the ledger lacks are kept in it. Throws
  /// DataError for a file that is none of a batch, for an output that nobody asked for, and for what is no file: a
  /// pipe would be waited for.
  BatchFolder(std::string folder, BatchEndpoint endpoint, store::Study& study);

  std::optional<std::string> given_up(const std::string& body, std::uint32_t repeat) const override;
  void add(const std::string& body, std::uint32_t repeat, Money at_most) override;
  bool empty() const override { return added_.empty(); }
  Money billed() const override { return billed_; }
  /// Writes the next batch, sorted by the requests' beginnings, of which caches make use; in files of at most
  /// 50,000 lines and 200 MB. Nothing is written while one of its files has no output at all.
  std::string finish() override;

  /// Replies that were taken into the ledger by this object.
  std::size_t taken() const { return taken_; }

 private:
  struct Entry {
    std::string body;
    std::uint32_t repeat = 0;
    std::size_t file = 0;   ///< In `files_`.
    std::size_t tries = 0;  ///< This one included.
    bool answered = false;
    bool failed = false;
    std::string why = {};  ///< Of a failure.
    bool final = false;    ///< It is no use to ask it again.
    bool passes = false;   ///< It was never run, or for trouble that passes.
    bool own = true;       ///< It asks the endpoint's model, and for what this object asks.
  };
  struct InputFile {
    std::string path;
    bool own = false;       ///< It holds own requests.
    bool answered = false;  ///< One of these was answered, well or not.
  };
  using Request = std::pair<std::string, std::uint32_t>;  ///< body, repeat

  void read_requests(const std::string& path);
  void read_replies(const std::string& path);
  void keep(const std::string& id, const Entry& entry, BatchReply reply);
  void take(const CallKey& key, const PaidCall& call);
  const Entry* last_of(const std::string& body, std::uint32_t repeat) const;

  std::string folder_;
  BatchEndpoint endpoint_;
  store::Study& study_;
  std::map<std::string, Entry> entries_;  ///< By custom_id.
  std::map<Request, std::string> last_;   ///< The custom_id of a request's last try.
  std::map<Request, Money> added_;
  std::vector<InputFile> files_;
  std::size_t batches_ = 0;
  std::size_t taken_ = 0;
  Money billed_;
  std::map<Request, std::string> replied_;  ///< The custom_id of the reply that is the ledger's.
  std::set<std::string> counted_;           ///< custom_ids of other replies whose cost is in the ledger.
};

}  // namespace assay::asking

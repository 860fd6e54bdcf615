#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "assay/core/records.h"
#include "assay/file/digest.h"

namespace assay::store {

/// What an import said last of each query that it added: its prompt with all that belongs to it, and its true
/// label. Every model's file says the same again, which is then known without asking the database. Texts of the
/// same 128 bits count as one, as in TextTable.
class QueryMemo {
 public:
  /// Whether `record`, whose text (of a chat, with its messages) has the digest `text`, is the last one that was
  /// kept of the query.
  bool has(std::int64_t query, const QueryRecord& record, const file::Digest& text) const;
  /// Keeps that the study now says what `record` says. Weights and references are not kept: records that have some
  /// are not.
  void keep(std::int64_t query, const QueryRecord& record, const file::Digest& text);

  /// Whether `label` is the last true label that was kept of the query.
  bool has_gold(std::int64_t query, std::string_view label) const;
  void keep_gold(std::int64_t query, std::string_view label);

  /// Whether `answer` is the last reference answer that was kept of the query.
  bool has_reference(std::int64_t query, std::string_view answer) const;
  void keep_reference(std::int64_t query, std::string_view answer);

  /// To be called where a query's records contradict each other: the database knows what was decided.
  void forget(std::int64_t query);

 private:
  struct Prompt {
    file::Digest text{};
    file::Digest task{};
    int turn = 0;  // 0: nothing is kept
    int options = 0;
  };
  struct Answer {
    file::Digest text{};
    bool kept = false;
  };
  // Only queries with numbers near that of the first are kept, so that a study with odd numbers costs no memory.
  template <typename Entry>
  static const Entry* find(const std::vector<Entry>& entries, std::int64_t first, std::int64_t query);
  bool has(const std::vector<Answer>& answers, std::int64_t query, std::string_view text) const;
  void keep(std::vector<Answer>& answers, std::int64_t query, std::string_view text);
  template <typename Entry>
  Entry* place(std::vector<Entry>& entries, std::int64_t query);

  std::int64_t first_ = 0;  // the number that comes first in the vectors; 0: none yet
  std::vector<Prompt> prompts_;
  std::vector<Answer> golds_;
  std::vector<Answer> references_;
};

}  // namespace assay::store

#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "assay/core/paid_calls.h"
#include "assay/file/database.h"
#include "assay/file/lock_file.h"
#include "assay/store/study.h"

namespace assay::store {

/// Which file it is, whatever its name.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t number = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// A study's open file and what state it is in.
///
/// A new study is built in "PATH.new" and gets its name only when something is committed: what a killed process
/// leaves behind never looks like a study. While answers are asked, the file is in write-ahead mode (an answer is
/// then one append) and "PATH.lock" keeps a second process from asking, and paying for, the same answers; both end
/// when the study is closed.
class Study::Impl {
 public:
  Impl(std::string study_path, Mode open_mode);
  ~Impl();

  /// Throws Error if the study was opened for reading or an import is under way.
  void require_writable() const;
  /// Gives a new study its name. Nothing for one that has it.
  void publish();
  /// Takes the right to ask for answers. Throws Error if another process has it.
  void begin_answering();
  std::int64_t oracle_id(std::string_view oracle);
  /// The oracle has its id.
  void keep_remark(std::string_view oracle, const KeptAnswer& answer, const Remark& remark);
  /// To be called where content is read: remembers how often imports had changed it the first time.
  void note_content();

  std::string path;
  Mode mode;
  std::unique_ptr<file::LockFile> unnamed;    ///< The file of a study that has no name yet.
  std::unique_ptr<file::LockFile> answering;  ///< Set while answers are asked.
  std::optional<FileIdentity> identity = {};  ///< Of the file, since then.
  file::Database database;                    ///< Closed before the locks are given back.
  bool importing = false;
  std::optional<std::int64_t> content;  ///< The state of the content when it was first read.
  std::optional<file::Statement> keep;  ///< Of answers; prepared at the first.
  std::unique_ptr<CallLedger> ledger;   ///< Of paid calls; made at first use.

 private:
  void open_named();
  void open_unnamed();
};

}  // namespace assay::store

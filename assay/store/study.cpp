#include "assay/store/study.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <utility>

#include "assay/core/error.h"
#include "assay/core/utf8.h"
#include "assay/store/averaging.h"
#include "assay/store/comparison.h"
#include "assay/store/import.h"
#include "assay/store/judges.h"
#include "assay/store/removal.h"
#include "assay/store/schema.h"
#include "assay/store/study_impl.h"
#include "assay/store/summary.h"

namespace assay::store {
namespace {

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat facts = {};
  if (stat(path.c_str(), &facts) != 0) return std::nullopt;
  return FileIdentity{facts.st_dev, facts.st_ino};
}

// SQLite makes its journal beside the file.
bool folder_writable(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  if (folder.empty()) folder = ".";
  return faccessat(AT_FDCWD, folder.c_str(), W_OK | X_OK, AT_EACCESS) == 0;
}

// SQLite reads "file:..." and ":memory:" as more than a name.
std::string plain(const std::string& path) { return path.starts_with('/') ? path : "./" + path; }

}  // namespace

Study::Impl::Impl(std::string study_path, Mode open_mode) : path(std::move(study_path)), mode(open_mode) {
  if (path.empty()) throw InvalidArgument("expected the path of a study, came an empty one");
  if (path.find('\0') != std::string::npos) throw InvalidArgument("a path can't contain a NUL byte");
  if (std::filesystem::exists(path)) {
    open_named();
  } else if (mode == Mode::create) {
    open_unnamed();
  } else {
    throw Error(escaped(path) + ": no such study");
  }
}

Study::Impl::~Impl() {
  if (!answering) return;
  keep.reset();
  ledger.reset();
  try {
    database.execute("PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE");  // One file again.
  } catch (const Error&) {  // NOLINT(bugprone-empty-catch): there are readers; the last to close tidies up.
  }
}

void Study::Impl::open_named() {
  if (!std::filesystem::is_regular_file(path))
    throw Error(escaped(path) + ": expected a study, came no plain file");
  database = file::Database(plain(path), file::Database::Access::existing);
  const int version = check_schema(database, path);
  if (version != kSchemaVersion) {
    if (database.read_only() || !folder_writable(path))
      throw Error(escaped(path) + ": made by an older Assay, and the file can't be written");
    migrate(database, version);
  }
  const bool can_write = !database.read_only() && folder_writable(path);
  if (mode == Mode::write_if_possible) mode = can_write ? Mode::write : Mode::read;
  if (mode == Mode::read) {
    database.execute("PRAGMA query_only = ON");
  } else if (!can_write) {
    throw Error(escaped(path) + ": the file or its folder can't be written (no permission)");
  }
}

void Study::Impl::open_unnamed() {
  unnamed = std::make_unique<file::LockFile>(
      path + ".new", escaped(path) + ": another process is making this study at the moment");
  if (std::filesystem::exists(path)) {  // Made by another process just now.
    unnamed.reset();
    open_named();
    return;
  }
  unnamed->clear();
  database = file::Database(plain(unnamed->path()), file::Database::Access::create);
  // A crash leaves a file without a name, so that nothing has to be undone on the disk.
  database.execute("PRAGMA page_size = 8192; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF");
  create_schema(database);
}

void Study::Impl::require_writable() const {
  if (mode == Mode::read) throw Error(escaped(path) + ": the study was opened for reading only");
  if (importing) throw Error(escaped(path) + ": an import is under way");
  // Else what is written would end in a file that nobody finds, and its log in one that is another study's.
  if (identity && identity_of(path) != identity) {
    throw Error(escaped(path) + ": the file was removed or replaced since it was opened; nothing more is written");
  }
}

void Study::Impl::publish() {
  if (!unnamed) return;
  mark_complete(database);
  database = file::Database();  // SQLite must not have a file open that changes its name.
  unnamed->publish(path);
  unnamed.reset();
  open_named();
}

void Study::Impl::begin_answering() {
  if (answering) return;
  require_writable();
  publish();
  answering = std::make_unique<file::LockFile>(
      path + ".lock", escaped(path) + ": another process is asking for answers in this study at the moment");
  database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000");
  identity = identity_of(path);
}

void Study::Impl::note_content() {
  if (!content) content = database.integer("SELECT value FROM meta WHERE name = 'content'");
}

Study::Study(const std::string& path, Mode mode) : impl_(std::make_unique<Impl>(path, mode)) {}
Study::~Study() = default;
Study::Study(Study&&) noexcept = default;
Study& Study::operator=(Study&&) noexcept = default;

const std::string& Study::path() const { return impl_->path; }

bool Study::writable() const { return impl_->mode != Mode::read; }

StudySummary Study::summary() const {
  const file::Snapshot snapshot(impl_->database);
  return summarize(impl_->database);
}

std::vector<StudySummary::Answering> Study::answering() const { return assay::store::answering(impl_->database); }

std::unique_ptr<Study::Import> Study::begin_import(bool in_batches) {
  impl_->require_writable();
  Impl* impl = impl_.get();
  impl->database.execute("PRAGMA cache_size = -65536");  // KiB
  auto import = make_import(impl->database, in_batches, [impl](bool committed) {
    impl->importing = false;
    if (committed) impl->publish();
  });
  impl->importing = true;
  return import;
}

Study::RemovalCounts Study::remove(const Removal& removal) {
  impl_->begin_answering();  // Nobody asks about what is being removed.
  return store::remove(impl_->database, removal);
}

std::vector<std::string> Study::models() const {
  file::Statement rows = impl_->database.prepare("SELECT id, name FROM model ORDER BY name");
  return names_of(named_rows(rows));
}

Comparison Study::comparison(const ComparisonChoice& choice) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  return compare(impl_->database, choice);
}

std::vector<std::string> Study::judges() const {
  const file::Snapshot snapshot(impl_->database);
  return names_of(recorded_judges(impl_->database));
}

std::vector<double> Study::weights(const Averaging& averaging, const std::vector<std::string>& queries) const {
  const file::Snapshot snapshot(impl_->database);
  impl_->note_content();
  return weights_of(impl_->database, averaging, queries);
}

std::optional<std::string> Study::remembered(std::string_view name) const {
  file::Statement statement = impl_->database.prepare("SELECT value FROM remembered WHERE name = ?1");
  if (!statement.with(name).step()) return std::nullopt;
  return std::string(statement.text(0));
}

void Study::remember(std::string_view name, std::string_view text) {
  impl_->require_writable();
  impl_->publish();
  impl_->database.prepare("INSERT OR REPLACE INTO remembered VALUES (?1, ?2)").with(name, text).run();
}

std::vector<std::string> Study::remembered_names(std::string_view begin) const {
  file::Statement statement =
      impl_->database.prepare("SELECT name FROM remembered WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name");
  statement.with(begin);
  std::vector<std::string> names;
  while (statement.step()) names.emplace_back(statement.text(0));
  return names;
}

std::optional<std::string> Study::derived(std::string_view key) const {
  file::Statement statement = impl_->database.prepare(R"sql(
    SELECT bytes FROM derived
    WHERE key = ?1 AND (?2 IS NULL OR ?2 = (SELECT value FROM meta WHERE name = 'content')))sql");
  if (!statement.with(key, impl_->content).step()) return std::nullopt;
  return std::string(statement.blob(0));
}

void Study::keep_derived(std::string_view key, std::string_view bytes) {
  impl_->require_writable();
  impl_->publish();
  file::Statement statement = impl_->database.prepare(R"sql(
    INSERT OR REPLACE INTO derived
    SELECT ?1, ?2 WHERE ?3 IS NULL OR ?3 = (SELECT value FROM meta WHERE name = 'content'))sql");
  statement.with(key, file::Blob{bytes}, impl_->content).run();
}

std::vector<std::string> Study::derived_keys() const {
  file::Statement statement = impl_->database.prepare("SELECT key FROM derived ORDER BY key");
  std::vector<std::string> keys;
  while (statement.step()) keys.emplace_back(statement.text(0));
  return keys;
}

}  // namespace assay::store

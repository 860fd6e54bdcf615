#include "assay/core/record_queue.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace assay {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{256} << 10U;
constexpr std::size_t kBatchRecords = 1024;
constexpr std::size_t kMostBatches = 8;
/// Of all that waits, unless a single text is longer.
constexpr std::size_t kMostWaiting = std::size_t{8} << 20U;

struct BaselineCall {
  std::string_view model;
};
struct DropCall {
  std::string_view reason;
};
struct NoteCall {
  std::string_view what;
};

/// Calls of a sink with all the text that they borrow.
class RecordBatch {
 public:
  using Call = std::variant<QueryRecord, ModelRecord, ResponseRecord, JudgeRecord, VerdictRecord, ScoreRecord,
                            LabelRecord, BaselineCall, DropCall, NoteCall>;

  template <typename Record>
  void push(Record record, const Location& where, OnConflict conflict) {
    own(record);
    if (paths_.empty() || paths_.back() != where.path) paths_.emplace_back(where.path);
    calls_.push_back({std::move(record), paths_.size() - 1, where.line, conflict});
  }

  std::size_t bytes() const { return block_used_ + long_bytes_; }
  bool empty() const { return calls_.empty(); }
  bool full() const { return calls_.size() >= kBatchRecords || bytes() >= kBatchBytes; }

  void clear() {
    calls_.clear();
    paths_.clear();
    weights_.clear();
    long_texts_.clear();
    long_bytes_ = block_used_ = 0;
  }

  void replay(RecordSink& sink) const {
    for (const Entry& entry : calls_) {
      const Location where{paths_[entry.path], entry.line};
      std::visit([&](const auto& record) { call(sink, record, where, entry.conflict); }, entry.call);
    }
  }

 private:
  struct Entry {
    Call call;
    std::size_t path;
    std::size_t line;
    OnConflict conflict;
  };

  static void call(RecordSink& sink, const BaselineCall& one, const Location& where, OnConflict /*conflict*/) {
    sink.baseline(one.model, where);
  }
  static void call(RecordSink& sink, const DropCall& one, const Location& where, OnConflict /*conflict*/) {
    sink.drop(one.reason, where);
  }
  static void call(RecordSink& sink, const NoteCall& one, const Location& where, OnConflict /*conflict*/) {
    sink.note(one.what, where);
  }
  template <typename Record>
  static void call(RecordSink& sink, const Record& record, const Location& where, OnConflict conflict) {
    sink.add(record, where, conflict);
  }

  /// Makes `text` the batch's own. Blocks never move, so views into them stay.
  void own(std::string_view& text) {
    if (text.size() > kBatchBytes - block_used_) {
      long_bytes_ += text.size();
      text = *long_texts_.emplace_back(std::make_unique<std::string>(text));
      return;
    }
    if (text.empty()) return;
    char* to = block_.get() + block_used_;
    std::memcpy(to, text.data(), text.size());
    block_used_ += text.size();
    text = {to, text.size()};
  }
  void own(QueryRecord& record) {
    own(record.query);
    own(record.text);
    own(record.task);
    own(record.reference);
    own(record.messages);
    if (record.weights.empty()) return;
    auto& weights = weights_.emplace_back(record.weights.begin(), record.weights.end());
    for (QueryWeight& weight : weights) own(weight.name);
    record.weights = weights;
  }
  void own(ModelRecord& record) {
    own(record.model);
    own(record.provider);
  }
  void own(ResponseRecord& record) {
    own(record.query);
    own(record.model);
    own(record.text);
  }
  void own(JudgeRecord& record) { own(record.judge); }
  void own(VerdictRecord& record) {
    own(record.query);
    own(record.model);
    own(record.opponent);
    own(record.judge);
  }
  void own(ScoreRecord& record) {
    own(record.query);
    own(record.model);
    own(record.judge);
  }
  void own(LabelRecord& record) {
    own(record.query);
    own(record.model);
    if (record.label) own(*record.label);
  }
  void own(BaselineCall& call) { own(call.model); }
  void own(DropCall& call) { own(call.reason); }
  void own(NoteCall& call) { own(call.what); }

  std::vector<Entry> calls_;
  std::deque<std::string> paths_;
  std::deque<std::vector<QueryWeight>> weights_;
  std::unique_ptr<char[]> block_ = std::make_unique<char[]>(kBatchBytes);
  std::size_t block_used_ = 0;
  std::vector<std::unique_ptr<std::string>> long_texts_;  // what did not fit into the block
  std::size_t long_bytes_ = 0;
};

/// Batches on their way from one thread to another, and back to be filled again.
class BatchQueue {
 public:
  /// An empty batch.
  std::unique_ptr<RecordBatch> blank() {
    const std::lock_guard lock(mutex_);
    if (blank_.empty()) return std::make_unique<RecordBatch>();
    auto batch = std::move(blank_.back());
    blank_.pop_back();
    return batch;
  }

  /// Waits for room. False: the other side has failed and takes no more.
  bool push(std::unique_ptr<RecordBatch> batch) {
    std::unique_lock lock(mutex_);
    const std::size_t bytes = batch->bytes();
    room_.wait(lock, [&] {
      return broken_ || full_.empty() || (full_.size() < kMostBatches && waiting_ + bytes <= kMostWaiting);
    });
    if (broken_) return false;
    waiting_ += bytes;
    full_.push_back(std::move(batch));
    work_.notify_one();
    return true;
  }

  /// There will be no more batches.
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    work_.notify_one();
  }

  /// The oldest batch; null at the end.
  std::unique_ptr<RecordBatch> pop() {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [&] { return closed_ || !full_.empty(); });
    if (full_.empty()) return nullptr;
    auto batch = std::move(full_.front());
    full_.pop_front();
    waiting_ -= batch->bytes();
    room_.notify_one();
    return batch;
  }

  void give_back(std::unique_ptr<RecordBatch> batch) {
    batch->clear();
    const std::lock_guard lock(mutex_);
    blank_.push_back(std::move(batch));
  }

  void break_off() {
    const std::lock_guard lock(mutex_);
    broken_ = true;
    room_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable room_;
  std::condition_variable work_;
  std::deque<std::unique_ptr<RecordBatch>> full_;
  std::vector<std::unique_ptr<RecordBatch>> blank_;
  std::size_t waiting_ = 0;  // bytes in full_
  bool closed_ = false;
  bool broken_ = false;
};

/// Ends a reader whose records nobody takes any more. No std::exception, so that no reader takes it for its own.
struct NobodyReads {};

class QueueSink : public RecordSink {
 public:
  explicit QueueSink(BatchQueue& queue) : queue_(queue), batch_(queue.blank()) {}

  void add(const QueryRecord& record, const Location& where, OnConflict conflict) override {
    push(record, where, conflict);
  }
  void add(const ModelRecord& record, const Location& where, OnConflict conflict) override {
    push(record, where, conflict);
  }
  void add(const ResponseRecord& record, const Location& where, OnConflict conflict) override {
    push(record, where, conflict);
  }
  void add(const JudgeRecord& record, const Location& where, OnConflict conflict) override {
    push(record, where, conflict);
  }
  void add(const VerdictRecord& record, const Location& where, OnConflict conflict) override {
    push(record, where, conflict);
  }
  void add(const ScoreRecord& record, const Location& where, OnConflict conflict) override {
    push(record, where, conflict);
  }
  void add(const LabelRecord& record, const Location& where, OnConflict conflict) override {
    push(record, where, conflict);
  }
  void baseline(std::string_view model, const Location& where) override {
    push(BaselineCall{model}, where, OnConflict::fail);
  }
  void drop(std::string_view reason, const Location& where) override {
    push(DropCall{reason}, where, OnConflict::fail);
  }
  void note(std::string_view what, const Location& where) override {
    push(NoteCall{what}, where, OnConflict::fail);
  }

  /// Gives on what is not given yet. False: nobody takes it.
  bool flush() { return batch_->empty() || queue_.push(std::exchange(batch_, queue_.blank())); }

 private:
  template <typename Record>
  void push(const Record& record, const Location& where, OnConflict conflict) {
    batch_->push(record, where, conflict);
    if (batch_->full() && !flush()) throw NobodyReads();
  }

  BatchQueue& queue_;
  std::unique_ptr<RecordBatch> batch_;
};

}  // namespace

void read_through_queue(RecordSink& sink, const std::function<void(RecordSink& sink)>& read) {
  BatchQueue queue;
  std::exception_ptr of_sink;
  const auto feed = [&] {
    try {
      while (auto batch = queue.pop()) {
        batch->replay(sink);
        queue.give_back(std::move(batch));
      }
    } catch (...) {
      of_sink = std::current_exception();
      queue.break_off();
    }
  };
  std::thread feeder;
  try {
    feeder = std::thread(feed);
  } catch (const std::system_error&) {
    return read(sink);  // No more threads to be had.
  }
  std::exception_ptr of_read;
  try {
    QueueSink queued(queue);
    try {
      read(queued);
    } catch (...) {
      of_read = std::current_exception();
    }
    queued.flush();
  } catch (...) {
    if (!of_read) of_read = std::current_exception();  // No memory.
  }
  queue.close();
  feeder.join();
  if (of_sink) std::rethrow_exception(of_sink);
  if (of_read) std::rethrow_exception(of_read);
}

}  // namespace assay

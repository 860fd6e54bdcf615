#include "assay/core/record_queue.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "assay/core/error.h"

namespace assay {
namespace {

// Writes down every call, and fails at one of them.
class QueueTape : public RecordSink {
 public:
  std::vector<std::string> calls;
  std::size_t fails_at = 0;  // from 1; 0: never
  std::thread::id thread;

  void add(const QueryRecord& r, const Location& where, OnConflict conflict) override {
    std::string weights;
    for (const QueryWeight& weight : r.weights) weights += fmt::format(" {}={}", weight.name, weight.value);
    call(fmt::format("query {} {} {} {} {}{} {} {}", r.query, r.turn, r.text, r.task, r.options, weights,
                     r.reference, r.messages),
         where, conflict);
  }
  void add(const ModelRecord& r, const Location& where, OnConflict conflict) override {
    call(fmt::format("model {} {} {} {}", r.model, r.parameters, r.price.value_or(-1), r.provider), where,
         conflict);
  }
  void add(const ResponseRecord& r, const Location& where, OnConflict conflict) override {
    call(fmt::format("response {} {} {} {} {} {}", r.query, r.model, r.turn, r.text, r.took.tokens_in.value_or(-1),
                     r.took.seconds.value_or(-1)),
         where, conflict);
  }
  void add(const JudgeRecord& r, const Location& where, OnConflict conflict) override {
    call(fmt::format("judge {} {} {} {}", r.judge, r.lower_is_better.value_or(false), r.least, r.most), where,
         conflict);
  }
  void add(const VerdictRecord& r, const Location& where, OnConflict conflict) override {
    call(fmt::format("verdict {} {} {} {} {} {}", r.query, r.model, r.opponent, r.judge, r.turn, r.value), where,
         conflict);
  }
  void add(const ScoreRecord& r, const Location& where, OnConflict conflict) override {
    call(fmt::format("score {} {} {} {} {} {}", r.query, r.model, r.judge, r.turn, r.repeat, r.value), where,
         conflict);
  }
  void add(const LabelRecord& r, const Location& where, OnConflict conflict) override {
    call(fmt::format("label {} {} {}", r.query, r.model, r.label.value_or("(absent)")), where, conflict);
  }
  void baseline(std::string_view model, const Location& where) override {
    call(fmt::format("baseline {}", model), where, OnConflict::fail);
  }
  void drop(std::string_view reason, const Location& where) override {
    call(fmt::format("drop {}", reason), where, OnConflict::fail);
  }
  void note(std::string_view what, const Location& where) override {
    call(fmt::format("note {}", what), where, OnConflict::fail);
  }

 private:
  void call(const std::string& what, const Location& where, OnConflict conflict) {
    thread = std::this_thread::get_id();
    if (calls.size() + 1 == fails_at) throw DataError(where, "expected less");
    calls.push_back(fmt::format("{} @{}:{} {}", what, where.path, where.line, static_cast<int>(conflict)));
  }
};

// Every kind of record, again and again, in texts that do not outlive their call.
void give_all_kinds(RecordSink& sink, std::size_t rounds, std::size_t long_text = 0) {
  std::string query, text, path, label, weight;
  for (std::size_t i = 0; i < rounds; ++i) {
    query = fmt::format("q{}", i);
    text = fmt::format("text {}", i) + std::string(i % 50 == 7 ? long_text : i % 300, 'x');
    path = fmt::format("file{}", i / 100);
    label = fmt::format("label {}", i);
    weight = fmt::format("weight{}", i % 3);
    const Location where{path, i};
    const QueryWeight weights[] = {{weight, 0.5 * static_cast<double>(i)}, {"traffic", 2}};
    sink.add(QueryRecord{query, 1, text, "task", 4, weights, label}, where, OnConflict::keep_first);
    sink.add(ModelRecord{.model = "m", .parameters = 7e9, .price = 12, .provider = path}, where, OnConflict::fail);
    sink.add(ResponseRecord{query, "m", 2, text, {.tokens_in = 3, .seconds = 0.25}}, where, OnConflict::keep_last);
    sink.add(JudgeRecord{label, true, 0, 1}, where, OnConflict::fail);
    sink.add(VerdictRecord{query, "m", "b", "j", 1, 0.5}, where, OnConflict::fail);
    sink.add(ScoreRecord{query, "m", "j", 1, 3, 0.75}, where, OnConflict::fail);
    sink.add(LabelRecord{query, "m", label}, where, OnConflict::fail);
    sink.add(LabelRecord{query, "", std::nullopt}, where, OnConflict::fail);
    sink.baseline("b", where);
    sink.drop(label, where);
    sink.note(text, where);
  }
}

std::string failure_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

TEST(RecordQueue, GivesOnAllThatCameInItsOrderOnAnotherThread) {
  for (const std::size_t long_text : {0U, 300'000U, 3'000'000U}) {
    QueueTape direct;
    give_all_kinds(direct, 500, long_text);
    QueueTape queued;
    read_through_queue(queued, [&](RecordSink& sink) { give_all_kinds(sink, 500, long_text); });
    ASSERT_EQ(queued.calls.size(), 5500U);
    EXPECT_EQ(queued.calls, direct.calls);
    EXPECT_NE(queued.thread, std::this_thread::get_id());
  }
}

TEST(RecordQueue, TakesNothingToo) {
  QueueTape tape;
  read_through_queue(tape, [](RecordSink&) {});
  EXPECT_TRUE(tape.calls.empty());
}

TEST(RecordQueue, AFailureOfTheSinkEndsTheReader) {
  QueueTape tape;
  tape.fails_at = 30;
  std::atomic<std::size_t> rounds{0};
  EXPECT_EQ(failure_of([&] {
              read_through_queue(tape, [&](RecordSink& sink) {
                for (;; ++rounds) give_all_kinds(sink, 1);
              });
            }),
            "file0: expected less");
  EXPECT_EQ(tape.calls.size(), 29U);
  EXPECT_LT(rounds, 1'000'000U);  // It may be ahead, but not for ever.
}

TEST(RecordQueue, AFailureOfTheReaderComesAfterWhatItGave) {
  QueueTape tape;
  const auto read = [](RecordSink& sink) {
    give_all_kinds(sink, 40);
    throw DataError({"file", 41}, "expected more");
  };
  EXPECT_EQ(failure_of([&] { read_through_queue(tape, read); }), "file:41: expected more");
  EXPECT_EQ(tape.calls.size(), 440U);
}

TEST(RecordQueue, TheFirstOfTwoFailuresIsTold) {
  const auto read = [](RecordSink& sink) {
    give_all_kinds(sink, 40);
    throw DataError({"file", 41}, "expected more");
  };
  for (const std::size_t at : {1U, 200U, 440U}) {
    QueueTape tape;
    tape.fails_at = at;
    EXPECT_TRUE(failure_of([&] { read_through_queue(tape, read); }).ends_with("expected less")) << at;
  }
}

TEST(RecordQueue, AnyExceptionLeavesAsItIs) {
  QueueTape tape;
  EXPECT_THROW(read_through_queue(tape, [](RecordSink&) { throw std::out_of_range("x"); }), std::out_of_range);
  EXPECT_THROW(read_through_queue(tape, [](RecordSink&) { throw 5; }), int);
}

// A reader that takes errors of its own rows lightly must not go on for ever.
TEST(RecordQueue, AReaderThatCatchesErrorsEndsToo) {
  QueueTape tape;
  tape.fails_at = 1;
  const auto read = [](RecordSink& sink) {
    for (;;) {
      try {
        give_all_kinds(sink, 1);
      } catch (const std::exception&) {
        continue;
      }
    }
  };
  EXPECT_EQ(failure_of([&] { read_through_queue(tape, read); }), "file0: expected less");
}

}  // namespace
}  // namespace assay

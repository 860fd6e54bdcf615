// Import of what evaluation tools write: samples of lm-evaluation-harness and logs of Inspect AI (.eval packed by
// deflate and by zstd, .json), beside reading the same files without a study. The files are made up here, eight
// models on two tasks. `bench_import_samples 1000`: 1000 MB of each instead of 200.

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "assay/app/import.h"
#include "assay/data/format.h"
#include "bench/measure.h"

namespace {

constexpr int kRuns = 3;
constexpr int kModels = 8;

enum class Packing { deflate, zstd, none };

std::string model_name(int model) { return fmt::format("acme/model-{}", model); }

// 64 digits that depend on a number, as hashes do.
std::string digits(std::uint64_t number) {
  std::string text;
  for (std::uint64_t i = 0; i < 4; ++i) text += fmt::format("{:016x}", (number + i + 1) * 0x9E3779B97F4A7C15U);
  return text;
}

std::string sum_row(int model, std::size_t i) {
  const std::size_t a = i * 7919 % 9973;
  const std::size_t b = i * 104729 % 7919;
  const std::size_t said = a + b + (i * 31 + static_cast<std::size_t>(model)) % 3 / 2;
  const std::string question =
      fmt::format("Case {}: a shop has {} nuts and gets {} more. How many are there?", i, a, b);
  return fmt::format(
      R"({{"doc_id": {0}, "doc": {{"idx": {0}, "question": "{1}", "answer": "{2}"}}, "target": "{2}", "arguments": )"
      R"({{"gen_args_0": {{"arg_0": "Q: {1}\nA:", "arg_1": {{"until": ["\n\n"], "do_sample": false}}}}}}, "resps": )"
      R"([["Model {3} takes {4} and {5} together, which makes {6}.\n#### {6}"]], "filtered_resps": ["{6}"], "filter": )"
      R"("strict-match", "metrics": ["exact_match"], "doc_hash": "{7}", "prompt_hash": "{8}", "target_hash": "{9}", )"
      R"("exact_match": {10}}})"
      "\n",
      i, question, a + b, model, a, b, said, digits(i), digits(i + 1'000'000), digits(a + b),
      said == a + b ? "1.0" : "0.0");
}

std::string choice_row(int model, std::size_t i) {
  const std::size_t right = i % 4;
  const std::size_t best = (i * 13 + static_cast<std::size_t>(model)) % 3 == 0 ? (right + 1) % 4 : right;
  std::string arguments, responses, flat;
  for (std::size_t k = 0; k < 4; ++k) {
    arguments += fmt::format(
        R"({}"gen_args_{}": {{"arg_0": "Question {}: which of these is the largest?\nAnswer:", "arg_1": " {}"}})",
        k == 0 ? "" : ", ", k, i, i + 10 * (k == right ? 9 : k));
    const std::string likelihood =
        fmt::format(R"(["-{}.{:04}", "{}"])", k == best ? 1 : 3 + k, i % 9973, k == best ? "True" : "False");
    responses += fmt::format("{}[{}]", k == 0 ? "" : ", ", likelihood);
    flat += (k == 0 ? "" : ", ") + likelihood;
  }
  const char* score = best == right ? "1.0" : "0.0";
  return fmt::format(
      R"({{"doc_id": {0}, "doc": {{"question": "Question {0}: which of these is the largest?", "answer": {1}}}, "target": )"
      R"("{1}", "arguments": {{{2}}}, "resps": [{3}], "filtered_resps": [{4}], "filter": "none", "metrics": ["acc", )"
      R"("acc_norm"], "doc_hash": "{5}", "prompt_hash": "{6}", "target_hash": "{7}", "acc": {8}, "acc_norm": {8}}})"
      "\n",
      i, right, arguments, responses, flat, digits(i), digits(i + 2'000'000), digits(right), score);
}

// Returns the bytes of text.
std::size_t write_lm_eval(const std::string& folder, std::size_t bytes) {
  std::size_t total = 0;
  const std::size_t each = bytes / kModels / 2;
  for (int model = 0; model < kModels; ++model) {
    const std::string place = fmt::format("{}/acme__model-{}", folder, model);
    std::filesystem::create_directories(place);
    std::ofstream(place + "/results_2026-11-28T21-05-48.222648.json") << fmt::format(
        R"({{"results": {{"sums": {{"exact_match,strict-match": 0.5}}, "choices": {{"acc,none": 0.5}}}}, "model_name": )"
        R"("{}", "higher_is_better": {{"sums": {{"exact_match": true}}, "choices": {{"acc": true, "acc_norm": true}}}}}})",
        model_name(model));
    for (const char* task : {"sums", "choices"}) {
      std::ofstream out(fmt::format("{}/samples_{}_2026-11-28T21-05-48.222648.jsonl", place, task),
                        std::ios::binary);
      std::size_t written = 0;
      for (std::size_t i = 0; written < each; ++i) {
        const std::string row = task[0] == 's' ? sum_row(model, i) : choice_row(model, i);
        out << row;
        written += row.size();
      }
      total += written;
    }
  }
  return total;
}

std::string inspect_header(int model, const char* task) {
  return fmt::format(R"({{
  "version": 2,
  "status": "success",
  "eval": {{"created": "2026-11-28T20:51:05+00:00", "task": "{}", "model": "{}"}},
  "results": {{"scores": [{{"name": "match", "scorer": "match"}}]}})",
                     task, model_name(model));
}

// What people read of a sample is a sixth of it; the rest are the events that led there.
std::string inspect_sample(int model, std::size_t i) {
  const std::string question = fmt::format("Riddle {}: what has {} keys and opens no lock?", i, i % 97);
  const std::string answer = fmt::format("Model {} thinks for a while about case {} and says: a piano.", model, i);
  std::string events;
  for (int event = 0; event < 8; ++event) {
    events += fmt::format(R"({}
    {{
      "uuid": "{}",
      "timestamp": "2026-11-28T20:51:05.{:06}+00:00",
      "working_start": {}.25,
      "event": "model",
      "model": "{}",
      "input": [
        {{
          "role": "user",
          "content": "{}"
        }}
      ],
      "output": {{
        "completion": "{}"
      }}
    }})",
                          event == 0 ? "" : ",", digits(i * 8 + static_cast<std::size_t>(event)).substr(0, 22),
                          i % 1'000'000, i % 7000, model_name(model), question, answer);
  }
  return fmt::format(R"({{
  "id": "r{0}",
  "epoch": 1,
  "input": "{1}",
  "target": "a piano",
  "output": {{
    "model": "{2}",
    "choices": [{{"message": {{"role": "assistant", "content": "{3}"}}, "stop_reason": "stop"}}],
    "completion": "{3}",
    "usage": {{"input_tokens": {4}, "output_tokens": 21, "total_tokens": {5}}},
    "time": 0.25
  }},
  "scores": {{"match": {{"value": "{6}", "answer": "a piano"}}}},
  "model_usage": {{"{2}": {{"input_tokens": {4}, "output_tokens": 21, "total_tokens": {5}}}}},
  "events": [{7}
  ]
}})",
                     i, question, model_name(model), answer, 20 + i % 40, 41 + i % 40,
                     (i + static_cast<std::size_t>(model)) % 3 == 0 ? "I" : "C", events);
}

// A zip file, as Inspect writes one.
class ZipWriter {
 public:
  ZipWriter(const std::string& path, Packing packing) : out_(path, std::ios::binary), packing_(packing) {}

  void add(const std::string& name, const std::string& text) {
    const std::string packed = packing_ == Packing::zstd ? by_zstd(text) : by_deflate(text);
    std::string facts;  // 4.3.7 of PKWARE's APPNOTE.TXT, from the version on
    const auto number = [&](std::uint64_t value, int bytes) {
      for (int i = 0; i < bytes; ++i) facts += static_cast<char>(value >> 8 * i & 0xFFU);
    };
    number(63, 2);
    number(0, 2);
    number(packing_ == Packing::zstd ? 93 : 8, 2);
    number(0, 4);
    number(crc32_z(0, reinterpret_cast<const Bytef*>(text.data()), text.size()), 4);
    number(packed.size(), 4);
    number(text.size(), 4);
    number(name.size(), 2);
    number(0, 2);
    out_ << "PK\x03\x04" << facts << name << packed;
    const std::uint64_t at = at_;
    at_ += 4 + facts.size() + name.size() + packed.size();
    number(0, 2);  // comment
    number(0, 2);  // disk
    number(0, 2);
    number(0, 4);
    number(at, 4);
    directory_ += "PK\x01\x02";
    directory_ += facts.substr(0, 2) + facts + name;
    ++count_;
  }

  void finish() {
    out_ << directory_;
    std::string end = "PK\x05\x06";
    const auto number = [&](std::uint64_t value, int bytes) {
      for (int i = 0; i < bytes; ++i) end += static_cast<char>(value >> 8 * i & 0xFFU);
    };
    number(0, 4);
    number(count_, 2);
    number(count_, 2);
    number(directory_.size(), 4);
    number(at_, 4);
    number(0, 2);
    if (!(out_ << end).flush()) throw std::runtime_error("can't write a zip file");
  }

 private:
  static std::string by_zstd(const std::string& text) {
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    const std::size_t size = ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 3);
    if (ZSTD_isError(size) != 0U) throw std::runtime_error("zstd failed");
    packed.resize(size);
    return packed;
  }
  static std::string by_deflate(const std::string& text) {
    z_stream stream{};
    if (deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
      throw std::runtime_error("zlib failed");
    }
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    const int code = deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    if (code != Z_STREAM_END) throw std::runtime_error("zlib failed");
    return packed;
  }

  std::ofstream out_;
  Packing packing_;
  std::string directory_;
  std::uint64_t at_ = 0;
  std::uint64_t count_ = 0;
};

std::size_t write_inspect(const std::string& folder, std::size_t bytes, Packing packing) {
  std::filesystem::create_directories(folder);
  std::size_t total = 0;
  const std::size_t each = bytes / kModels / 2;
  for (int model = 0; model < kModels; ++model) {
    for (const char* task : {"riddles", "jokes"}) {
      const std::string stem = fmt::format("{}/2026-11-28T20-51-05_{}_{}", folder, task, model);
      const std::string header = inspect_header(model, task);
      std::size_t written = 0;
      if (packing == Packing::none) {
        std::ofstream out(stem + ".json", std::ios::binary);
        out << header << ",\n  \"samples\": [\n";
        for (std::size_t i = 0; written < each; ++i) {
          const std::string sample = inspect_sample(model, i);
          out << (i == 0 ? "" : ",\n") << sample;
          written += sample.size();
        }
        out << "\n]\n}\n";
      } else {
        ZipWriter zip(stem + ".eval", packing);
        zip.add("_journal/start.json", header + "\n}");
        for (std::size_t i = 0; written < each; ++i) {
          const std::string sample = inspect_sample(model, i);
          zip.add(fmt::format("samples/r{}_epoch_1.json", i), sample);
          written += sample.size();
        }
        zip.add("header.json", header + "\n}");
        zip.finish();
      }
      total += written;
    }
  }
  return total;
}

/// Takes records and keeps none.
class NoStudy : public assay::RecordSink {
 public:
  void add(const assay::QueryRecord&, const assay::Location&, assay::OnConflict) override {}
  void add(const assay::ModelRecord&, const assay::Location&, assay::OnConflict) override {}
  void add(const assay::ResponseRecord&, const assay::Location&, assay::OnConflict) override {}
  void add(const assay::JudgeRecord&, const assay::Location&, assay::OnConflict) override {}
  void add(const assay::VerdictRecord&, const assay::Location&, assay::OnConflict) override {}
  void add(const assay::ScoreRecord&, const assay::Location&, assay::OnConflict) override {}
  void add(const assay::LabelRecord&, const assay::Location&, assay::OnConflict) override {}
  void baseline(std::string_view, const assay::Location&) override {}
  void drop(std::string_view, const assay::Location&) override {}
  void note(std::string_view, const assay::Location&) override {}
};

void measure(const std::string& what, const std::string& format, const std::string& folder, std::size_t bytes,
             const std::string& study) {
  std::vector<double> seconds, processor, memory, ratios;
  for (int run = 0; run < kRuns; ++run) {
    const Cost reading = cost_of([&] {
      NoStudy none;
      assay::data::format(format).read(std::vector{folder}, {}, none, {});
    });
    const Cost import = cost_of(
        [&] { assay::app::run_import({.format = format, .paths = {folder}, .study = study, .options = {}}); });
    std::filesystem::remove(study);
    seconds.push_back(import.seconds);
    processor.push_back(import.processor);
    memory.push_back(import.megabytes);
    ratios.push_back(import.processor / reading.processor);
  }
  const double megabytes = static_cast<double>(bytes) / 1e6;
  fmt::print(
      "  {:<16} {:4.0f} MB: {:4.0f} MB/s, {:4.0f} MB a second of processor time, {:.1f} times reading alone; "
      "peak {:.0f} MB\n",
      what, megabytes, megabytes / median(seconds), megabytes / median(processor), median(ratios), median(memory));
}

}  // namespace

int main(int argc, char** argv) {
  const ScratchFolder scratch;
  const std::size_t bytes = (argc > 1 ? std::stoul(argv[1]) : 200) * 1'000'000;
  fmt::print(
      "import of samples: {} models, 2 tasks, median of {} runs (target: 150 MB/s on two cores, below 400 MB)\n",
      kModels, kRuns);
  const std::string study = scratch.file("bench.assay");
  const auto one = [&](const char* what, const char* format, const auto& write) {
    const std::string folder = scratch.file("input");
    const std::size_t written = write(folder);
    measure(what, format, folder, written, study);
    std::filesystem::remove_all(folder);
  };
  one("lm-eval", "lm-eval", [&](const std::string& folder) { return write_lm_eval(folder, bytes); });
  one("inspect zstd", "inspect",
      [&](const std::string& folder) { return write_inspect(folder, bytes, Packing::zstd); });
  one("inspect deflate", "inspect",
      [&](const std::string& folder) { return write_inspect(folder, bytes, Packing::deflate); });
  one("inspect .json", "inspect",
      [&](const std::string& folder) { return write_inspect(folder, bytes, Packing::none); });
}

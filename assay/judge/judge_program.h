#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/judge/program_hooks.h"

namespace assay::judge {

/// One line that a program answered with.
struct ProgramReply {
  std::string verdict = {};                  ///< As it came; empty: there was none.
  std::optional<double> score = {};          ///< Finite.
  std::optional<std::string> response = {};  ///< Of a program that answers prompts.
  std::string failure = {};                  ///< Why there is none of them; empty: there is one.
};

/// A program that judges, or that answers prompts: one JSON request a line in, one JSON answer a line out, in any
/// order, told apart by "id". It is started at the first request, serves all of them, and ends with this object. A
/// program that crashes, says nothing for too long, writes what is no answer or stops reading has failed: it is
/// killed and started anew, and what was in flight is asked once more, one by one, so that one bad request takes no
/// other with it. A request that fails twice has failed. Three such in a row, or ten calls in a row that gave
/// nothing of use, are an OracleError: nobody is asked on and on for nothing.
class JudgeProgram {
 public:
  static constexpr std::size_t kMostInFlight = 1024;

  /// `command`: as for split_words. Throws InvalidArgument if it is no command.
  JudgeProgram(const std::string& command, ProgramHooks hooks);
  ~JudgeProgram();

  /// Asks `count` requests, all in flight at once up to kMostInFlight. `request(i, id)` gives the i-th as a JSON
  /// object in one line that has this id; `answered(i, reply)` is called once for each, in any order, and says why
  /// the reply is of no use (empty: it is). Throws OracleError if the program can't be started or keeps failing;
  /// what was handed over before that stands.
  void ask(std::size_t count, const std::function<std::string(std::size_t, std::uint64_t)>& request,
           const std::function<std::string(std::size_t, const ProgramReply&)>& answered);

  /// "3 calls failed: REASON" for each reason.
  std::vector<std::string> notes() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Work;

  void start();
  void work_off(Work& work);
  void send(Work& work);
  void hear(Work& work);
  void take(Work& work, const std::string& line);
  void give_up(Work& work, const std::string& reason);
  void hand_over(Work& work, std::size_t i, const ProgramReply& reply);
  [[noreturn]] void stop(std::size_t calls, const std::string& reason) const;

  std::vector<std::string> words_;
  ProgramHooks hooks_;
  std::unique_ptr<Program> program_;
  std::uint64_t next_id_ = 1;
  std::size_t crashed_in_a_row_ = 0;  // calls
  std::size_t useless_in_a_row_ = 0;  // likewise
  Clock::time_point heard_;
  std::string last_remark_;
  std::map<std::string, std::size_t> failures_;
  std::size_t other_failures_ = 0;
};

}  // namespace assay::judge

#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace assay::server {

/// Does one thing after the other in a thread of its own, so that the loop of a server waits for none.
class TaskThread {
 public:
  TaskThread() : thread_([this] { work(); }) {}
  /// Finishes what it is at; what was not begun is dropped.
  ~TaskThread();
  TaskThread(const TaskThread&) = delete;
  TaskThread& operator=(const TaskThread&) = delete;

  /// From any thread. What a task throws is lost: it must tell its own failures.
  void post(std::function<void()> task);

 private:
  void work();

  std::mutex mutex_;
  std::condition_variable woken_;
  std::deque<std::function<void()>> tasks_;
  bool ending_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace assay::server

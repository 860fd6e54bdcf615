#include "server/task_thread.h"

#include <exception>
#include <utility>

namespace assay::server {

TaskThread::~TaskThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

void TaskThread::post(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  woken_.notify_all();
}

void TaskThread::work() {
  while (true) {
    std::function<void()> task;
    {
      std::unique_lock lock(mutex_);
      woken_.wait(lock, [&] { return ending_ || !tasks_.empty(); });
      if (ending_) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    try {
      task();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): see `post`; the next task tries again
    }
  }
}

}  // namespace assay::server

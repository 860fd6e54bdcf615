#include "assay/file/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "assay/core/error.h"
#include "assay/core/utf8.h"

namespace assay::file {
namespace {

[[noreturn]] void fail(const std::string& path, const char* what) {
  throw Error(escaped(path) + ": " + what + ": " + std::strerror(errno));
}

// Closes when it goes.
class PrivateDescriptor {
 public:
  explicit PrivateDescriptor(int number) : number_(number) {}
  ~PrivateDescriptor() {
    if (number_ >= 0) close(number_);
  }
  PrivateDescriptor(const PrivateDescriptor&) = delete;
  PrivateDescriptor& operator=(const PrivateDescriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

bool write_all(int to, const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t count = ::write(to, text.data() + done, text.size() - done);
    if (count < 0 && errno != EINTR) return false;
    if (count > 0) done += static_cast<std::size_t>(count);
  }
  return fsync(to) == 0;
}

}  // namespace

void write_private(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());
  const PrivateDescriptor out(open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (out.number() < 0) fail(fresh, "can't be made");
  if (fchmod(out.number(), 0600) != 0 || !write_all(out.number(), text) ||
      std::rename(fresh.c_str(), path.c_str()) != 0) {
    const int why = errno;
    unlink(fresh.c_str());
    errno = why;
    fail(path, "can't be written");
  }
}

std::optional<std::string> read_private(const std::string& path, std::size_t most) {
  const PrivateDescriptor in(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (in.number() < 0 && errno == ENOENT) return std::nullopt;
  if (in.number() < 0) fail(path, "can't be read");
  struct stat facts = {};
  if (fstat(in.number(), &facts) != 0) fail(path, "can't be read");
  if (!S_ISREG(facts.st_mode)) throw Error(escaped(path) + ": expected a file, came something else");
  if ((facts.st_mode & 0077U) != 0) {
    throw Error(escaped(path) + ": others may read or write it, and it holds secrets: chmod 600 it, or remove it");
  }
  std::string text(most + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t count = ::read(in.number(), text.data() + size, text.size() - size);
    if (count == 0) break;
    if (count < 0 && errno != EINTR) fail(path, "can't be read");
    if (count > 0) size += static_cast<std::size_t>(count);
  }
  if (size > most) throw Error(escaped(path) + ": larger than it may be");
  text.resize(size);
  return text;
}

}  // namespace assay::file

#include "assay/exports/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "assay/core/error.h"

namespace assay::exports {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
 protected:
  OutputFileTest() {
    std::string name = (fs::temp_directory_path() / "assay-output-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~OutputFileTest() override { fs::remove_all(folder_); }

  static std::string read(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static void write(const fs::path& path, const std::string& text) {
    OutputFile file(path.string());
    file.write(text);
    file.finish();
  }

  fs::path folder_;
};

TEST_F(OutputFileTest, AFileIsReplacedWhenItIsWhole) {
  write(folder_ / "a", "before");
  {
    OutputFile file((folder_ / "a").string());
    file.write("half");
    EXPECT_EQ(read(folder_ / "a"), "before");
  }
  EXPECT_EQ(read(folder_ / "a"), "before");
  write(folder_ / "a", "after");
  EXPECT_EQ(read(folder_ / "a"), "after");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), {}), 1) << "nothing is left beside it";
}

TEST_F(OutputFileTest, APipeStaysOne) {
  const fs::path pipe = folder_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  std::string got;
  std::thread reader([&] { got = read(pipe); });
  write(pipe, "through the pipe");
  reader.join();
  EXPECT_EQ(got, "through the pipe");
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_FALSE(fs::exists(folder_ / "pipe.part"));
}

TEST_F(OutputFileTest, OfALinkTheFileIsWritten) {
  fs::create_directory(folder_ / "elsewhere");
  write(folder_ / "elsewhere/a", "before");
  fs::create_symlink("elsewhere/a", folder_ / "link");
  fs::create_symlink("link", folder_ / "second");
  write(folder_ / "second", "after");
  EXPECT_TRUE(fs::is_symlink(folder_ / "link"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "second"));
  EXPECT_EQ(read(folder_ / "elsewhere/a"), "after");
  fs::create_symlink(folder_ / "elsewhere/new", folder_ / "to-nothing");
  write(folder_ / "to-nothing", "new");
  EXPECT_TRUE(fs::is_symlink(folder_ / "to-nothing"));
  EXPECT_EQ(read(folder_ / "elsewhere/new"), "new");
}

TEST_F(OutputFileTest, ErrorsHaveThePathThatWasGiven) {
  const std::string path = (folder_ / "missing/a").string();
  try {
    OutputFile file(path);
    FAIL() << "there is no such folder";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::StartsWith(path + ": can't be written"));
  }
  EXPECT_THROW(OutputFile{folder_.string()}, InvalidArgument);
}

}  // namespace
}  // namespace assay::exports

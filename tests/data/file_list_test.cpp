#include "assay/data/file_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/data/sample_folder.h"

namespace assay::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FileList, ListsByNameAndLeavesOutWhatIsNotMeant) {
  const SampleFolder folder;
  folder.write("b.jsonl", "12");
  folder.write("a.jsonl.gz", "345");
  folder.write(".hidden.jsonl", "");
  folder.write("c.json", "");
  folder.write("d.jsonl/x", "");
  EXPECT_THAT(folder_names(folder.path()), ElementsAre("a.jsonl.gz", "b.jsonl", "c.json", "d.jsonl"));
  const auto files = jsonl_files(folder.path());
  EXPECT_THAT(files, ElementsAre(folder.path("a.jsonl.gz"), folder.path("b.jsonl")));
  EXPECT_EQ(total_size(files), 5U);
  EXPECT_THAT(jsonl_files(folder.path("absent")), ElementsAre());
  EXPECT_EQ(jsonl_file(folder.path(), "a"), folder.path("a.jsonl.gz"));
  EXPECT_EQ(jsonl_file(folder.path(), "c"), "");
}

TEST(FileList, TellsNames) {
  EXPECT_EQ(jsonl_stem("x/gpt-4_single.bcf7.jsonl.gz"), "gpt-4_single.bcf7");
  EXPECT_EQ(jsonl_stem("x/m.1.jsonl"), "m.1");
  EXPECT_EQ(file_name("/a/b/"), "b");
  EXPECT_EQ(file_name("/a/b/./c/.."), "b");
  EXPECT_EQ(parent_folder("/a/b/c"), "/a/b");
}

TEST(FileList, TellsWhatIsNotThere) {
  const SampleFolder folder;
  EXPECT_THROW(require_path(folder.path("absent")), InvalidArgument);
  EXPECT_THROW(require_file(folder.path()), InvalidArgument);
  EXPECT_NO_THROW(require_path(folder.path()));
  EXPECT_THAT(error_of([&] { folder_names(folder.path("a\nb")); }), HasSubstr("a\\x0ab: can't be read"));
}

TEST(FileList, PassesOverPipesAndDevices) {
  const SampleFolder folder;
  folder.write("a/b.jsonl", "1");
  EXPECT_NO_THROW(require_plain_files(folder.path("a")));
  ASSERT_EQ(mkfifo(folder.path("a/pipe.jsonl").c_str(), 0600), 0);
  ASSERT_EQ(symlink("/dev/zero", folder.path("a/zero.jsonl").c_str()), 0);
  EXPECT_THAT(jsonl_files(folder.path("a")), ElementsAre(folder.path("a/b.jsonl")));
  EXPECT_THAT(jsonl_files_below(folder.path()), ElementsAre(folder.path("a/b.jsonl")));
  EXPECT_EQ(jsonl_file(folder.path("a"), "pipe"), "");
  EXPECT_TRUE(is_file(folder.path("a/pipe.jsonl")));
  EXPECT_FALSE(is_plain_file(folder.path("a/pipe.jsonl")));
  EXPECT_THAT(error_of([&] { require_plain_files(folder.path("a")); }),
              HasSubstr("pipe.jsonl: expected a plain file, came a pipe, a socket or a device"));
}

TEST(FileList, LooksIntoFolders) {
  const SampleFolder folder;
  for (const char* name : {"b.jsonl", "a/z.jsonl", "a/x/y.jsonl.gz", "a/x/n.json", ".git/h.jsonl"})
    folder.write(name, "1");
  std::filesystem::create_directory_symlink(folder.path(), folder.path("a/x/round"));
  const auto files = jsonl_files_below(folder.path());
  EXPECT_THAT(files, ElementsAre(folder.path("a/x/y.jsonl.gz"), folder.path("a/z.jsonl"), folder.path("b.jsonl")));
  EXPECT_THAT(jsonl_files_below(folder.path("absent")), ElementsAre());
  EXPECT_THAT(files_below(folder.path("a"), "n.json"), ElementsAre(folder.path("a/x/n.json")));
  const auto names = names_below(folder.path(), folder.path("a/x/y.jsonl.gz"));
  EXPECT_THAT(names, ElementsAre("a", "x", "y.jsonl.gz"));
  EXPECT_EQ(joined_names(names), "a/x/y.jsonl.gz");
}

}  // namespace
}  // namespace assay::data

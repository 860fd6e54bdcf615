#include "assay/file/row_table.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

namespace assay::file {
namespace {

class RowTableTest : public testing::Test {
 protected:
  RowTableTest() { database_.execute("CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT, size REAL) STRICT"); }

  Database database_{":memory:", Database::Access::create};
  std::vector<std::string> names_;
  RowTable rows_{database_, "new_name", "CREATE TABLE new_name (id, text, size)", [&] { return names_.size(); },
                 [&](std::size_t row, int column) -> RowTable::Value {
                   if (column == 0) return static_cast<std::int64_t>(row) + 1;
                   if (column == 2) return row % 2 == 0 ? 0.5 : std::nan("");
                   return names_[row] == "none" ? RowTable::Value()
                                                : RowTable::Value(std::string_view(names_[row]));
                 }};
};

TEST_F(RowTableTest, ManyRowsAreOneStatement) {
  Statement insert = database_.prepare("INSERT INTO name SELECT * FROM new_name");
  insert.run();
  EXPECT_EQ(database_.integer("SELECT count(*) FROM name"), 0);
  for (int i = 0; i < 5000; ++i) names_.push_back(i == 7 ? "none" : i == 8 ? "" : "name " + std::to_string(i));
  EXPECT_TRUE(insert.run_if_allowed());
  EXPECT_EQ(database_.changes(), 5000);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM name WHERE text = 'name ' || (id - 1)"), 4998);
  EXPECT_EQ(database_.integer("SELECT id FROM name WHERE text IS NULL"), 8);
  EXPECT_EQ(database_.integer("SELECT id FROM name WHERE text = ''"), 9);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM name WHERE size = 0.5 AND id % 2 = 1"), 2500);
  EXPECT_EQ(database_.integer("SELECT count(*) FROM name WHERE size IS NULL AND id % 2 = 0"), 2500);
}

TEST_F(RowTableTest, ARowThatIsThereKeepsAllOut) {
  database_.execute("INSERT INTO name VALUES (3, 'there', 1)");
  names_ = {"a", "b", "c", "d"};
  Statement insert = database_.prepare("INSERT INTO name SELECT * FROM new_name");
  const Transaction transaction(database_);
  EXPECT_FALSE(insert.run_if_allowed());
  EXPECT_EQ(database_.integer("SELECT count(*) FROM name"), 1);
  names_.resize(2);
  EXPECT_TRUE(insert.run_if_allowed());
  EXPECT_EQ(database_.integer("SELECT count(*) FROM name"), 3);
  EXPECT_TRUE(database_.in_transaction());
}

}  // namespace
}  // namespace assay::file

#include "assay/report/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "assay/core/error.h"

namespace assay::report {
namespace {

TEST(Table, AlignsColumns) {
  Table table({{"model"}, {"win rate", Align::right}});
  table.add_row({"gpt-4", "97.64 %"});
  table.add_row({"a-long-name", "5.1 %"});
  EXPECT_EQ(table.text(),
            "model        win rate\n"
            "───────────  ────────\n"
            "gpt-4         97.64 %\n"
            "a-long-name     5.1 %\n");
}

TEST(Table, WideCharactersTakeTwoColumns) {
  Table table({{"m"}, {"n", Align::right}});
  table.add_row({"모델", "1"});
  table.add_row({"abcd", "22"});
  EXPECT_EQ(table.text(),
            "m      n\n"
            "────  ──\n"
            "모델   1\n"
            "abcd  22\n");
}

TEST(Table, HasNoTrailingSpacesAndEmptyCellsForMissingOnes) {
  Table table({{"a"}, {"b"}});
  table.add_row({"x"});
  table.add_row({"longer", "y"});
  EXPECT_EQ(table.text().find(" \n"), std::string::npos);
  EXPECT_EQ(table.rows(), 2U);
}

TEST(Table, HostileCellsCannotMoveTheCursor) {
  Table table({{"model"}});
  table.add_row({"\x1b[2J\r\nfake\xFF\xC2\x9B"});
  const std::string text = table.text();
  EXPECT_NE(text.find(R"(\x1b[2J\x0d\x0afake\xff\xc2\x9b)"), std::string::npos) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
}

TEST(Table, CutsLongCells) {
  Table table({{"model", Align::left, 10}});
  table.add_row({std::string(1'000'000, 'x')});
  EXPECT_EQ(table.text(), "model\n──────────\nxxxxxxxxx…\n");
}

TEST(Table, ColourIsOptional) {
  Table table({{"model"}});
  table.add_row({"best"}, Emphasis::strong);
  EXPECT_EQ(table.text(true), "\x1b[1mmodel\x1b[0m\n\x1b[2m─────\x1b[0m\n\x1b[1mbest\x1b[0m\n");
  EXPECT_EQ(table.text(false), "model\n─────\nbest\n");
}

TEST(Table, RefusesWhatIsNoTable) {
  EXPECT_THROW(Table({}), InvalidArgument);
  Table table({{"a"}});
  EXPECT_THROW(table.add_row({"1", "2"}), InvalidArgument);
}

}  // namespace
}  // namespace assay::report

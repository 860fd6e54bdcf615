// Prompts that are made of the columns of a table.

#include "assay/data/prompt_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "assay/app/import.h"
#include "assay/core/error.h"
#include "tests/app/app_fixture.h"

namespace assay::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string rendered(std::string_view text) {
  return RowTemplate(text).render([](const std::string& column) { return "<" + column + ">"; });
}

TEST(RowTemplateTest, NamesColumnsInBraces) {
  EXPECT_EQ(rendered("{a}"), "<a>");
  EXPECT_EQ(rendered("Say {a} in {two words}."), "Say <a> in <two words>.");
  EXPECT_EQ(rendered("{a}{a}"), "<a><a>");
  EXPECT_EQ(rendered(R"({{"x": "{a}"}})"), R"({"x": "<a>"})");
}

TEST(RowTemplateTest, WhatMakesNoSenseIsRefused) {
  for (const char* text : {"", "plain", "{", "{}", "{a", "a}", "{{a}}"}) {
    EXPECT_THROW(RowTemplate{text}, InvalidArgument) << text;
  }
}

class PromptRowsTest : public AppTest {
 protected:
  std::vector<std::string> prompts(const std::string& content, const std::string& prompt) {
    write("rows.txt", content);
    const std::string study = path("s" + std::to_string(++studies_) + ".assay");
    app::run_import({.paths = {path("rows.txt")}, .study = study, .options = {.prompt = prompt}});
    const store::Study made(study, store::Study::Mode::read);
    const auto comparison =
        made.judgeable({.models = {"m"}, .measure = store::Measure::score, .to_be_answered = true});
    ids_ = comparison.queries;
    return made.prompts(comparison.queries);
  }
  std::string error_of(const std::string& content, const std::string& prompt) {
    try {
      prompts(content, prompt);
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  }

  std::vector<std::string> ids_;
  int studies_ = 0;
};

TEST_F(PromptRowsTest, OfATable) {
  EXPECT_THAT(
      prompts("id,language,text,note\n1,French,\"Good, morning\",x\n2,Dutch,Bye,y\n", "To {language}: {text}"),
      ElementsAre("To French: Good, morning", "To Dutch: Bye"));
  EXPECT_THAT(ids_, ElementsAre("1", "2"));
  EXPECT_THAT(prompts("language;text\nFrench;Bye\n", "{text} ({language})"), ElementsAre("Bye (French)"));
}

TEST_F(PromptRowsTest, OfRowsOfJson) {
  EXPECT_THAT(prompts(R"({"id": 7, "n": 12, "choices": ["yes", "no"], "x": true, "empty": null}
)",
                      "{n}|{x}|{empty}|\n{choices}"),
              ElementsAre("12|true||\nA. yes\nB. no"));
  EXPECT_THAT(ids_, ElementsAre("7"));
  EXPECT_EQ(prompts(R"([{"t": "a"}, {"t": "b"}])", "say {t}").size(), 2U);
}

TEST_F(PromptRowsTest, AColumnThatIsNotThereIsNamed) {
  EXPECT_THAT(error_of("a,b\n1,2\n", "{c}"),
              HasSubstr("rows.txt:2: expected the column \"c\" of `prompt`, came \"a, b\""));
  EXPECT_THAT(error_of("{\"a\": 1}\n", "{c}"), HasSubstr("expected the key \"c\" of `prompt`, came \"a\""));
  EXPECT_THAT(error_of("{\"a\": {}}\n", "{a}"), HasSubstr("expected a text, a number or a list of texts"));
  EXPECT_THAT(error_of("a,b\n1\n", "{a}"), HasSubstr("expected 2 fields as in the header, came 1"));
  EXPECT_THAT(error_of("a,b\n", "{a}"), HasSubstr("expected rows after the header"));
}

TEST_F(PromptRowsTest, OtherFormatsHaveTheirOwnPrompts) {
  write("rows.txt", "a\n1\n");
  EXPECT_THROW(
      app::run_import(
          {.format = "helm", .paths = {path("rows.txt")}, .study = path("x.assay"), .options = {.prompt = "{a}"}}),
      InvalidArgument);
}

}  // namespace
}  // namespace assay::data

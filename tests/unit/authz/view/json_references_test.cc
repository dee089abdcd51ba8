#include "authz/view/json_references.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cadastre::authz {
namespace {

// Of the namespace `open` everything is seen; a job only where the name says so.
std::optional<AssetId> Find(const StatedName& stated) {
  if (stated.ns != "open" || (stated.job && !stated.name.starts_with("job"))) return std::nullopt;
  return AssetId(stated.name.size());
}

struct Case {
  std::string json;
  std::string left;
};

TEST(JsonReferences, WhatNamesTheUnseenGoesAndTheRestStaysAsItWasWritten) {
  const std::string hidden = R"({"namespace":"shut","name":"t"})";
  const std::string open = R"({"namespace":"open","name":"t"})";
  const std::vector<Case> cases = {
      {R"({ "a" : 1.0, "b":[1e3 ,2] })", R"({ "a" : 1.0, "b":[1e3 ,2] })"},
      {open, open},
      {hidden, ""},
      // Entries of lists, first, last, between, all.
      {"[" + hidden + ", 1]", "[1]"},
      {"[1, " + hidden + "]", "[1]"},
      {"[1, " + hidden + ", 2]", "[1, 2]"},
      {"[" + hidden + "," + hidden + "]", "[]"},
      {R"({"upstream":[{"job":)" + hidden + R"(,"run":{"runId":"r"}},{"x":1}],"n":2})",
       R"({"upstream":[{"x":1}],"n":2})"},
      // At any depth of an entry.
      {R"([{"name":"check","params":{"of":{"table":)" + hidden + R"(}},"actual":"41"}])", "[]"},
      // Beside lists: with what holds it.
      {R"({"root":{"job":)" + hidden + R"(,"run":{"runId":"r"}},"note":"x"})", R"({"note":"x"})"},
      {R"({"job":)" + hidden + R"(,"run":{"runId":"r"}})", ""},
      // Other words for the same.
      {R"([{"jobNamespace":"shut","jobName":"t"}])", "[]"},
      {R"([{"dataset_namespace":"shut","dataset_name":"t"}])", "[]"},
      {R"([{"namespace":"shut","jobName":"t"}])", "[]"},
      {R"([{"n\u0061mespace":"sh\u0075t","NAME":"t"}])", "[]"},
      {R"([{"namespace":"shut","display":"t"}])", R"([{"namespace":"shut","display":"t"}])"},
      // Which of two is meant is not known.
      {R"([{"namespace":"open","name":"t","name":"u"}])", "[]"},
      // A job is not a table of its name.
      {R"([{"job":{"namespace":"open","name":"t"}}])", "[]"},
      {R"([{"job":{"namespace":"open","name":"job t"}}])", R"([{"job":{"namespace":"open","name":"job t"}}])"},
      // No JSON.
      {"{", ""},
      {"{} {}", ""},
      {R"({"a":"\u12"})", ""},
      {std::string(300, '[') + std::string(300, ']'), ""},
      {"", ""},
  };
  for (const Case& one : cases) {
    std::string json = one.json;
    std::vector<AssetId> kept;
    const Cut cut = CutUnseen(&json, Find, &kept);
    EXPECT_EQ(json, one.left) << one.json;
    EXPECT_EQ(cut, json == one.json ? Cut::kNothing : json.empty() ? Cut::kAll : Cut::kParts) << one.json;
  }
}

TEST(JsonReferences, WhatStaysIsTold) {
  std::string json = R"([{"namespace":"open","name":"1"},)"
                     R"({"a":{"namespace":"open","name":"22"},"b":{"namespace":"shut","name":"333"}}])";
  std::vector<AssetId> kept;
  EXPECT_EQ(CutUnseen(&json, Find, &kept), Cut::kParts);
  EXPECT_EQ(kept, std::vector<AssetId>{AssetId(1)}) << "what went is told of no more";
}

}  // namespace
}  // namespace cadastre::authz

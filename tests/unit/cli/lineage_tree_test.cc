#include "cli/lineage_tree.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace cadastre::cli {
namespace {

using ::testing::ElementsAre;

// A node a letter: dataset:n#a, its index is its place; `sides` says where each stands.
lineage::v1::GetLineageResponse Answer(const std::string& letters, const std::vector<int>& sides,
                                       const std::vector<std::string>& edges) {
  lineage::v1::GetLineageResponse answer;
  for (size_t i = 0; i < letters.size(); ++i) {
    lineage::v1::LineageNode* node = answer.add_nodes();
    node->set_index(static_cast<int32_t>(i));
    node->set_side(sides[i]);
    const bool job = letters[i] >= 'j' && letters[i] <= 'm';
    node->mutable_asset()->mutable_ref()->set_kind(job ? "job" : "dataset");
    node->mutable_asset()->mutable_ref()->set_namespace_("n");
    node->mutable_asset()->mutable_ref()->set_name(std::string(1, letters[i]));
  }
  // `ab` leads from a to b; a third letter is the job that states it.
  for (const std::string& pair : edges) {
    lineage::v1::LineageEdge* edge = answer.add_edges();
    edge->set_from(static_cast<int32_t>(letters.find(pair[0])));
    edge->set_to(static_cast<int32_t>(letters.find(pair[1])));
    if (pair.size() < 3) continue;
    edge->mutable_job()->set_kind("job");
    edge->mutable_job()->set_namespace_("n");
    edge->mutable_job()->set_name(pair.substr(2));
  }
  return answer;
}

TEST(LineageTree, EachSideIsATreeOfItsOwn) {
  EXPECT_THAT(LineageTree(Answer("abcde", {0, -1, -1, 1, 1}, {"ba", "cb", "ad", "ae"}), Screen()),
              ElementsAre("upstream", "dataset:n#a", "└─ dataset:n#b", "   └─ dataset:n#c", "downstream", "dataset:n#a",
                          "├─ dataset:n#d", "└─ dataset:n#e"));
}

TEST(LineageTree, ALatticeIsDrawnOnce) {
  EXPECT_THAT(LineageTree(Answer("abcde", {0, 1, 1, 1, 1}, {"ab", "ac", "bd", "cd", "de"}), Screen()),
              ElementsAre("downstream", "dataset:n#a", "├─ dataset:n#b", "│  └─ dataset:n#d", "│     └─ dataset:n#e",
                          "└─ dataset:n#c", "   └─ dataset:n#d  [see above]"));
}

TEST(LineageTree, ACircleEnds) {
  EXPECT_THAT(LineageTree(Answer("abc", {0, 1, 1}, {"ab", "bc", "cb"}), Screen()),
              ElementsAre("downstream", "dataset:n#a", "└─ dataset:n#b", "   └─ dataset:n#c",
                          "      └─ dataset:n#b  [see above]"));
}

TEST(LineageTree, AJobIsANodeOnlyWhereItSaysMoreThanItsEdges) {
  EXPECT_THAT(LineageTree(Answer("abj", {0, 1, 1}, {"abj", "aj", "jb"}), Screen()),
              ElementsAre("downstream", "dataset:n#a", "└─ dataset:n#b  [by job:n#j]"));
  EXPECT_THAT(LineageTree(Answer("abjc", {0, 1, 1, 1}, {"abj", "aj", "jb", "jc"}), Screen()),
              ElementsAre("downstream", "dataset:n#a", "├─ dataset:n#b  [by job:n#j]", "└─ job:n#j",
                          "   ├─ dataset:n#b  [see above]", "   └─ dataset:n#c"));
}

TEST(LineageTree, SaysWhatIsStaleMaskedAndFurtherOut) {
  lineage::v1::GetLineageResponse answer = Answer("ab", {0, 1}, {"ab"});
  lineage::v1::LineageEdge* edge = answer.mutable_edges(0);
  edge->set_stale(true);
  edge->mutable_last_stated_at()->set_seconds(1767225600);
  edge->add_columns()->set_masking(true);
  answer.mutable_nodes(1)->set_more(3);
  answer.mutable_nodes(1)->mutable_column()->add_path("email");
  EXPECT_THAT(LineageTree(answer, Screen()),
              ElementsAre("downstream", "dataset:n#a",
                          "└─ dataset:n#b · email  [masked, stale, last stated 2026-01-01T00:00:00Z, +3 more]"));
}

TEST(LineageTree, AloneIsSaid) {
  EXPECT_THAT(LineageTree(Answer("a", {0}, {}), Screen()), ElementsAre("dataset:n#a", "(nothing on either side)"));
}

TEST(LineageTree, AnEdgeToNowhereIsPassedOver) {
  lineage::v1::GetLineageResponse answer = Answer("ab", {0, 1}, {"ab"});
  answer.add_edges()->set_to(99);
  EXPECT_EQ(LineageTree(answer, Screen()).size(), 3u);
}

}  // namespace
}  // namespace cadastre::cli

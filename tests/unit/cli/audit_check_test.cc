#include "cli/audit_check.h"

#include <gtest/gtest.h>

namespace cadastre::cli {
namespace {

audit::v1::Record Leaf(int64_t index, const std::string& bytes) {
  audit::v1::Record record;
  record.set_index(index);
  record.set_leaf(bytes);
  return record;
}

// The head of the log whose leaves are "0", "1", …
audit::v1::GetHeadResponse HeadOf(int64_t size) {
  proof::Frontier tree;
  for (int64_t i = 0; i < size; ++i) {
    tree.Append(proof::LeafHash(std::to_string(i)), [](const proof::Frontier::Node&) {});
  }
  audit::v1::GetHeadResponse head;
  head.set_tree_size(size);
  const proof::Hash root = tree.root();
  head.set_root_hash(std::string(root.begin(), root.end()));
  head.set_log_id("log");
  return head;
}

AuditCheck Fed(int64_t size) {
  AuditCheck check(HeadOf(size));
  for (int64_t i = size + 2; i >= 0; --i) EXPECT_TRUE(check.Add(Leaf(i, std::to_string(i))).ok());
  return check;
}

TEST(AuditCheck, AllLeavesMakeTheRoot) {
  EXPECT_TRUE(Fed(0).Check(nullptr).ok());
  EXPECT_TRUE(Fed(13).Check(nullptr).ok());
  for (int64_t known = 0; known <= 13; ++known) {
    const audit::v1::GetHeadResponse before = HeadOf(known);
    EXPECT_TRUE(Fed(13).Check(&before).ok()) << known;
  }
}

TEST(AuditCheck, AMissingRecordIsNamed) {
  AuditCheck check(HeadOf(3));
  ASSERT_TRUE(check.Add(Leaf(0, "0")).ok());
  ASSERT_TRUE(check.Add(Leaf(2, "2")).ok());
  EXPECT_EQ(check.missing(), 1u);
  EXPECT_EQ(check.Check(nullptr).message(), "1 of 3 records are not there; the first is 1");
}

TEST(AuditCheck, AChangedRecordIsFound) {
  AuditCheck check(HeadOf(2));
  ASSERT_TRUE(check.Add(Leaf(0, "0")).ok());
  ASSERT_TRUE(check.Add(Leaf(1, "changed")).ok());
  EXPECT_EQ(check.Check(nullptr).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(check.Add(Leaf(1, "1")).code(), absl::StatusCode::kDataLoss) << "told twice, differently";
}

TEST(AuditCheck, ACutOrRewrittenLogDoesNotContinueTheOldHead) {
  const audit::v1::GetHeadResponse longer = HeadOf(5);
  EXPECT_EQ(Fed(3).Check(&longer).code(), absl::StatusCode::kDataLoss);
  audit::v1::GetHeadResponse other = HeadOf(2);
  other.mutable_root_hash()->front() ^= 1;
  EXPECT_EQ(Fed(3).Check(&other).code(), absl::StatusCode::kDataLoss);
  audit::v1::GetHeadResponse foreign = HeadOf(2);
  foreign.set_log_id("another");
  EXPECT_EQ(Fed(3).Check(&foreign).code(), absl::StatusCode::kDataLoss);
}

TEST(AuditCheck, AHeadWithoutASignatureIsNone) {
  EXPECT_EQ(AuditCheck::CheckSignature(HeadOf(3)).code(), absl::StatusCode::kDataLoss);
  audit::v1::GetHeadResponse huge = HeadOf(3);
  huge.set_tree_size(int64_t{1} << 60);
  EXPECT_EQ(AuditCheck::CheckSignature(huge).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(AuditCheck::CheckSignature({}).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace cadastre::cli

#include "cli/audit_check.h"

#include <gtest/gtest.h>

#include "authz/proof/leaf_names.h"
#include "cadastre/record/audit.pb.h"

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

TEST(AuditCheck, WhatIsKeptGoesOnFromTheHeadOfWhatWasTrimmed) {
  constexpr int64_t kSize = 13;
  for (int64_t first = 1; first <= kSize; ++first) {
    audit::v1::GetHeadResponse head = HeadOf(kSize);
    audit::v1::TrimmedHead* trimmed = head.mutable_trimmed();
    trimmed->set_tree_size(first);
    for (const proof::NodeAt at : proof::Peaks(static_cast<uint64_t>(first))) {
      // The root of a perfect subtree is that of its leaves alone.
      proof::Frontier subtree;
      for (uint64_t i = at.index << at.level; i < (at.index + 1) << at.level; ++i) {
        subtree.Append(proof::LeafHash(std::to_string(i)), [](const proof::Frontier::Node&) {});
      }
      const proof::Hash peak = subtree.root();
      trimmed->add_peaks(std::string(peak.begin(), peak.end()));
    }
    AuditCheck check(head);
    EXPECT_EQ(check.missing(), static_cast<uint64_t>(kSize - first));
    for (int64_t i = first; i < kSize; ++i) EXPECT_TRUE(check.Add(Leaf(i, std::to_string(i))).ok());
    EXPECT_TRUE(check.Check(nullptr).ok()) << first;
    const audit::v1::GetHeadResponse later = HeadOf(first);
    EXPECT_TRUE(check.Check(&later).ok()) << first;
    const audit::v1::GetHeadResponse earlier = HeadOf(first - 1);
    EXPECT_EQ(check.Check(&earlier).code(), absl::StatusCode::kFailedPrecondition);
    trimmed->mutable_peaks(0)->front() ^= 1;
    AuditCheck forged(head);
    for (int64_t i = first; i < kSize; ++i) EXPECT_TRUE(forged.Add(Leaf(i, std::to_string(i))).ok());
    EXPECT_EQ(forged.Check(nullptr).code(), absl::StatusCode::kDataLoss);
  }
}

TEST(AuditCheck, ARecordSaysWhatItsLeafSays) {
  record::AuditLeaf leaf;
  leaf.set_time(5'000'001);
  leaf.set_principal("ann");
  leaf.set_operation("Search");
  record::Shown* bound = leaf.add_shown();
  bound->set_asset(7);
  bound->add_columns("a.b");
  bound->add_paths()->add_path("a.b");
  bound->mutable_paths(0)->add_path("c");
  leaf.add_targets()->set_kind("role");
  const base::AssetName orders{base::AssetKind::kDataset, "postgres://db", "shop.orders"};
  leaf.set_names_hash(proof::NamesHash({orders}));
  audit::v1::Record record;
  record.set_leaf(leaf.SerializeAsString());
  record.mutable_time()->set_seconds(5);
  record.mutable_time()->set_nanos(1'000);
  record.set_principal("ann");
  record.set_operation("Search");
  record.set_outcome(audit::v1::OUTCOME_OK);
  record.add_targets()->set_kind(audit::v1::TARGET_KIND_ROLE);
  catalog::v1::AssetRef* ref = record.add_shown()->mutable_asset();
  ref->set_kind("dataset");
  ref->set_namespace_("postgres://db");
  ref->set_name("shop.orders");
  record.mutable_shown(0)->add_columns()->add_path("a.b");
  *record.mutable_shown(0)->add_columns() = bound->paths(0);
  ASSERT_TRUE(AuditCheck::CheckTold(record).ok()) << AuditCheck::CheckTold(record);
  const auto refused = [&](void (*change)(audit::v1::Record&)) {
    audit::v1::Record other = record;
    change(other);
    return absl::IsDataLoss(AuditCheck::CheckTold(other));
  };
  EXPECT_TRUE(refused([](audit::v1::Record& other) { other.set_principal("bob"); }));
  EXPECT_TRUE(refused([](audit::v1::Record& other) { other.set_outcome(audit::v1::OUTCOME_NOT_FOUND); }));
  EXPECT_TRUE(refused([](audit::v1::Record& other) { other.mutable_time()->set_seconds(6); }));
  EXPECT_TRUE(refused([](audit::v1::Record& other) { other.set_write(true); }));
  EXPECT_TRUE(refused([](audit::v1::Record& other) { other.set_change("a token"); }));
  EXPECT_TRUE(refused([](audit::v1::Record& other) { other.mutable_targets(0)->set_id("other"); }));
  EXPECT_TRUE(refused([](audit::v1::Record& other) { other.mutable_shown(0)->add_columns()->add_path("iban"); }));
  EXPECT_TRUE(refused([](audit::v1::Record& other) { other.mutable_shown(0)->mutable_columns()->RemoveLast(); }));
  EXPECT_TRUE(refused([](audit::v1::Record& other) {
    catalog::v1::ColumnRef* split = other.mutable_shown(0)->mutable_columns(1);
    split->clear_path();
    for (const char* segment : {"a", "b", "c"}) split->add_path(segment);
  })) << "the same text, in other segments";
  EXPECT_TRUE(refused([](audit::v1::Record& other) { other.mutable_shown(0)->mutable_asset()->set_name("harmless"); }));
  EXPECT_FALSE(refused([](audit::v1::Record& other) { other.mutable_shown(0)->clear_asset(); })) << "erased since";
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

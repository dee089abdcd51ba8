// Trimming the audit log: what goes, what stands in its place, and that the rest still verifies.
#include <gtest/gtest.h>

#include "authz/audit/audit_leaf.h"
#include "authz/audit/audit_log.h"
#include "authz/audit/audit_records.h"
#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/status.h"
#include "tests/support/governed_world.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;

constexpr uint64_t kTrimmedAtOnce = 16'384;

class AuditTrimTest : public testing::Test {
 protected:
  AuditLog& log() { return world_.guard().audit_log(); }
  SystemView System() { return world_.guard().OpenSystem(SystemReason::kLoadRegistry); }

  void Append(uint64_t count) {
    AuditedCall call;
    call.time = world_.clock().Now();
    call.operation = "Search";
    call.detail = "a query";
    const storage::Work::Leaf leaf = MakeLeaves(call).front();
    while (count > 0) {
      storage::Work work;
      const uint64_t some = std::min<uint64_t>(count, 1'000);
      for (uint64_t i = 0; i < some; ++i) work.AddLeaf(leaf.leaf, leaf.personal);
      ASSERT_TRUE(world_.house().committer().Commit(std::move(work)).ok());
      count -= some;
    }
  }
  // A signed head, on the device.
  void StoreHead() {
    world_.clock().Advance(std::chrono::minutes(2));
    world_.guard().Tick();
    Settle();
  }
  // All that was queued is on the device.
  void Settle() { ASSERT_TRUE(world_.house().committer().Commit(storage::Work()).ok()); }
  void Trim() {
    const Timestamp before = world_.clock().Now() - std::chrono::hours(24);
    for (int steps = 0; steps < 100; ++steps) {
      const StatusOr<bool> done = world_.house().TrimAudit(System(), before);
      ASSERT_TRUE(done.ok()) << done.status();
      if (*done) return;
    }
    FAIL() << "it came to no end";
  }
  size_t Rows(Keyspace keyspace) {
    const std::string lower(1, static_cast<char>(keyspace));
    size_t rows = 0;
    for (const auto row = world_.engine().NewCursor(lower, base::PrefixEnd(lower)); row->Valid(); row->Next()) ++rows;
    return rows;
  }
  // What an auditor can page through, oldest last.
  StatusOr<uint64_t> OldestRecord() {
    uint64_t oldest = 0;
    std::string position;
    do {
      const auto answer =
          world_.Read<bool>(GovernedWorld::ReadCall(world_.admin()), {}, [&](GovernedView& view) -> StatusOr<bool> {
            ASSIGN_OR_RETURN(const auto page, ScanAuditRecords(view, log(), {}, {.rows = 50'000}, position));
            if (!page->records.empty()) oldest = page->records.back().index;
            position = page->next;
            return true;
          });
      RETURN_IF_ERROR(answer.status());
    } while (!position.empty());
    return oldest;
  }
  GovernedWorld world_;
};

TEST_F(AuditTrimTest, OldLeavesGoAndASignedHeadStandsForThem) {
  Append(2 * kTrimmedAtOnce + 100);
  const proof::Hash before = log().SignHead(world_.clock().Now()).head.root;
  const uint64_t size = log().size();
  world_.clock().Advance(std::chrono::hours(25));
  StoreHead();
  Append(kTrimmedAtOnce);
  StoreHead();
  Trim();
  ASSERT_TRUE(log().trimmed().has_value());
  const TrimmedPart part = *log().trimmed();
  EXPECT_EQ(part.signed_head.head.tree_size, 2 * kTrimmedAtOnce);
  EXPECT_TRUE(proof::VerifyHead(part.signed_head.head, part.signed_head.signature, part.signed_head.public_key));
  EXPECT_EQ(proof::RootOfPeaks(part.peaks), part.signed_head.head.root);
  Settle();
  EXPECT_EQ(Rows(Keyspace::kAudit), log().size() - 2 * kTrimmedAtOnce);
  EXPECT_LE(Rows(Keyspace::kPersonal), Rows(Keyspace::kAudit));
  EXPECT_LT(Rows(Keyspace::kMerkle), 2 * (log().size() - 2 * kTrimmedAtOnce) + 100);
  EXPECT_EQ(*OldestRecord(), 2 * kTrimmedAtOnce);

  // The leaves kept make the root of before, so what was trimmed cannot have been other leaves.
  proof::Frontier tree(part.signed_head.head.tree_size, part.peaks);
  for (uint64_t index = tree.size(); index < size; ++index) {
    const auto leaf = world_.engine().Get(StoredKey(Keyspace::kAudit, AuditLeafKey(0, index)));
    tree.Append(proof::LeafHash(**leaf), [](const proof::Frontier::Node&) {});
  }
  EXPECT_EQ(tree.root(), before);
  EXPECT_TRUE(VerifyAuditLog(System(), log()).ok()) << VerifyAuditLog(System(), log());
}

TEST_F(AuditTrimTest, AStartGoesOnAfterATrim) {
  Append(2 * kTrimmedAtOnce + 100);
  world_.clock().Advance(std::chrono::hours(25));
  StoreHead();
  // Cut, but the leaves are not off the disk yet.
  const StatusOr<bool> cut = world_.house().TrimAudit(System(), world_.clock().Now() - std::chrono::hours(24));
  ASSERT_TRUE(cut.ok() && !*cut) << cut.status();
  ASSERT_TRUE(log().trimmed().has_value());
  for (int turn = 0; turn < 2; ++turn) {
    // Nobody writes while a server starts, and the view leaves a record.
    const SystemView view = System();
    Settle();
    const auto again = AuditLog::Open(view, KeyFolder(""));
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ((*again)->trimmed()->signed_head.head.tree_size, log().trimmed()->signed_head.head.tree_size);
    EXPECT_GE((*again)->size(), 2 * kTrimmedAtOnce + 100);
    Trim();
  }
  EXPECT_EQ(*OldestRecord(), kTrimmedAtOnce) << "the newest 16,384 stay in any case";
}

TEST_F(AuditTrimTest, YoungLeavesStay) {
  Append(3 * kTrimmedAtOnce);
  world_.clock().Advance(std::chrono::hours(23));
  StoreHead();
  Trim();
  EXPECT_FALSE(log().trimmed().has_value());
}

TEST_F(AuditTrimTest, WhatIsKeptIsStillBound) {
  Append(2 * kTrimmedAtOnce + 100);
  world_.clock().Advance(std::chrono::hours(25));
  StoreHead();
  Trim();
  const std::string key = StoredKey(Keyspace::kAudit, AuditLeafKey(0, kTrimmedAtOnce + 5));
  storage::Batch damage;
  damage.Put(key, **world_.engine().Get(key) + "x");
  ASSERT_TRUE(world_.engine().Write(damage, true).ok());
  EXPECT_TRUE(absl::IsDataLoss(VerifyAuditLog(System(), log())));
}

}  // namespace
}  // namespace cadastre::authz

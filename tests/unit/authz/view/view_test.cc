// What a view shows and hides: bits, names, deleted assets, labels of then, classified columns.
#include "authz/view/view.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "cadastre/record/registry.pb.h"
#include "tests/support/governed_world.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;

const AssetName kOpen{AssetKind::kDataset, "pg://open", "shop.orders"};
const AssetName kSecret{AssetKind::kDataset, "pg://secret", "shop.salaries"};
const AssetName kMissing{AssetKind::kDataset, "pg://nowhere", "shop.nothing"};

// Rows of a room: one Column record an asset and column, as catalog keeps them.
RowRule OfColumn(std::string_view key, const record::Column&) {
  base::ByteReader reader(key);
  const uint64_t asset = reader.ReadU64().value_or(0);
  return {Subjects::OfColumn(AssetId(asset), ColumnId(reader.ReadU32().value_or(0))), Privilege::kRead};
}
void MaskPath(std::string_view, record::Column& column, ColumnSight&) { column.set_source_id(0); }
constexpr Table<record::Column> kColumns{Keyspace::kColumn, OfColumn, MaskPath};

std::string ColumnKey(AssetId asset, uint32_t column) {
  std::string key;
  base::AppendU64(key, asset.value());
  base::AppendU32(key, column);
  return key;
}

record::Scope InNamespace(const std::string& ns) {
  record::Scope scope;
  scope.set_namespace_(ns);
  return scope;
}

record::Labels Tagged(const std::string& tag) {
  record::Labels labels;
  labels.add_tags(tag);
  return labels;
}

class ViewTest : public testing::Test {
 protected:
  GovernedWorld world_;
  std::string analyst_ = world_.AddPerson(
      "analyst", {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kRead}, InNamespace("pg://open"))});
};

TEST_F(ViewTest, HiddenLooksMissing) {
  world_.PutAsset(kOpen);
  const AssetId secret = world_.PutAsset(kSecret);
  EXPECT_TRUE(world_
                  .Look(analyst_,
                        [&](GovernedView& view) {
                          EXPECT_TRUE(view.Resolve(kOpen).ok());
                          const Status hidden = view.Resolve(kSecret).status();
                          const Status missing = view.Resolve(kMissing).status();
                          EXPECT_TRUE(absl::IsNotFound(hidden));
                          EXPECT_EQ(hidden, missing);
                          EXPECT_FALSE(view.NameOf(secret).has_value());
                          EXPECT_EQ(view.LabelsOf(secret), nullptr);
                          EXPECT_EQ(view.LabelsOf(AssetId(999)), nullptr);
                          EXPECT_FALSE(
                              view.Reveal(Sealed<int>(7, Subjects::Of(secret), Privilege::kBrowse)).has_value());
                          EXPECT_TRUE(view.shown().assets().empty());
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(ViewTest, AnEdgeNeedsAllItsSubjects) {
  const AssetId open = world_.PutAsset(kOpen);
  const AssetId secret = world_.PutAsset(kSecret);
  EXPECT_TRUE(world_
                  .Look(analyst_,
                        [&](GovernedView& view) {
                          EXPECT_TRUE(view.Shows(Subjects::Of(open), Privilege::kRead));
                          EXPECT_FALSE(view.Shows(Subjects::Of(open), Privilege::kReadCode));
                          EXPECT_FALSE(view.Shows(Subjects::Of(open).And(secret), Privilege::kBrowse));
                          EXPECT_FALSE(view.Shows(Subjects::Global(), Privilege::kAudit));
                          EXPECT_FALSE(view.Shows(Subjects(), Privilege::kBrowse));
                          EXPECT_TRUE(view.Shows(Subjects(), Privilege::kNone));
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(ViewTest, AFifthSubjectIsNotPassedOver) {
  std::vector<AssetId> open;
  for (const char* name : {"a", "b", "c", "d"}) open.push_back(world_.PutAsset({kOpen.kind, kOpen.ns, name}));
  const AssetId secret = world_.PutAsset(kSecret);
  EXPECT_TRUE(world_
                  .Look(analyst_,
                        [&](GovernedView& view) {
                          Subjects four;
                          for (const AssetId id : open) four.And(id);
                          EXPECT_TRUE(view.Shows(four, Privilege::kBrowse));
                          EXPECT_TRUE(view.Shows(four.And(open[0]), Privilege::kBrowse)) << "named already";
                          EXPECT_FALSE(view.Shows(four.And(secret), Privilege::kBrowse));
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(ViewTest, WhatNothingVisibleWentIntoIsEmpty) {
  const AssetId secret = world_.PutAsset(kSecret);
  EXPECT_TRUE(world_
                  .Look(analyst_,
                        [&](GovernedView& view) {
                          Witness parts;
                          if (const auto shown = view.RevealAsset(secret)) parts.Add(*shown);
                          EXPECT_EQ(*view.Merge(std::string("the secret's words"), parts), "");
                          return absl::OkStatus();
                        })
                  .ok());
}

// A bitmap costs a decision for every asset there is.
TEST_F(ViewTest, OneAssetIsDecidedWithoutABitmap) {
  const AssetId open = world_.PutAsset(kOpen);
  const AssetId secret = world_.PutAsset(kSecret);
  const VisibilityCache& cache = *world_.house().context().visibility;
  EXPECT_TRUE(world_
                  .Look(analyst_,
                        [&](GovernedView& view) {
                          for (int number = 1; number < kPrivilegeCount; ++number) {
                            view.Allows(static_cast<Privilege>(number), open);
                            view.SeesColumnPath(secret, {"id"});
                          }
                          EXPECT_EQ(cache.live(), 0u);
                          EXPECT_TRUE(view.BitmapOf(Privilege::kBrowse).Has(open));
                          EXPECT_EQ(cache.live(), 1u);
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(ViewTest, DeletedIsHiddenUnlessAskedFor) {
  const AssetId open = world_.PutAsset(kOpen);
  world_.Put([&](WriteSession& session) -> Status {
    ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(open));
    header.set_deleted(true);
    return session.SetHeader(testing_support::RowsOf(session), open, header);
  });
  EXPECT_TRUE(world_
                  .Look(analyst_,
                        [&](GovernedView& view) {
                          EXPECT_FALSE(view.Sees(open));
                          EXPECT_FALSE(view.BitmapOf(Privilege::kBrowse).Has(open));
                          view.ShowDeleted();
                          EXPECT_TRUE(view.Sees(open));
                          EXPECT_TRUE(view.BitmapOf(Privilege::kBrowse).Has(open));
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(ViewTest, PagesOfNamesAreFullWhateverIsHidden) {
  record::Scope even;
  even.set_tag("even");
  const std::string viewer = world_.AddPerson("even", {GovernedWorld::Allow({Privilege::kBrowse}, even)});
  world_.Put([&](WriteSession& session) -> Status {
    for (int i = 0; i < 1000; ++i) {
      const AssetName name{AssetKind::kDataset, "pg://many", "t" + std::to_string(1000 + i)};
      ASSIGN_OR_RETURN(const AssetId id, session.Intern(testing_support::RowsOf(session), name));
      if (i % 100 != 0) continue;
      ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
      header.mutable_labels()->add_tags("even");
      RETURN_IF_ERROR(session.SetHeader(testing_support::RowsOf(session), id, header));
    }
    return absl::OkStatus();
  });
  EXPECT_TRUE(world_
                  .Look(viewer,
                        [&](GovernedView& view) {
                          const std::vector<AssetId> page =
                              view.ScanNames(AssetKind::kDataset, "pg://many", "t", "", 6);
                          EXPECT_EQ(page.size(), 6u);
                          const std::string last = view.NameOf(page.back())->name;
                          EXPECT_EQ(last, "t1500");
                          EXPECT_EQ(view.ScanNames(AssetKind::kDataset, "pg://many", "t", last, 6).size(), 4u);
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(ViewTest, AnAsOfReadNeedsTheLabelsOfNowAndOfThen) {
  record::Scope good;
  good.set_tag("good");
  const std::string viewer = world_.AddPerson("viewer", {GovernedWorld::Allow({Privilege::kBrowse}, good)});
  const AssetId id = world_.PutAsset(kOpen, Tagged("good"));
  const std::string visible = world_.guard().opaque().SealRevision(world_.house().published()->revision);
  world_.PutAsset(kOpen, Tagged("bad"));
  const std::string hidden = world_.guard().opaque().SealRevision(world_.house().published()->revision);
  world_.PutAsset(kOpen, Tagged("good"));

  const auto sees = [&](const std::string& known_at) {
    bool seen = false;
    ReadOptions options;
    options.known_at_revision = known_at;
    EXPECT_TRUE(world_
                    .Look(
                        viewer,
                        [&](GovernedView& view) {
                          seen = view.Sees(id) && view.Resolve(kOpen).ok();
                          return absl::OkStatus();
                        },
                        options)
                    .ok());
    return seen;
  };
  EXPECT_TRUE(sees(""));
  EXPECT_TRUE(sees(visible));
  EXPECT_FALSE(sees(hidden));
  world_.PutAsset(kOpen, Tagged("bad"));
  EXPECT_FALSE(sees("")) << "now";
  EXPECT_FALSE(sees(visible)) << "today's policy forbids it under the labels of now";
}

TEST_F(ViewTest, NothingIsThereBeforeItsFirstCommit) {
  const std::string before = world_.guard().opaque().SealRevision(world_.house().published()->revision);
  world_.PutAsset(kOpen);
  ReadOptions options;
  options.known_at_revision = before;
  EXPECT_TRUE(world_
                  .Look(
                      world_.admin(),
                      [&](GovernedView& view) {
                        EXPECT_TRUE(absl::IsNotFound(view.Resolve(kOpen).status()));
                        return absl::OkStatus();
                      },
                      options)
                  .ok());
}

class ColumnsTest : public ViewTest {
 protected:
  void SetUp() override {
    record::Labels labels;
    record::ColumnLabels* classified = labels.add_columns();
    classified->set_column(2);
    classified->add_path("customer");
    classified->add_classifications("pii");
    id_ = world_.PutAsset(kOpen, labels);
    world_.Put([&](WriteSession& session) {
      const std::vector<std::vector<std::string>> paths = {{"amount"}, {"customer"}, {"customer", "email"}};
      for (size_t i = 0; i < paths.size(); ++i) {
        record::Column column;
        for (const std::string& segment : paths[i]) column.add_path(segment);
        column.set_source_id(77);
        session.Put(testing_support::RowsOf(session), kColumns, ColumnKey(id_, static_cast<uint32_t>(i + 1)), column);
      }
      return absl::OkStatus();
    });
  }
  AssetId id_;
};

TEST_F(ColumnsTest, AClassifiedColumnHidesAllBelowIt) {
  EXPECT_TRUE(world_
                  .Look(analyst_,
                        [&](GovernedView& view) {
                          EXPECT_TRUE(view.SeesColumn(id_, ColumnId(1)));
                          EXPECT_FALSE(view.SeesColumn(id_, ColumnId(2)));
                          EXPECT_FALSE(view.SeesColumn(id_, ColumnId(3)));
                          EXPECT_FALSE(view.SeesColumn(id_, ColumnId(9))) << "a column without a path";
                          EXPECT_TRUE(view.SeesColumnPath(id_, {"customers"}));
                          EXPECT_FALSE(view.SeesColumnPath(id_, {"customer", "address", "city"}));
                          EXPECT_FALSE(view.SeesAllColumns(id_));
                          return absl::OkStatus();
                        })
                  .ok());
  EXPECT_TRUE(world_
                  .Look(world_.admin(),
                        [&](GovernedView& view) {
                          EXPECT_TRUE(view.SeesColumn(id_, ColumnId(3)));
                          EXPECT_TRUE(view.SeesAllColumns(id_));
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(ColumnsTest, RevealingMasksAndNotes) {
  EXPECT_TRUE(world_
                  .Look(analyst_,
                        [&](GovernedView& view) -> Status {
                          std::vector<std::string> revealed;
                          RETURN_IF_ERROR(view.Scan<record::Column>(
                              kColumns, ColumnKey(id_, 0).substr(0, 8), {}, [&](Sealed<RowOf<record::Column>> row) {
                                if (const auto visible = view.Reveal(kColumns, std::move(row))) {
                                  revealed.push_back((*visible)->record.path(0));
                                  EXPECT_EQ((*visible)->record.source_id(), 0) << "the mask ran";
                                }
                                return true;
                              }));
                          EXPECT_EQ(revealed, std::vector<std::string>{"amount"});
                          const auto& assets = view.shown().assets();
                          EXPECT_EQ(assets.size(), 1u);
                          EXPECT_EQ(assets.at(id_), ShownAssets::Columns{{"amount"}});
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(ColumnsTest, AMaskOfThenHoldsForAReadAsOfThen) {
  const std::string masked = world_.guard().opaque().SealRevision(world_.house().published()->revision);
  world_.PutAsset(kOpen, {});
  EXPECT_TRUE(world_
                  .Look(analyst_,
                        [&](GovernedView& view) {
                          EXPECT_TRUE(view.SeesColumn(id_, ColumnId(2)));
                          return absl::OkStatus();
                        })
                  .ok());
  ReadOptions options;
  options.known_at_revision = masked;
  EXPECT_TRUE(world_
                  .Look(
                      analyst_,
                      [&](GovernedView& view) {
                        EXPECT_TRUE(view.SeesColumn(id_, ColumnId(1)));
                        EXPECT_FALSE(view.SeesColumn(id_, ColumnId(2)));
                        return absl::OkStatus();
                      },
                      options)
                  .ok());
}

TEST_F(ViewTest, ADamagedRowOfThenFailsTheRead) {
  world_.PutAsset(kOpen);
  const std::string then = world_.guard().opaque().SealRevision(world_.house().published()->revision);
  world_.PutAsset(kSecret);
  ReadOptions options;
  options.known_at_revision = then;
  const Status status = world_.Look(
      world_.admin(),
      [&](GovernedView& view) {
        world_.engine().FailReads(true);
        EXPECT_FALSE(view.Resolve(kOpen).ok());
        world_.engine().FailReads(false);
        return absl::OkStatus();
      },
      options);
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
}

}  // namespace
}  // namespace cadastre::authz

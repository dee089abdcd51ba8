#include "lineage/column_pairs.h"

#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/status.h"
#include "lineage/edge_columns.h"
#include "lineage/reach.h"
#include "lineage/tables.h"

namespace cadastre::lineage {
namespace {

using EdgeRow = authz::RowOf<record::Edge>;

// kOutTable without its mask, which would note every column of an edge as shown although a walk shows few of them: here
// each pair is tested and none noted.
const authz::Table<record::Edge>& UnnotedOutTable() {
  static const authz::Table<record::Edge> table = {kOutTable.keyspace, kOutTable.rule, nullptr};
  return table;
}

std::string DerivesPrefix(AssetId node) {
  std::string key = NodePrefix(node);
  base::AppendU8(key, static_cast<uint8_t>(EdgeKind::kDerives));
  return key;
}

}  // namespace

StatusOr<const std::vector<SeenPair>*> ColumnPairs::Of(Side side, AssetId dataset) {
  const auto known = read_.find({side, dataset});
  if (known != read_.end()) return &known->second;
  std::vector<SeenPair> pairs;
  RETURN_IF_ERROR(CheckDeadline(deadline_));
  RETURN_IF_ERROR(side == Side::kOut ? LoadOut(dataset, &pairs) : LoadIn(dataset, &pairs));
  return &read_.emplace(std::pair(side, dataset), std::move(pairs)).first->second;
}

StatusOr<bool> ColumnPairs::Stands(const EdgeKey& edge, const record::ColumnPair& pair) {
  if (!stands_) return true;
  ASSIGN_OR_RETURN(const bool from, stands_(edge.from, PathOf(pair.from())));
  if (!from || pair.to().empty()) return from;
  return stands_(edge.to, PathOf(pair.to()));
}

Status ColumnPairs::AddPairs(Side side, const EdgeKey& edge, const record::Edge& record, std::vector<SeenPair>* pairs) {
  const bool described = ShowsDescriptions(edge, authz::ColumnSight(view_));
  for (const record::ColumnPair& pair : record.columns()) {
    const bool from_seen = view_->SeesColumnPath(edge.from, PathOf(pair.from()));
    const bool to_seen = pair.to().empty() || view_->SeesColumnPath(edge.to, PathOf(pair.to()));
    if (!from_seen || !to_seen) continue;
    ASSIGN_OR_RETURN(const bool stands, Stands(edge, pair));
    const bool ended = record.ended() || !stands;
    if (ended && !include_stale_) continue;
    pairs->push_back({side == Side::kOut ? edge.to : edge.from, edge.job, edge.producer, ended, pair});
    if (!described) pairs->back().pair.clear_description();
  }
  return absl::OkStatus();
}

Status ColumnPairs::LoadOut(AssetId dataset, std::vector<SeenPair>* pairs) {
  Status damage = absl::OkStatus();
  RETURN_IF_ERROR(
      view_->Scan<record::Edge>(UnnotedOutTable(), DerivesPrefix(dataset), {}, [&](authz::Sealed<EdgeRow> sealed) {
        const auto row = view_->Reveal(UnnotedOutTable(), std::move(sealed));
        if (!row || ((*row)->record.ended() && !include_stale_)) return true;
        const auto key = ParseOutKey((*row)->key);
        if (!key.ok()) {
          damage = key.status();
          return false;
        }
        damage = AddPairs(Side::kOut, *key, (*row)->record, pairs);
        return damage.ok();
      }));
  return damage;
}

Status ColumnPairs::LoadIn(AssetId dataset, std::vector<SeenPair>* pairs) {
  std::vector<EdgeKey> edges;
  std::vector<std::string> keys;
  Status damage = absl::OkStatus();
  RETURN_IF_ERROR(view_->Scan<record::EdgeState>(kInTable, DerivesPrefix(dataset), {},
                                                 [&](authz::Sealed<authz::RowOf<record::EdgeState>> sealed) {
                                                   const auto row = view_->Reveal(kInTable, std::move(sealed));
                                                   if (!row || ((*row)->record.ended() && !include_stale_)) return true;
                                                   const auto key = ParseInKey((*row)->key);
                                                   if (!key.ok()) {
                                                     damage = key.status();
                                                     return false;
                                                   }
                                                   edges.push_back(*key);
                                                   keys.push_back(OutKey(*key));
                                                   return true;
                                                 }));
  RETURN_IF_ERROR(damage);
  ASSIGN_OR_RETURN(auto rows, view_->FindMany(UnnotedOutTable(), keys));
  for (size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i]) continue;
    const auto row = view_->Reveal(UnnotedOutTable(), *std::move(rows[i]));
    if (row) RETURN_IF_ERROR(AddPairs(Side::kIn, edges[i], (*row)->record, pairs));
  }
  return absl::OkStatus();
}

}  // namespace cadastre::lineage

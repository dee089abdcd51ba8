#include "lineage/graph_sources.h"

#include <algorithm>

#include "lineage/reach.h"
#include "lineage/tables.h"

namespace cadastre::lineage {

const TableSource::List& TableSource::Arcs(Side side, uint32_t node) {
  auto& list = lists_[{static_cast<uint8_t>(side), node}];
  if (list == nullptr) {
    list = std::make_unique<List>();
    if (status_.ok()) status_ = Load(side, node, list.get());
  }
  return *list;
}

Status TableSource::Load(Side side, uint32_t node, List* arcs) {
  RETURN_IF_ERROR(CheckDeadline(deadline_));
  const bool out = side == Side::kOut;
  const authz::Table<record::EdgeState>& table = out ? kOutStateTable : kInTable;
  Status damage = absl::OkStatus();
  RETURN_IF_ERROR(view_->Scan<record::EdgeState>(
      table, NodePrefix(AssetId(node)), {}, [&](authz::Sealed<authz::RowOf<record::EdgeState>> sealed) {
        const auto row = view_->Reveal(table, std::move(sealed));
        if (!row) return true;
        const auto key = out ? ParseOutKey((*row)->key) : ParseInKey((*row)->key);
        if (!key.ok()) {
          damage = key.status();
          return false;
        }
        const GraphEdge edge = GraphEdge::Of(*key, (*row)->record.ended(), (*row)->record.through());
        arcs->emplace_back(out ? edge.to : edge.from, edge.arc);
        return true;
      }));
  return damage;
}

}  // namespace cadastre::lineage

// The catalog's values as wire messages. Only what a view revealed has a wire form.
// Thread rule: compatible.
#pragma once

#include "authz/view/sealed.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "catalog/history.h"
#include "catalog/page.h"
#include "catalog/summary.h"

namespace cadastre::server {

template <typename T>
void ToProto(const T&) = delete;

// By value: what an answer says is moved into it.
catalog::v1::Asset ToProto(authz::Visible<catalog::AssetPage> page);
catalog::v1::AspectValue ToProto(authz::Visible<catalog::MergedAspect> value);
void ToProto(authz::Visible<catalog::ColumnsPage> columns, catalog::v1::ListColumnsResponse& out);
catalog::v1::AssetSummary ToProto(authz::Visible<catalog::AssetSummary> summary);
void ToProto(const authz::Visible<std::vector<catalog::HistoryItem>>& items, catalog::v1::GetHistoryResponse& out);
void ToProto(const authz::Visible<catalog::AssetDifference>& difference, catalog::v1::DiffAssetResponse& out);

}  // namespace cadastre::server

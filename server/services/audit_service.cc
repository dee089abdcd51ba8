#include "server/services/audit_service.h"

#include <utility>

#include "authz/audit_records.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "server/rpc/options.h"
#include "server/rpc/status_map.h"

namespace cadastre::server {
namespace {

namespace v1 = audit::v1;

constexpr size_t kPageMax = 1000;
constexpr size_t kPageDefault = 100;

StatusOr<authz::AuditFilter> FilterOf(const v1::ListRecordsRequest& request) {
  authz::AuditFilter out;
  out.principal = request.principal();
  out.operation = request.operation();
  out.log_id = request.log_id();
  if (request.has_asset()) {
    ASSIGN_OR_RETURN(out.asset, catalog::NameOfRef(request.asset(), "asset"));
  }
  if (request.has_after()) {
    ASSIGN_OR_RETURN(out.after, TimestampOf(request.after(), "after"));
  }
  if (request.has_before()) {
    ASSIGN_OR_RETURN(out.before, TimestampOf(request.before(), "before"));
  }
  return out;
}

void Fill(const authz::AuditRecord& record, v1::Record* out) {
  const record::AuditLeaf& leaf = record.leaf;
  out->set_index(static_cast<int64_t>(record.index));
  *out->mutable_time() = StampOf(Timestamp(leaf.time()));
  out->set_principal(leaf.principal());
  out->set_operation(leaf.operation());
  out->set_outcome(std::string(absl::StatusCodeToString(static_cast<absl::StatusCode>(leaf.outcome()))));
  for (int i = 0; i < leaf.shown_size(); ++i) {
    v1::ShownAsset* shown = out->add_shown();
    const std::optional<AssetName>& name = record.shown_names[static_cast<size_t>(i)];
    if (name) *shown->mutable_asset() = catalog::RefOfName(*name);
    *shown->mutable_columns() = leaf.shown(i).columns();
  }
  out->set_detail(record.detail);
  out->set_peer(record.peer);
  out->set_request_id(leaf.request_id());
  out->set_write(leaf.write());
  out->set_leaf(record.leaf_bytes);
  out->set_count(static_cast<int64_t>(leaf.count()));
}

}  // namespace

void AuditService::ListRecords(authz::Call call, v1::ListRecordsRequest request, Done<v1::ListRecordsResponse> done) {
  const StatusOr<size_t> size = PageSizeOf(request.page_size(), kPageDefault, kPageMax);
  if (!size.ok()) return context_.RefuseRead(std::move(call), size.status(), std::move(done));
  const StatusOr<authz::AuditFilter> filter = FilterOf(request);
  if (!filter.ok()) return context_.RefuseRead(std::move(call), filter.status(), std::move(done));
  const auto handler = [guard = context_.guard, log = log_, operation = call.operation, filter = *filter, max = *size,
                        request](authz::GovernedView& view) -> StatusOr<v1::ListRecordsResponse> {
    const Paging paging(guard, view.viewer(), *operation, request);
    ASSIGN_OR_RETURN(const std::string position, paging.Position());
    ASSIGN_OR_RETURN(const auto page, authz::ScanAuditRecords(view, *log, filter, max, position));
    v1::ListRecordsResponse response;
    for (const authz::AuditRecord& record : page->records) Fill(record, response.add_records());
    if (!page->next.empty()) response.set_next_page_token(paging.Next(page->next));
    response.set_truncated(page->truncated);
    return response;
  };
  context_.front->Read<v1::ListRecordsResponse>(std::move(call), authz::ReadOptions(), handler, std::move(done));
}

void AuditService::GetHead(authz::Call call, v1::GetHeadRequest, Done<v1::GetHeadResponse> done) {
  const auto handler = [guard = context_.guard, log = log_](authz::GovernedView&) -> StatusOr<v1::GetHeadResponse> {
    const authz::SignedHead signed_head = log->SignHead(guard->clock().Now());
    v1::GetHeadResponse response;
    response.set_tree_size(static_cast<int64_t>(signed_head.head.tree_size));
    response.set_root_hash(signed_head.head.root.data(), signed_head.head.root.size());
    *response.mutable_time() = StampOf(Timestamp(signed_head.head.time_micros));
    response.set_signature(signed_head.signature);
    response.set_public_key(signed_head.public_key);
    response.set_log_id(signed_head.head.log_id);
    for (const authz::LogExtent& extent : log->previous()) {
      v1::PreviousLog* previous = response.add_previous();
      previous->set_log_id(extent.log_id);
      previous->set_tree_size(static_cast<int64_t>(extent.size));
    }
    return response;
  };
  context_.front->Read<v1::GetHeadResponse>(std::move(call), authz::ReadOptions(), handler, std::move(done));
}

}  // namespace cadastre::server

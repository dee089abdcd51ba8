#include "server/services/audit_service.h"

#include <string_view>
#include <utility>

#include "authz/audit/audit_leaf.h"
#include "authz/audit/audit_records.h"
#include "authz/identity/opaque_tokens.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "server/rpc/page_bytes.h"
#include "server/rpc/read.h"

namespace cadastre::server {
namespace {

namespace v1 = audit::v1;

// As leaves write them.
constexpr std::pair<v1::TargetKind, std::string_view> kTargetKinds[] = {{v1::TARGET_KIND_PRINCIPAL, "principal"},
                                                                        {v1::TARGET_KIND_ROLE, "role"},
                                                                        {v1::TARGET_KIND_GRANT, "grant"},
                                                                        {v1::TARGET_KIND_TOKEN, "token"},
                                                                        {v1::TARGET_KIND_ENVIRONMENT, "environment"}};

std::string_view WordOf(v1::TargetKind kind) {
  for (const auto& [known, word] : kTargetKinds) {
    if (known == kind) return word;
  }
  return {};
}

v1::TargetKind KindOf(std::string_view word) {
  for (const auto& [kind, known] : kTargetKinds) {
    if (known == word) return kind;
  }
  return v1::TARGET_KIND_UNSPECIFIED;
}

StatusOr<authz::AuditFilter> FilterOf(const v1::ListRecordsRequest& request, const authz::OpaqueTokens& opaque) {
  authz::AuditFilter out;
  out.principal = request.principal();
  out.operation = request.operation();
  out.log_id = request.log_id();
  if (request.has_target()) {
    const std::string_view kind = WordOf(request.target().kind());
    if (kind.empty()) return base::InvalidField("target.kind", "a TargetKind");
    out.target.emplace(kind, request.target().id());
  }
  if (!request.change().empty()) {
    ASSIGN_OR_RETURN(out.change, opaque.OpenRevision("change", request.change()));
  }
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

// By the canonical status code that a leaf holds.
v1::Outcome OutcomeOf(uint32_t code) {
  const auto number = static_cast<int>(code) + 1;
  return v1::Outcome_IsValid(number) ? static_cast<v1::Outcome>(number) : v1::OUTCOME_UNSPECIFIED;
}

void Fill(const authz::AuditRecord& record, const authz::OpaqueTokens& opaque, v1::Record* out) {
  const record::AuditLeaf& leaf = record.leaf;
  out->set_index(static_cast<int64_t>(record.index));
  *out->mutable_time() = StampOf(Timestamp(leaf.time()));
  out->set_principal(leaf.principal());
  out->set_operation(leaf.operation());
  out->set_outcome(OutcomeOf(leaf.outcome()));
  for (int i = 0; i < leaf.shown_size(); ++i) {
    v1::ShownAsset* shown = out->add_shown();
    const std::optional<AssetName>& name = record.shown_names[static_cast<size_t>(i)];
    if (name) *shown->mutable_asset() = catalog::RefOfName(*name);
    *shown->mutable_columns() = authz::ColumnsOf(leaf.shown(i));
  }
  out->set_detail(record.detail);
  out->set_peer(record.peer);
  out->set_request_id(leaf.request_id());
  out->set_write(leaf.write());
  out->set_leaf(record.leaf_bytes);
  out->set_count(static_cast<int64_t>(leaf.count()));
  for (const record::Target& target : leaf.targets()) {
    v1::Target* told = out->add_targets();
    told->set_kind(KindOf(target.kind()));
    told->set_id(target.id());
  }
  if (leaf.revision() != 0) out->set_revision(opaque.SealRevision(Revision(leaf.revision())));
  if (leaf.change() != 0) out->set_change(opaque.SealRevision(Revision(leaf.change())));
}

}  // namespace

void AuditService::ListRecords(authz::Call call, v1::ListRecordsRequest request, Done<v1::ListRecordsResponse> done) {
  const StatusOr<authz::AuditFilter> filter = FilterOf(request, context_.guard->opaque());
  const Status checked = filter.status();
  const auto handler = [guard = context_.guard, log = log_, filter = filter.value_or(authz::AuditFilter())](
                           authz::GovernedView& view, const v1::ListRecordsRequest&,
                           const Page<v1::ListRecordsRequest>& asked) -> StatusOr<v1::ListRecordsResponse> {
    ASSIGN_OR_RETURN(const auto page,
                     authz::ScanAuditRecords(view, *log, filter, {asked.size, kAnswerBytesMax}, asked.position));
    v1::ListRecordsResponse response;
    for (const authz::AuditRecord& record : page->records) Fill(record, guard->opaque(), response.add_records());
    if (!page->next.empty()) response.set_next_page_token(asked.Next(page->next));
    response.set_truncated(page->truncated);
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {checked}, handler, std::move(done));
}

void AuditService::GetHead(authz::Call call, v1::GetHeadRequest request, Done<v1::GetHeadResponse> done) {
  const auto handler = [guard = context_.guard, log = log_](authz::GovernedView&) -> StatusOr<v1::GetHeadResponse> {
    const authz::SignedHead signed_head = log->SignHead(guard->clock().Now());
    v1::GetHeadResponse response;
    response.set_tree_size(static_cast<int64_t>(signed_head.head.tree_size));
    response.set_root_hash(signed_head.head.root.data(), signed_head.head.root.size());
    *response.mutable_time() = StampOf(Timestamp(signed_head.head.time_micros));
    response.set_signature(signed_head.signature);
    response.set_public_key(signed_head.public_key);
    response.set_log_id(signed_head.head.log_id);
    if (const std::optional<authz::TrimmedPart> part = log->trimmed()) {
      const authz::SignedHead& head = part->signed_head;
      v1::TrimmedHead* trimmed = response.mutable_trimmed();
      trimmed->set_tree_size(static_cast<int64_t>(head.head.tree_size));
      trimmed->set_root_hash(head.head.root.data(), head.head.root.size());
      *trimmed->mutable_time() = StampOf(Timestamp(head.head.time_micros));
      trimmed->set_signature(head.signature);
      trimmed->set_public_key(head.public_key);
      for (const proof::Hash& peak : part->peaks) trimmed->add_peaks(peak.data(), peak.size());
    }
    for (const authz::LogExtent& extent : log->previous()) {
      v1::PreviousLog* previous = response.add_previous();
      previous->set_log_id(extent.log_id);
      previous->set_tree_size(static_cast<int64_t>(extent.size));
    }
    return response;
  };
  ServeRead(context_, std::move(call), std::move(request), {}, handler, std::move(done));
}

}  // namespace cadastre::server

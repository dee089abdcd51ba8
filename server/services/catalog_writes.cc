#include <algorithm>
#include <string_view>
#include <utility>

#include "authz/write/stand_in.h"
#include "base/status.h"
#include "catalog/alias.h"
#include "catalog/aspect_kind.h"
#include "catalog/labels.h"
#include "catalog/lifecycle.h"
#include "catalog/page.h"
#include "catalog/summary.h"
#include "catalog/tables.h"
#include "catalog/upsert.h"
#include "server/rpc/method_rule.h"
#include "server/rpc/write.h"
#include "server/services/catalog_service.h"
#include "server/wire/catalog_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

using authz::Privilege;

constexpr int kUpsertsMax = 1000;
constexpr int kAliasesMax = 1000;
// Upserts whose values the answer shows, and how much of them.
constexpr int kShownMax = 100;
constexpr size_t kShownBytesMax = 2 << 20;

// The read that an answer with what was written is recorded as.
const authz::Operation& Shown() { return OperationTaking(*v1::GetAssetRequest::descriptor()); }

// What the API states: a person's own word, where he holds the privilege to edit, else a declared one. What `push`
// alone lets through is a source's whoever sends it, or a pusher would overwrite what people wrote.
StatusOr<catalog::Producer> ProducerOf(authz::WriteSession& session, bool edits) {
  const bool person = edits && session.viewer().person();
  return catalog::InternProducer(session, person ? catalog::kPersonTool : "api",
                                 person ? catalog::Rank::kPerson : catalog::Rank::kDeclared);
}

StatusOr<catalog::AspectWrite> WriteOf(const v1::AspectUpsert& upsert) {
  catalog::AspectWrite write;
  RETURN_IF_ERROR(CheckColumn(upsert.column()));
  for (const std::string& segment : upsert.column().path()) write.column_path.push_back(segment);
  write.aspect = upsert.aspect();
  if (upsert.has_held_at()) {
    ASSIGN_OR_RETURN(write.held, TimestampOf(upsert.held_at(), "held_at"));
  }
  write.etag = upsert.etag();
  write.absent = upsert.absent();
  write.withdraw = upsert.withdraw();
  switch (upsert.change()) {
    case v1::AspectUpsert::CHANGE_UNSPECIFIED:
    case v1::AspectUpsert::CHANGE_SET: break;
    case v1::AspectUpsert::CHANGE_ADD: write.change = catalog::AspectWrite::Change::kAdd; break;
    case v1::AspectUpsert::CHANGE_REMOVE: write.change = catalog::AspectWrite::Change::kRemove; break;
    default: return base::InvalidField("change", "one of SET, ADD and REMOVE");
  }
  return write;
}

template <Privilege kPrivilege>
StatusOr<bool> UpsertBy(authz::WriteSession& session, catalog::Upserter& upserter, authz::Permit<kPrivilege> permit,
                        bool edits, catalog::AspectWrite write) {
  ASSIGN_OR_RETURN(catalog::Producer producer, ProducerOf(session, edits));
  upserter.SpeakAs(std::move(producer));
  return upserter.Upsert(std::move(permit), std::move(write));
}

// By the kind's own privilege where the caller holds it on the asset, which then exists and is visible; else by `push`,
// which names what it may create.
template <Privilege kPrivilege>
StatusOr<bool> UpsertUnder(authz::WriteSession& session, catalog::Upserter& upserter, const AssetName& name,
                           catalog::AspectWrite write) {
  auto edit = session.PermitEdit<kPrivilege>(name);
  if (edit.ok()) return UpsertBy(session, upserter, *std::move(edit), /*edits=*/true, std::move(write));
  const bool refused = absl::IsNotFound(edit.status()) || absl::IsPermissionDenied(edit.status());
  if (!refused || !authz::MayPushInstead(session, kPrivilege, name)) return edit.status();
  // Who makes an asset by what he says of it may be one who edits it from then on.
  const bool edits = authz::HoldsByPolicy(session, kPrivilege, name);
  ASSIGN_OR_RETURN(auto push, session.PermitPush(name));
  return UpsertBy(session, upserter, std::move(push), edits, std::move(write));
}

StatusOr<bool> UpsertOne(authz::WriteSession& session, catalog::Upserter& upserter,
                         const v1::UpsertAspectsRequest& request, int index) {
  const v1::AspectUpsert& upsert = request.upserts(index);
  ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(upsert.asset(), "asset"));
  const catalog::AspectKind* kind = catalog::FindAspectKind(catalog::NumberOf(upsert.aspect()));
  if (kind == nullptr) return base::InvalidField("aspect", "one kind of aspect");
  ASSIGN_OR_RETURN(catalog::AspectWrite write, WriteOf(upsert));
  write.allow_unknown_column = request.allow_unknown_columns();
  write.field = base::Cat("upserts[", index, "]");
  switch (kind->write) {
    case Privilege::kEditDocs: return UpsertUnder<Privilege::kEditDocs>(session, upserter, name, std::move(write));
    case Privilege::kEditTags: return UpsertUnder<Privilege::kEditTags>(session, upserter, name, std::move(write));
    default: return UpsertUnder<Privilege::kEditTechnical>(session, upserter, name, std::move(write));
  }
}

// Who tends both names merges and parts them by his own word; else it is what a source says, and its own statement that
// it takes back.
Status AliasOne(authz::WriteSession& session, const v1::AliasUpsert& alias) {
  ASSIGN_OR_RETURN(const AssetName from, catalog::NameOfRef(alias.from(), "from"));
  ASSIGN_OR_RETURN(const AssetName to, catalog::NameOfRef(alias.to(), "to"));
  if (alias.type().size() > 64) return base::InvalidField("type", "at most 64 bytes");
  const bool tends = authz::HoldsByPolicy(session, Privilege::kEditTechnical, from) &&
                     authz::HoldsByPolicy(session, Privilege::kEditTechnical, to);
  ASSIGN_OR_RETURN(const catalog::Producer producer, ProducerOf(session, tends));
  if (alias.take_back()) {
    auto of_from = session.PermitEdit<Privilege::kEditTechnical>(from);
    auto of_to = session.PermitEdit<Privilege::kEditTechnical>(to);
    if (of_from.ok() && of_to.ok()) {
      return catalog::TakeBackAlias(session, *std::move(of_from), *std::move(of_to), producer, alias.type());
    }
  }
  for (const AssetName* name : {&from, &to}) {
    if (tends || !session.MayPush(*name) || authz::MayPushInstead(session, Privilege::kEditTechnical, *name)) continue;
    return session.PermitEdit<Privilege::kEditTechnical>(*name).status();
  }
  ASSIGN_OR_RETURN(auto permit, session.PermitPush(from));
  RETURN_IF_ERROR(session.AssetOf(permit).status());
  ASSIGN_OR_RETURN(const AssetId to_id, session.Intern(authz::RowPermit(permit), to));
  if (alias.take_back()) {
    return catalog::TakeBackAlias(session, std::move(permit), producer, to_id, alias.type()).status();
  }
  return catalog::RecordAlias(session, std::move(permit), producer, to_id, alias.type()).status();
}

StatusOr<v1::UpsertAspectsResponse> UpsertAll(authz::WriteSession& session, const v1::UpsertAspectsRequest& request) {
  ASSIGN_OR_RETURN(catalog::Producer producer, ProducerOf(session, /*edits=*/false));
  catalog::Upserter upserter(&session, std::move(producer));
  v1::UpsertAspectsResponse response;
  for (int i = 0; i < request.upserts_size(); ++i) {
    const StatusOr<bool> claim = UpsertOne(session, upserter, request, i);
    if (!claim.ok()) return base::WithinField(base::Cat("upserts[", i, "]"), claim.status());
    if (*claim) response.add_claims(i);
  }
  RETURN_IF_ERROR(upserter.Finish());
  for (int i = 0; i < request.aliases_size(); ++i) {
    const Status status = AliasOne(session, request.aliases(i));
    if (!status.ok()) return base::WithinField(base::Cat("aliases[", i, "]"), status);
  }
  return response;
}

Status CheckUpserts(const v1::UpsertAspectsRequest& request) {
  if (request.upserts_size() + request.aliases_size() < 1 || request.upserts_size() > kUpsertsMax) {
    return base::InvalidField("upserts", "1 to 1,000");
  }
  if (request.aliases_size() > kAliasesMax) return base::InvalidField("aliases", "at most 1,000");
  if (request.idempotency_key().size() > 128) return base::InvalidField("idempotency_key", "1 to 128 bytes");
  return absl::OkStatus();
}

// A pusher need not see what he pushes to; what nobody may show is not looked at.
bool MayShow(const authz::WriteSession& session, const v1::UpsertAspectsRequest& request) {
  return request.upserts_size() <= kShownMax &&
         std::any_of(request.upserts().begin(), request.upserts().end(), [&](const v1::AspectUpsert& upsert) {
           const StatusOr<AssetName> name = catalog::NameOfRef(upsert.asset(), "asset");
           const std::optional<AssetId> id = name.ok() ? session.FindName(*name) : std::nullopt;
           return id && session.May(Privilege::kBrowse, *id);
         });
}

// Of each upsert the value it was about, as the viewer reads it.
Status ShowValues(authz::GovernedView& view, const v1::UpsertAspectsRequest& request,
                  v1::UpsertAspectsResponse& response) {
  size_t bytes = 0;
  for (const v1::AspectUpsert& upsert : request.upserts()) {
    v1::AspectValue* out = response.add_values();
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(upsert.asset(), "asset"));
    const StatusOr<AssetId> id = view.ResolveExact(name);
    if (!id.ok()) continue;
    ASSIGN_OR_RETURN(auto value, catalog::FindMergedValue(view, *id, catalog::PathOf(upsert.column().path()),
                                                          upsert.aspect(), kShownBytesMax - bytes));
    if (!value) continue;
    *out = ToProto(*std::move(value));
    bytes += std::min(out->ByteSizeLong(), kShownBytesMax - bytes);
  }
  return absl::OkStatus();
}

template <typename Request, typename Response>
void SetDeleted(const ServiceContext& context, authz::Call call, Request request, bool deleted, Done<Response> done) {
  call.detail = DetailOf(request.asset());
  const auto handler = [deleted](authz::WriteSession& session, const Request& asked) -> StatusOr<Response> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.asset(), "asset"));
    if (!deleted) session.ShowDeleted();
    ASSIGN_OR_RETURN(auto permit, session.PermitEdit<Privilege::kEditTechnical>(name));
    RETURN_IF_ERROR(catalog::SetDeleted(session, std::move(permit), deleted));
    return Response();
  };
  WriteRule<Request, Response> rule = {.shown_as = &Shown()};
  rule.show = [](authz::GovernedView& view, const Request& asked, Response& response) -> Status {
    view.ShowDeleted();
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(asked.asset(), "asset"));
    ASSIGN_OR_RETURN(const AssetId id, view.ResolveExact(name));
    ASSIGN_OR_RETURN(auto summary, catalog::Summarize(view, id));
    *response.mutable_asset() = ToProto(std::move(summary));
    return absl::OkStatus();
  };
  ServeWrite(context, std::move(call), std::move(request), std::move(rule), handler, std::move(done));
}

}  // namespace

void CatalogService::UpsertAspects(authz::Call call, v1::UpsertAspectsRequest request,
                                   Done<v1::UpsertAspectsResponse> done) {
  const auto handler = [context = context_](
                           authz::WriteSession& session,
                           const v1::UpsertAspectsRequest& asked) -> StatusOr<v1::UpsertAspectsResponse> {
    RETURN_IF_ERROR(context.CheckIndexKeepsUp());
    return UpsertAll(session, asked);
  };
  const Status wrong = CheckUpserts(request);
  ServeWrite(context_, std::move(call), std::move(request), {wrong, std::nullopt, &Shown(), MayShow, ShowValues},
             handler, std::move(done));
}

void CatalogService::DeleteAsset(authz::Call call, v1::DeleteAssetRequest request, Done<v1::DeleteAssetResponse> done) {
  SetDeleted(context_, std::move(call), std::move(request), true, std::move(done));
}

void CatalogService::RestoreAsset(authz::Call call, v1::RestoreAssetRequest request,
                                  Done<v1::RestoreAssetResponse> done) {
  SetDeleted(context_, std::move(call), std::move(request), false, std::move(done));
}

}  // namespace cadastre::server

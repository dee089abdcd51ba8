#include <utility>

#include "authz/opaque_tokens.h"
#include "base/status.h"
#include "catalog/alias.h"
#include "catalog/aspect_kind.h"
#include "catalog/labels.h"
#include "catalog/lifecycle.h"
#include "catalog/upsert.h"
#include "server/rpc/options.h"
#include "server/services/catalog_service.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;
using authz::Privilege;

constexpr int kUpsertsMax = 1000;
constexpr int kAliasesMax = 1000;

// What the API states by hand: a person's own word, or a service's declared one.
StatusOr<catalog::Producer> ProducerOf(authz::WriteSession& session) {
  const bool person = session.viewer().person();
  return catalog::InternProducer(session, person ? catalog::kPersonTool : "api",
                                 person ? catalog::Rank::kPerson : catalog::Rank::kDeclared);
}

StatusOr<catalog::AspectWrite> WriteOf(const v1::AspectUpsert& upsert) {
  catalog::AspectWrite write;
  for (const std::string& segment : upsert.column_path()) write.column_path.push_back(segment);
  write.aspect = upsert.aspect();
  if (upsert.has_held_at()) {
    ASSIGN_OR_RETURN(write.held, TimestampOf(upsert.held_at(), "held_at"));
  }
  write.etag = upsert.etag();
  write.withdraw = upsert.withdraw();
  return write;
}

template <Privilege kPrivilege>
StatusOr<bool> UpsertUnder(authz::WriteSession& session, catalog::Upserter& upserter, const AssetName& name,
                           catalog::AspectWrite write) {
  // Business and technical edits go to assets that exist and are visible.
  ASSIGN_OR_RETURN(auto permit, session.PermitEdit<kPrivilege>(name));
  const std::optional<AssetId> id = session.FindName(name);
  if (!id) return base::NotFound("no such asset");
  write.asset = *id;
  return upserter.Upsert(std::move(permit), std::move(write));
}

StatusOr<bool> UpsertPushed(authz::WriteSession& session, catalog::Upserter& upserter, const AssetName& name,
                            catalog::AspectWrite write) {
  ASSIGN_OR_RETURN(auto permit, session.PermitPush(name));
  ASSIGN_OR_RETURN(write.asset, session.Intern(name));
  return upserter.Upsert(std::move(permit), std::move(write));
}

// The kind's own privilege where the caller holds it on the asset; else `push`, which names what it may create.
StatusOr<bool> UpsertOne(authz::WriteSession& session, catalog::Upserter& upserter, const v1::AspectUpsert& upsert) {
  ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(upsert.asset(), "asset"));
  const catalog::AspectKind* kind = catalog::FindAspectKind(catalog::NumberOf(upsert.aspect()));
  if (kind == nullptr) return base::InvalidField("aspect.value", "one kind of aspect");
  ASSIGN_OR_RETURN(catalog::AspectWrite write, WriteOf(upsert));
  StatusOr<bool> edited = [&]() -> StatusOr<bool> {
    switch (kind->write) {
      case Privilege::kEditDocs: return UpsertUnder<Privilege::kEditDocs>(session, upserter, name, write);
      case Privilege::kEditTags: return UpsertUnder<Privilege::kEditTags>(session, upserter, name, write);
      default: return UpsertUnder<Privilege::kEditTechnical>(session, upserter, name, write);
    }
  }();
  const bool refused = absl::IsNotFound(edited.status()) || absl::IsPermissionDenied(edited.status());
  if (!refused || !session.MayPush(name)) return edited;
  return UpsertPushed(session, upserter, name, std::move(write));
}

Status AliasOne(authz::WriteSession& session, const catalog::Producer& producer, const v1::AliasUpsert& alias) {
  ASSIGN_OR_RETURN(const AssetName from, catalog::NameOfRef(alias.from(), "from"));
  ASSIGN_OR_RETURN(const AssetName to, catalog::NameOfRef(alias.to(), "to"));
  if (alias.type().size() > 64) return base::InvalidField("type", "at most 64 bytes");
  RETURN_IF_ERROR(session.PermitPush(from).status());
  ASSIGN_OR_RETURN(const AssetId from_id, session.Intern(from));
  ASSIGN_OR_RETURN(const AssetId to_id, session.Intern(to));
  return catalog::RecordAlias(session, producer, from_id, to_id, alias.type(), alias.take_back()).status();
}

StatusOr<v1::UpsertAspectsResponse> UpsertAll(authz::WriteSession& session, const v1::UpsertAspectsRequest& request) {
  ASSIGN_OR_RETURN(catalog::Producer producer, ProducerOf(session));
  catalog::Upserter upserter(&session, producer);
  v1::UpsertAspectsResponse response;
  for (int i = 0; i < request.upserts_size(); ++i) {
    const StatusOr<bool> claim = UpsertOne(session, upserter, request.upserts(i));
    if (!claim.ok()) return base::WithinField(base::Cat("upserts[", i, "]"), claim.status());
    if (*claim) response.add_claims(i);
  }
  RETURN_IF_ERROR(upserter.Finish());
  for (int i = 0; i < request.aliases_size(); ++i) {
    const Status status = AliasOne(session, producer, request.aliases(i));
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

}  // namespace

void CatalogService::UpsertAspects(authz::Call call, v1::UpsertAspectsRequest request,
                                   Done<v1::UpsertAspectsResponse> done) {
  if (Status bad = CheckUpserts(request); !bad.ok()) return context_.RefuseWrite(std::move(call), bad, std::move(done));
  if (!request.idempotency_key().empty()) {
    call.idempotency_key = request.idempotency_key();
    v1::UpsertAspectsRequest keyless = request;
    keyless.clear_idempotency_key();
    call.request_digest = DigestOf(keyless);
  }
  const auto handler = [context = context_,
                        request](authz::WriteSession& session) -> StatusOr<v1::UpsertAspectsResponse> {
    RETURN_IF_ERROR(context.CheckIndexKeepsUp());
    return UpsertAll(session, request);
  };
  const auto finish = [guard = context_.guard](v1::UpsertAspectsResponse& response, Revision revision) {
    response.set_revision(guard->opaque().SealRevision(revision));
  };
  context_.front->Write<v1::UpsertAspectsResponse>(std::move(call), handler, finish, std::move(done));
}

void CatalogService::DeleteAsset(authz::Call call, v1::DeleteAssetRequest request, Done<v1::DeleteAssetResponse> done) {
  call.detail = DetailOf(request.asset());
  const auto handler = [request](authz::WriteSession& session) -> StatusOr<v1::DeleteAssetResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.asset(), "asset"));
    ASSIGN_OR_RETURN(auto permit, session.PermitEdit<Privilege::kEditTechnical>(name));
    RETURN_IF_ERROR(catalog::SetDeleted(session, std::move(permit), true));
    return v1::DeleteAssetResponse();
  };
  const auto finish = [guard = context_.guard](v1::DeleteAssetResponse& response, Revision revision) {
    response.set_revision(guard->opaque().SealRevision(revision));
  };
  context_.front->Write<v1::DeleteAssetResponse>(std::move(call), handler, finish, std::move(done));
}

void CatalogService::RestoreAsset(authz::Call call, v1::RestoreAssetRequest request,
                                  Done<v1::RestoreAssetResponse> done) {
  call.detail = DetailOf(request.asset());
  const auto handler = [request](authz::WriteSession& session) -> StatusOr<v1::RestoreAssetResponse> {
    ASSIGN_OR_RETURN(const AssetName name, catalog::NameOfRef(request.asset(), "asset"));
    session.ShowDeleted();
    ASSIGN_OR_RETURN(auto permit, session.PermitEdit<Privilege::kEditTechnical>(name));
    RETURN_IF_ERROR(catalog::SetDeleted(session, std::move(permit), false));
    return v1::RestoreAssetResponse();
  };
  const auto finish = [guard = context_.guard](v1::RestoreAssetResponse& response, Revision revision) {
    response.set_revision(guard->opaque().SealRevision(revision));
  };
  context_.front->Write<v1::RestoreAssetResponse>(std::move(call), handler, finish, std::move(done));
}

}  // namespace cadastre::server

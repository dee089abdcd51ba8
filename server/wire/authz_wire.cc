#include "server/wire/authz_wire.h"

#include "base/bytes.h"
#include "base/status.h"
#include "catalog/labels.h"
#include "server/rpc/options.h"

namespace cadastre::server {
namespace {

namespace v1 = authz::v1;

// Keys of policy rows are `<id>\0`.
std::string IdOf(const std::string& key) {
  base::ByteReader reader(key);
  const StatusOr<std::string_view> id = reader.ReadString();
  return id.ok() ? std::string(*id) : "";
}

void FillAsset(authz::GovernedView& view, uint64_t id, catalog::v1::AssetRef* (v1::Scope::*field)(), v1::Scope& out) {
  if (id == 0) return;
  const std::optional<AssetName> name = view.NameOf(AssetId(id));
  if (!name) return;
  *(out.*field)() = catalog::RefOfName(*name);
  view.shown().Note(AssetId(id));
}

void FillScope(const record::Scope& scope, authz::GovernedView& view, v1::Scope& out) {
  for (const uint32_t number : scope.kinds()) {
    const auto kind = base::AssetKindFromNumber(static_cast<uint8_t>(number));
    if (kind.ok()) out.add_kinds(std::string(base::AssetKindWord(*kind)));
  }
  out.set_namespace_(scope.namespace_());
  out.set_name_prefix(scope.name_prefix());
  FillAsset(view, scope.container(), &v1::Scope::mutable_container, out);
  FillAsset(view, scope.domain(), &v1::Scope::mutable_domain, out);
  FillAsset(view, scope.asset(), &v1::Scope::mutable_asset, out);
  out.set_environment(scope.environment());
  out.set_tag(scope.tag());
  out.set_classification(scope.classification());
  out.set_owner(scope.owner());
}

}  // namespace

v1::Token ToProto(const authz::Visible<record::Token>& token) {
  v1::Token out;
  out.set_id(token->id());
  out.set_principal(token->principal());
  out.set_description(token->description());
  *out.mutable_created_at() = StampOf(Timestamp(token->created()));
  *out.mutable_expires_at() = StampOf(Timestamp(token->expires()));
  out.set_session(token->session());
  return out;
}

v1::Role ToProto(const authz::Visible<authz::RowOf<record::Role>>& role) {
  v1::Role out;
  out.set_id(IdOf(role->key));
  out.set_description(role->record.description());
  *out.mutable_inherits() = role->record.inherits();
  return out;
}

v1::Grant ToProto(const authz::Visible<authz::RowOf<record::Grant>>& grant, authz::GovernedView& view) {
  v1::Grant out;
  out.set_id(IdOf(grant->key));
  out.set_role(grant->record.role());
  for (const uint32_t privilege : grant->record.privileges()) out.add_privileges(static_cast<v1::Privilege>(privilege));
  if (grant->record.has_scope()) FillScope(grant->record.scope(), view, *out.mutable_scope());
  out.set_deny(grant->record.deny());
  return out;
}

v1::WhoAmIResponse ToProto(const authz::Visible<authz::Self>& self) {
  v1::WhoAmIResponse out;
  v1::Principal* principal = out.mutable_principal();
  principal->set_id(self->id);
  principal->set_kind(static_cast<v1::PrincipalKind>(self->principal.kind()));
  principal->set_display_name(self->person.display_name());
  principal->set_email(self->person.email());
  *principal->mutable_groups() = self->principal.groups();
  *principal->mutable_roles() = self->principal.roles();
  for (const std::string& group : self->groups) out.add_groups(group);
  for (const std::string& role : self->roles) out.add_roles(role);
  for (int number = 1; number < authz::kPrivilegeCount; ++number) {
    if (self->privileges.Has(static_cast<authz::Privilege>(number))) {
      out.add_privileges(static_cast<v1::Privilege>(number));
    }
  }
  return out;
}

record::Principal PrincipalOf(const v1::Principal& principal) {
  record::Principal out;
  out.set_kind(static_cast<uint32_t>(principal.kind()));
  *out.mutable_groups() = principal.groups();
  *out.mutable_roles() = principal.roles();
  out.set_disabled(principal.disabled());
  return out;
}

record::Person PersonOf(const v1::Principal& principal) {
  record::Person out;
  out.set_display_name(principal.display_name());
  out.set_email(principal.email());
  return out;
}

record::Role RoleOf(const v1::Role& role) {
  record::Role out;
  out.set_description(role.description());
  *out.mutable_inherits() = role.inherits();
  return out;
}

StatusOr<record::Grant> GrantOf(const v1::Grant& grant) {
  record::Grant out;
  out.set_role(grant.role());
  for (const int privilege : grant.privileges()) out.add_privileges(static_cast<uint32_t>(privilege));
  out.set_deny(grant.deny());
  record::Scope* scope = out.mutable_scope();
  for (const std::string& word : grant.scope().kinds()) {
    const StatusOr<AssetKind> kind = base::ParseAssetKind(word);
    if (!kind.ok()) return base::WithinField("grant.scope.kinds", kind.status());
    scope->add_kinds(static_cast<uint32_t>(*kind));
  }
  scope->set_namespace_(grant.scope().namespace_());
  scope->set_name_prefix(grant.scope().name_prefix());
  scope->set_environment(grant.scope().environment());
  scope->set_tag(grant.scope().tag());
  scope->set_classification(grant.scope().classification());
  scope->set_owner(grant.scope().owner());
  return out;
}

StatusOr<authz::ScopeAssets> ScopeAssetsOf(const v1::Scope& scope) {
  authz::ScopeAssets out;
  if (scope.has_container()) {
    ASSIGN_OR_RETURN(out.container, catalog::NameOfRef(scope.container(), "grant.scope.container"));
  }
  if (scope.has_domain()) {
    ASSIGN_OR_RETURN(out.domain, catalog::NameOfRef(scope.domain(), "grant.scope.domain"));
  }
  if (scope.has_asset()) {
    ASSIGN_OR_RETURN(out.asset, catalog::NameOfRef(scope.asset(), "grant.scope.asset"));
  }
  return out;
}

}  // namespace cadastre::server

#include "server/wire/authz_wire.h"

#include "authz/identity/principal_kind.h"
#include "base/bytes.h"
#include "base/status.h"
#include "cadastre/privilege/v1/privilege.pb.h"
#include "catalog/labels.h"
#include "server/rpc/options.h"

namespace cadastre::server {
namespace {

namespace v1 = authz::v1;

static_assert(static_cast<uint32_t>(authz::PrincipalKind::kPerson) == v1::PRINCIPAL_KIND_PERSON &&
              static_cast<uint32_t>(authz::PrincipalKind::kGroup) == v1::PRINCIPAL_KIND_GROUP &&
              static_cast<uint32_t>(authz::PrincipalKind::kService) == v1::PRINCIPAL_KIND_SERVICE &&
              !authz::IsPrincipalKind(v1::PrincipalKind_MAX + 1) && authz::IsPrincipalKind(v1::PrincipalKind_MAX));

// Keys of policy rows are `<id>\0`.
std::string IdOf(const std::string& key) {
  base::ByteReader reader(key);
  const StatusOr<std::string_view> id = reader.ReadString();
  return id.ok() ? std::string(*id) : "";
}

void FillAsset(const ScopeNames& name_of, uint64_t id, catalog::v1::AssetRef* (v1::Scope::*field)(), v1::Scope& out) {
  if (id == 0) return;
  std::optional<AssetName> name = name_of(AssetId(id));
  if (name) *(out.*field)() = catalog::RefOfName(*std::move(name));
}

void FillScope(const record::Scope& scope, const ScopeNames& name_of, v1::Scope& out) {
  for (const uint32_t number : scope.kinds()) {
    const auto kind = base::AssetKindFromNumber(static_cast<uint8_t>(number));
    if (kind.ok()) out.add_kinds(std::string(base::AssetKindWord(*kind)));
  }
  out.set_namespace_(scope.namespace_());
  out.set_name_prefix(scope.name_prefix());
  FillAsset(name_of, scope.container(), &v1::Scope::mutable_container, out);
  FillAsset(name_of, scope.domain(), &v1::Scope::mutable_domain, out);
  FillAsset(name_of, scope.asset(), &v1::Scope::mutable_asset, out);
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
  out.set_etag(authz::EtagOf(role->record));
  return out;
}

v1::Grant ToProto(const authz::Visible<authz::RowOf<record::Grant>>& grant, const ScopeNames& name_of) {
  v1::Grant out;
  out.set_id(IdOf(grant->key));
  out.set_role(grant->record.role());
  for (const uint32_t privilege : grant->record.privileges())
    out.add_privileges(static_cast<privilege::v1::Privilege>(privilege));
  if (grant->record.has_scope()) FillScope(grant->record.scope(), name_of, *out.mutable_scope());
  out.set_deny(grant->record.deny());
  out.set_etag(authz::EtagOf(grant->record));
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
      out.add_privileges(static_cast<privilege::v1::Privilege>(number));
    }
  }
  return out;
}

v1::Principal ToProto(const authz::Visible<authz::Account>& account) {
  v1::Principal out;
  out.set_id(account->id);
  out.set_kind(static_cast<v1::PrincipalKind>(account->principal.kind()));
  out.set_display_name(account->person.display_name());
  out.set_email(account->person.email());
  *out.mutable_groups() = account->principal.groups();
  *out.mutable_roles() = account->principal.roles();
  out.set_disabled(account->principal.disabled());
  out.set_etag(authz::EtagOf(*account));
  return out;
}

v1::EnvironmentRule ToProto(const authz::Visible<authz::RowOf<record::EnvironmentRule>>& rule) {
  v1::EnvironmentRule out;
  out.set_id(IdOf(rule->key));
  out.set_namespace_(rule->record.namespace_());
  out.set_environment(rule->record.environment());
  out.set_etag(authz::EtagOf(rule->record));
  return out;
}

authz::Account AccountOf(const v1::Principal& principal) {
  authz::Account out;
  out.id = principal.id();
  out.principal.set_kind(static_cast<uint32_t>(principal.kind()));
  *out.principal.mutable_groups() = principal.groups();
  *out.principal.mutable_roles() = principal.roles();
  out.principal.set_disabled(principal.disabled());
  out.person.set_display_name(principal.display_name());
  out.person.set_email(principal.email());
  return out;
}

record::EnvironmentRule EnvironmentRuleOf(const v1::EnvironmentRule& rule) {
  record::EnvironmentRule out;
  out.set_namespace_(rule.namespace_());
  out.set_environment(rule.environment());
  return out;
}

StatusOr<std::optional<std::vector<std::string>>> FieldsOf(const google::protobuf::FieldMask* mask,
                                                           const google::protobuf::Message& resource) {
  std::vector<std::string> names;
  if (mask == nullptr) {
    std::vector<const google::protobuf::FieldDescriptor*> set;
    resource.GetReflection()->ListFields(resource, &set);
    for (const auto* field : set) names.push_back(field->name());
    return std::optional(std::move(names));
  }
  for (const std::string& path : mask->paths()) {
    if (path == "*") return std::optional<std::vector<std::string>>();
    if (resource.GetDescriptor()->FindFieldByName(path) == nullptr) {
      return base::InvalidField("update_mask", "names of the resource's own fields, or `*`");
    }
    names.push_back(path);
  }
  return std::optional(std::move(names));
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
  for (int i = 0; i < grant.scope().kinds_size(); ++i) {
    const StatusOr<AssetKind> kind = base::ParseAssetKind(grant.scope().kinds(i));
    if (!kind.ok()) return base::RenamedField(base::Cat("grant.scope.kinds[", i, "]"), kind.status());
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

// Principals, roles, grants and tokens: records as revealed, to wire messages; and wire messages to records.
// Thread rule: compatible. Errors: INVALID_ARGUMENT that names the field.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "authz/accounts/environment_rules.h"
#include "authz/accounts/policy_store.h"
#include "authz/view/sealed.h"
#include "base/status.h"
#include "base/words.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/record/policy.pb.h"
#include "google/protobuf/field_mask.pb.h"

namespace cadastre::server {

authz::v1::Token ToProto(const authz::Visible<record::Token>& token);
authz::v1::Role ToProto(const authz::Visible<authz::RowOf<record::Role>>& role);
// What a scope's assets are called, as the answer may tell it; nullopt leaves them out.
using ScopeNames = std::function<std::optional<AssetName>(AssetId)>;
authz::v1::Grant ToProto(const authz::Visible<authz::RowOf<record::Grant>>& grant, const ScopeNames& name_of);
authz::v1::Principal ToProto(const authz::Visible<authz::Account>& account);
authz::v1::EnvironmentRule ToProto(const authz::Visible<authz::RowOf<record::EnvironmentRule>>& rule);
authz::v1::WhoAmIResponse ToProto(const authz::Visible<authz::Self>& self);

authz::Account AccountOf(const authz::v1::Principal& principal);
record::EnvironmentRule EnvironmentRuleOf(const authz::v1::EnvironmentRule& rule);
record::Role RoleOf(const authz::v1::Role& role);
// Everything but the scope's assets, which the store resolves.
StatusOr<record::Grant> GrantOf(const authz::v1::Grant& grant);
StatusOr<authz::ScopeAssets> ScopeAssetsOf(const authz::v1::Scope& scope);

// The names a mask means among the fields of `resource`: nullopt for `*`. Without a mask the fields that are set.
StatusOr<std::optional<std::vector<std::string>>> FieldsOf(const google::protobuf::FieldMask* mask,
                                                           const google::protobuf::Message& resource);
// `field` is the resource's in the request.
template <typename Request, typename Resource>
StatusOr<authz::Replacement> ReplacementOf(const Request& request, std::string_view field, const Resource& resource) {
  authz::Replacement how;
  how.etag = resource.etag();
  how.etag_field = base::Cat(field, ".etag");
  how.only_if_absent = request.only_if_absent();
  ASSIGN_OR_RETURN(how.fields, FieldsOf(request.has_update_mask() ? &request.update_mask() : nullptr, resource));
  return how;
}

}  // namespace cadastre::server

// Principals, roles, grants and tokens: records as revealed, to wire messages; and wire messages to records.
// Thread rule: compatible. Errors: INVALID_ARGUMENT that names the field.
#pragma once

#include "authz/policy_store.h"
#include "authz/sealed.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/record/policy.pb.h"

namespace cadastre::server {

authz::v1::Token ToProto(const authz::Visible<record::Token>& token);
authz::v1::Role ToProto(const authz::Visible<authz::RowOf<record::Role>>& role);
// Names of scoped assets come from the view: hidden ones are left out.
authz::v1::Grant ToProto(const authz::Visible<authz::RowOf<record::Grant>>& grant, authz::GovernedView& view);
authz::v1::WhoAmIResponse ToProto(const authz::Visible<authz::Self>& self);

record::Principal PrincipalOf(const authz::v1::Principal& principal);
record::Person PersonOf(const authz::v1::Principal& principal);
record::Role RoleOf(const authz::v1::Role& role);
// Everything but the scope's assets, which the store resolves.
StatusOr<record::Grant> GrantOf(const authz::v1::Grant& grant);
StatusOr<authz::ScopeAssets> ScopeAssetsOf(const authz::v1::Scope& scope);

}  // namespace cadastre::server

#include "authz/policy/policy_checks.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace cadastre::authz {
namespace {

// The field a check complains of; "" where it does not.
std::string FieldOf(const Status& status) {
  if (status.ok()) return "";
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  return base::FieldOf(status).value_or("no field");
}

TEST(PolicyChecksTest, IdsAreShortAndPlain) {
  for (const char* good : {"a", "ann.lee", "svc-1_x", "0"}) EXPECT_TRUE(CheckPolicyId("id", good).ok()) << good;
  EXPECT_TRUE(CheckPolicyId("id", std::string(128, 'a')).ok());
  for (const std::string& bad : {std::string(), std::string("Ann"), std::string("a b"), std::string("a/b"),
                                 std::string("é"), std::string(129, 'a'), std::string("a\0b", 3)}) {
    EXPECT_EQ(FieldOf(CheckPolicyId("role.id", bad)), "role.id") << bad;
  }
}

TEST(PolicyChecksTest, PrincipalsAreBounded) {
  record::Principal principal;
  record::Person person;
  EXPECT_EQ(FieldOf(CheckPrincipal("ann", principal, person)), "principal.kind");
  principal.set_kind(1);
  EXPECT_EQ(FieldOf(CheckPrincipal("ann", principal, person)), "");
  EXPECT_EQ(FieldOf(CheckPrincipal("self", principal, person)), "principal.id");
  principal.add_roles("reader");
  principal.add_roles("Not An Id");
  EXPECT_EQ(FieldOf(CheckPrincipal("ann", principal, person)), "principal.roles[1]");
  principal.clear_roles();
  for (int i = 0; i <= kGroupsMax; ++i) principal.add_groups("g");
  EXPECT_EQ(FieldOf(CheckPrincipal("ann", principal, person)), "principal.groups");
  principal.clear_groups();
  person.set_display_name("\xff");
  EXPECT_EQ(FieldOf(CheckPrincipal("ann", principal, person)), "principal.display_name");
}

record::Grant ReadGrant() {
  record::Grant grant;
  grant.set_role("reader");
  grant.add_privileges(2);
  return grant;
}

TEST(PolicyChecksTest, GrantsNameKnownPrivileges) {
  EXPECT_EQ(FieldOf(CheckGrant("g", ReadGrant())), "");
  record::Grant grant = ReadGrant();
  grant.clear_privileges();
  EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "grant.privileges");
  grant.add_privileges(99);
  EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "grant.privileges[0]");
}

TEST(PolicyChecksTest, ANamePrefixNeedsANamespace) {
  record::Grant grant = ReadGrant();
  grant.mutable_scope()->set_name_prefix("shop.");
  EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "grant.scope.name_prefix");
  grant.mutable_scope()->set_namespace_("*");
  EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "");
}

TEST(PolicyChecksTest, AStarStandsAtTheEnd) {
  record::Grant grant = ReadGrant();
  for (const char* good : {"*", "postgres://*", "postgres://db"}) {
    grant.mutable_scope()->set_namespace_(good);
    EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "") << good;
  }
  for (const char* bad : {"a*b", "*a", "a**"}) {
    grant.mutable_scope()->set_namespace_(bad);
    EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "grant.scope.namespace") << bad;
  }
}

// What the catalog keeps under another spelling is never asked for by this one: a deny would deny nothing.
TEST(PolicyChecksTest, AScopeIsSpelledAsNamesAreKept) {
  struct Case {
    const char* name_space;
    const char* prefix;
    const char* field;
  };
  for (const Case& each : {
           Case{"s3://lake", "", ""},
           {"s3://lake/", "", "grant.scope.namespace"},
           {"s3://lake/*", "", "grant.scope.namespace"},
           {"postgres://db:5432/", "", "grant.scope.namespace"},
           {"s3://lake/below", "", ""},
           {"s3://*", "", ""},
           {"s3://lake", "raw/", ""},
           {"s3://lake", "/raw/", "grant.scope.name_prefix"},
           {"s3://lake", "events/dt=", "grant.scope.name_prefix"},
           {"snowflake://account", "\"DB\".\"HR\".", "grant.scope.name_prefix"},
           {"snowflake://account", "db.hr.", ""},
           {"*", "HR.", ""},
       }) {
    record::Grant grant = ReadGrant();
    grant.mutable_scope()->set_namespace_(each.name_space);
    grant.mutable_scope()->set_name_prefix(each.prefix);
    EXPECT_EQ(FieldOf(CheckGrant("g", grant)), each.field) << each.name_space << " " << each.prefix;
  }
  record::EnvironmentRule rule;
  rule.set_environment("production");
  rule.set_namespace_("s3://lake/");
  EXPECT_EQ(FieldOf(CheckEnvironmentRule("r", rule)), "rule.namespace");
  rule.set_namespace_("s3://lake");
  EXPECT_EQ(FieldOf(CheckEnvironmentRule("r", rule)), "");
}

TEST(PolicyChecksTest, PushIsScopedByNameAlone) {
  record::Grant grant = ReadGrant();
  grant.add_privileges(10);
  grant.mutable_scope()->set_namespace_("postgres://*");
  EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "");
  grant.mutable_scope()->set_tag("gold");
  EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "grant.scope");
}

TEST(PolicyChecksTest, ScopesAreBounded) {
  record::Grant grant = ReadGrant();
  grant.mutable_scope()->set_tag(std::string("a\0b", 3));
  EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "grant.scope.tag");
  grant = ReadGrant();
  grant.mutable_scope()->add_kinds(11);
  EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "grant.scope.kinds[0]");
  grant = ReadGrant();
  grant.mutable_scope()->set_owner("self");
  EXPECT_EQ(FieldOf(CheckGrant("g", grant)), "");
}

}  // namespace
}  // namespace cadastre::authz

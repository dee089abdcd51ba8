// Nobody lifts a deny that holds for himself, by whatever way; and there is always somebody who can.
#include "authz/accounts/deny_rules.h"

#include <gtest/gtest.h>

#include "authz/accounts/environment_rules.h"
#include "authz/accounts/policy_store.h"
#include "authz/accounts/token_store.h"
#include "base/status.h"
#include "tests/support/governed_world.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;

constexpr uint32_t kPersonKind = 1;
constexpr uint32_t kGroupKind = 2;

// `officer` manages grants, and lies under the deny `no-read` through the role `barred`.
class DenyRulesTest : public testing::Test {
 protected:
  DenyRulesTest() {
    officer_ = world_.AddPerson("officer", {GovernedWorld::Allow({Privilege::kManageGrants, Privilege::kBrowse})});
    EXPECT_TRUE(Role(admin_, "barred").ok());
    EXPECT_TRUE(Role(admin_, "managers").ok());
    EXPECT_TRUE(Grant(admin_, "manage", "managers", {Privilege::kManageGrants}, false).ok());
    EXPECT_TRUE(Grant(admin_, "no-read", "barred", {Privilege::kRead}, true).ok());
    EXPECT_TRUE(Principal(admin_, "officer", kPersonKind, {"role-officer", "barred"}).ok());
    EXPECT_TRUE(LiesUnderIt());
  }

  Status As(const std::string& bearer, const std::function<Status(WriteSession&, PolicyPermit)>& write) {
    return world_
        .Write(GovernedWorld::WriteCall(bearer),
               [&](WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
                 return write(session, std::move(permit));
               })
        .status();
  }
  Status Role(const std::string& bearer, const std::string& id, const std::vector<std::string>& inherits = {}) {
    record::Role role;
    for (const std::string& one : inherits) role.add_inherits(one);
    return As(bearer, [&](WriteSession& session, PolicyPermit permit) {
      return PutRole(session, std::move(permit), id, role, {}).status();
    });
  }
  Status Grant(const std::string& bearer, const std::string& id, const std::string& role,
               const std::vector<Privilege>& privileges, bool deny, const record::Scope& scope = {}) {
    record::Grant grant = GovernedWorld::Allow(privileges, scope);
    grant.set_role(role);
    grant.set_deny(deny);
    return As(bearer, [&](WriteSession& session, PolicyPermit permit) {
      return PutGrant(session, std::move(permit), id, {grant, {}}, {}).status();
    });
  }
  Status Principal(const std::string& bearer, const std::string& id, uint32_t kind,
                   const std::vector<std::string>& roles, const std::vector<std::string>& groups = {},
                   bool disabled = false) {
    Account account;
    account.id = id;
    account.principal.set_kind(kind);
    account.principal.set_disabled(disabled);
    for (const std::string& role : roles) account.principal.add_roles(role);
    for (const std::string& group : groups) account.principal.add_groups(group);
    return As(bearer, [&](WriteSession& session, PolicyPermit permit) {
      return PutPrincipal(session, std::move(permit), world_.house().credentials(), account, {}).status();
    });
  }
  Status DeleteOne(const std::string& bearer, const std::string& id) {
    return As(bearer, [&](WriteSession& session, PolicyPermit permit) {
      return DeleteGrant(session, std::move(permit), id, "");
    });
  }
  bool LiesUnderIt() {
    const auto rules = world_.house().published()->policy->RulesOf("officer");
    return std::any_of(rules->grants.begin(), rules->grants.end(), [](const CompiledGrant& grant) {
      return grant.deny && grant.CoversEverything() && grant.privileges.Has(Privilege::kRead);
    });
  }

  GovernedWorld world_;
  const std::string admin_ = world_.admin();
  std::string officer_;
};

TEST_F(DenyRulesTest, NoWayOfLiftingItFromOneself) {
  const auto refused = [&](const Status& status) { return absl::IsPermissionDenied(status) && LiesUnderIt(); };
  EXPECT_TRUE(refused(DeleteOne(officer_, "no-read"))) << "deleted";
  EXPECT_TRUE(refused(Grant(officer_, "no-read", "barred", {Privilege::kBrowse}, true))) << "another privilege";
  EXPECT_TRUE(refused(Grant(officer_, "no-read", "managers", {Privilege::kRead}, true))) << "another role";
  record::Scope narrow;
  narrow.set_tag("pii");
  EXPECT_TRUE(refused(Grant(officer_, "no-read", "barred", {Privilege::kRead}, true, narrow))) << "narrower";
  EXPECT_TRUE(refused(Principal(officer_, "officer", kPersonKind, {"role-officer"}))) << "the role dropped";
}

TEST_F(DenyRulesTest, NeitherByAGroupNorByARoleOfRoles) {
  ASSERT_TRUE(Principal(admin_, "officer", kPersonKind, {"role-officer"}).ok());
  ASSERT_TRUE(Principal(admin_, "shut", kGroupKind, {"barred"}).ok());
  ASSERT_TRUE(Principal(admin_, "officer", kPersonKind, {"role-officer"}, {"shut"}).ok());
  const auto refused = [&](const Status& status) { return absl::IsPermissionDenied(status) && LiesUnderIt(); };
  EXPECT_TRUE(refused(Principal(officer_, "officer", kPersonKind, {"role-officer"}))) << "left the group";
  EXPECT_TRUE(refused(Principal(officer_, "shut", kGroupKind, {}))) << "the group's role dropped";
  EXPECT_TRUE(refused(Principal(officer_, "shut", kGroupKind, {"barred"}, {}, /*disabled=*/true))) << "disabled";
  EXPECT_TRUE(refused(As(officer_, [&](WriteSession& session, PolicyPermit permit) {
    return DeletePrincipal(session, std::move(permit), world_.house().credentials(), "shut", "");
  }))) << "the group deleted";
  ASSERT_TRUE(Role(admin_, "outer", {"barred"}).ok());
  ASSERT_TRUE(Principal(admin_, "officer", kPersonKind, {"role-officer", "outer"}).ok());
  EXPECT_TRUE(refused(Role(officer_, "outer"))) << "inherited no more";
}

TEST_F(DenyRulesTest, NeitherByAPuppet) {
  EXPECT_TRUE(absl::IsPermissionDenied(Principal(officer_, "puppet", kPersonKind, {"managers"}))) << "without the deny";
  ASSERT_TRUE(Principal(officer_, "puppet", kPersonKind, {"managers", "barred"}).ok());
  const std::string puppet = [&] {
    IssuedToken issued;
    EXPECT_TRUE(As(officer_, [&](WriteSession& session, PolicyPermit permit) -> Status {
                  ASSIGN_OR_RETURN(
                      issued,
                      CreateToken(session, std::move(permit), world_.house().credentials(),
                                  {.principal = "puppet", .description = "", .lifetime = std::chrono::seconds(60)}));
                  return absl::OkStatus();
                }).ok());
    return issued.secret;
  }();
  EXPECT_TRUE(absl::IsPermissionDenied(Principal(puppet, "officer", kPersonKind, {"role-officer"})));
  EXPECT_TRUE(absl::IsPermissionDenied(DeleteOne(puppet, "no-read")));
  ASSERT_TRUE(Principal(admin_, "free", kPersonKind, {"managers"}).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(As(officer_, [&](WriteSession& session, PolicyPermit permit) {
    return CreateToken(session, std::move(permit), world_.house().credentials(),
                       {.principal = "free", .description = "", .lifetime = std::chrono::seconds(60)})
        .status();
  }))) << "a token of one who could lift it";
  EXPECT_TRUE(LiesUnderIt());
}

TEST_F(DenyRulesTest, AnotherWhoManagesGrantsTakesItBack) {
  EXPECT_TRUE(DeleteOne(admin_, "no-read").ok());
  EXPECT_FALSE(LiesUnderIt());
}

TEST_F(DenyRulesTest, NobodyStrikesHimselfWhereNobodyCouldUndoIt) {
  GovernedWorld alone;
  const auto deny_self = [&](GovernedWorld& world) {
    return world
        .Write(GovernedWorld::WriteCall(world.admin()),
               [&](WriteSession& session) -> Status {
                 record::Grant deny = GovernedWorld::Allow({Privilege::kRead});
                 deny.set_role("administrator");
                 deny.set_deny(true);
                 ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
                 return PutGrant(session, std::move(permit), "self", {deny, {}}, {}).status();
               })
        .status();
  };
  EXPECT_TRUE(absl::IsFailedPrecondition(deny_self(alone)));
  EXPECT_TRUE(absl::IsFailedPrecondition(
      alone
          .Write(GovernedWorld::WriteCall(alone.admin()),
                 [&](WriteSession& session) -> Status {
                   ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
                   return DeleteGrant(session, std::move(permit), "administrator", "");
                 })
          .status()))
      << "nor gives manage_grants away as the last";
  EXPECT_TRUE(absl::IsFailedPrecondition(deny_self(world_))) << "the officer lies under the same";
  const std::string free = world_.AddPerson("free", {GovernedWorld::Allow({Privilege::kManageGrants})});
  EXPECT_TRUE(deny_self(world_).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(DeleteOne(admin_, "self")));
  EXPECT_TRUE(DeleteOne(free, "self").ok());
}

TEST_F(DenyRulesTest, TheLastWhoManagesGrantsStaysOne) {
  GovernedWorld alone;
  const auto drop = [&](GovernedWorld& world, bool disabled) {
    return world
        .Write(GovernedWorld::WriteCall(world.admin()),
               [&](WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
                 Account account;
                 account.id = session.viewer().principal();
                 account.principal.set_disabled(disabled);
                 if (disabled) account.principal.add_roles("administrator");
                 return PutPrincipal(session, std::move(permit), world.house().credentials(), account, {}).status();
               })
        .status();
  };
  for (const bool disabled : {false, true}) {
    const Status status = drop(alone, disabled);
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_NE(status.message().find("manages grants on everything"), std::string_view::npos) << status;
  }
}

TEST_F(DenyRulesTest, NobodyGivesUpWhatNobodyElseCouldGiveAgain) {
  GovernedWorld world;
  const auto drop = [&] {
    return world
        .Write(GovernedWorld::WriteCall(world.admin()),
               [&](WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
                 Account account;
                 account.id = session.viewer().principal();
                 return PutPrincipal(session, std::move(permit), world.house().credentials(), account, {}).status();
               })
        .status();
  };
  world.AddPerson("lesser", {GovernedWorld::Allow({Privilege::kManageGrants, Privilege::kBrowse})});
  const Status refused = drop();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_NE(refused.message().find("give it again"), std::string_view::npos) << refused;
  std::vector<Privilege> all;
  for (int number = 1; number < kPrivilegeCount; ++number) all.push_back(static_cast<Privilege>(number));
  world.AddPerson("equal", {GovernedWorld::Allow(all)});
  const Status dropped = drop();
  EXPECT_TRUE(dropped.ok()) << dropped;
}

TEST_F(DenyRulesTest, WhoAloneCouldLiftADenyIsNotTakenAway) {
  GovernedWorld world;
  const auto as = [&](const std::string& bearer, const std::function<Status(WriteSession&, PolicyPermit)>& write) {
    return world
        .Write(GovernedWorld::WriteCall(bearer),
               [&](WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
                 return write(session, std::move(permit));
               })
        .status();
  };
  const std::string striker = world.AddPerson("striker", {GovernedWorld::Allow({Privilege::kManageGrants})});
  ASSERT_TRUE(as(striker, [&](WriteSession& session, PolicyPermit permit) {
                record::Grant deny = GovernedWorld::Allow({Privilege::kRead});
                deny.set_role("administrator");
                deny.set_deny(true);
                return PutGrant(session, std::move(permit), "strike", {deny, {}}, {}).status();
              }).ok());
  const auto remove = [&] {
    return as(world.admin(), [&](WriteSession& session, PolicyPermit permit) {
      return DeletePrincipal(session, std::move(permit), world.house().credentials(), "striker", "");
    });
  };
  const Status refused = remove();
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  world.AddPerson("other", {GovernedWorld::Allow({Privilege::kManageGrants})});
  EXPECT_TRUE(remove().ok());
}

TEST_F(DenyRulesTest, AnEnvironmentHandsOutNothingThatItsAuthorLacks) {
  const auto put_rule = [&](const std::string& bearer, const std::string& id, const std::string& place) {
    record::EnvironmentRule rule;
    rule.set_namespace_(place);
    rule.set_environment("dev");
    return As(bearer, [&](WriteSession& session, PolicyPermit permit) {
      return PutEnvironmentRule(session, std::move(permit), id, rule, {}).status();
    });
  };
  const std::string manager = world_.AddPerson("manager", {GovernedWorld::Allow({Privilege::kManageGrants})});
  EXPECT_TRUE(put_rule(manager, "dev", "postgres://dev").ok()) << "no grant names it yet";
  record::Scope dev;
  dev.set_environment("dev");
  ASSERT_TRUE(Role(admin_, "developers").ok());
  ASSERT_TRUE(Grant(admin_, "read-dev", "developers", {Privilege::kRead}, false, dev).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(put_rule(manager, "prod", "postgres://prod")));
  EXPECT_TRUE(put_rule(admin_, "prod", "postgres://prod").ok());
  dev.set_namespace_("postgres://elsewhere");
  EXPECT_EQ(base::FieldOf(Grant(admin_, "nothing", "developers", {Privilege::kRead}, true, dev)),
            "grant.scope.environment")
      << "it would cover nothing";
}

TEST_F(DenyRulesTest, AnEnvironmentIsNotMovedAwayFromUnderOnesOwnDeny) {
  const auto put_rule = [&](const std::string& bearer, const std::string& environment) {
    record::EnvironmentRule rule;
    rule.set_namespace_("postgres://*");
    rule.set_environment(environment);
    return As(bearer, [&](WriteSession& session, PolicyPermit permit) {
      return PutEnvironmentRule(session, std::move(permit), "all", rule, {}).status();
    });
  };
  record::Scope production;
  production.set_environment("production");
  EXPECT_EQ(base::FieldOf(Grant(admin_, "no-prod", "barred", {Privilege::kBrowse}, true, production)),
            "grant.scope.environment")
      << "what no rule gives, no grant names";
  ASSERT_TRUE(put_rule(admin_, "production").ok());
  ASSERT_TRUE(Grant(admin_, "no-prod", "barred", {Privilege::kBrowse}, true, production).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(put_rule(officer_, "staging")));
  EXPECT_TRUE(absl::IsFailedPrecondition(put_rule(admin_, "staging"))) << "the grant would name nothing";
  EXPECT_TRUE(absl::IsFailedPrecondition(As(admin_, [&](WriteSession& session, PolicyPermit permit) {
    return DeleteEnvironmentRule(session, std::move(permit), "all", "");
  })));
}

}  // namespace
}  // namespace cadastre::authz

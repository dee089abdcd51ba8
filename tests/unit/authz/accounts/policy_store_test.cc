#include "authz/accounts/policy_store.h"

#include <gtest/gtest.h>

#include <future>

#include "authz/accounts/token_store.h"
#include "authz/identity/login_limits.h"
#include "base/status.h"
#include "tests/support/governed_world.h"
#include "tests/support/operations.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;

constexpr uint32_t kPerson = 1;
constexpr uint32_t kGroup = 2;
constexpr uint32_t kService = 3;

record::Principal PrincipalOf(uint32_t kind, const std::vector<std::string>& roles = {},
                              const std::vector<std::string>& groups = {}) {
  record::Principal principal;
  principal.set_kind(kind);
  for (const std::string& role : roles) principal.add_roles(role);
  for (const std::string& group : groups) principal.add_groups(group);
  return principal;
}

record::Role RoleOf(const std::vector<std::string>& inherits = {}) {
  record::Role role;
  for (const std::string& inherited : inherits) role.add_inherits(inherited);
  return role;
}

record::Grant GrantTo(const std::string& role, const std::vector<Privilege>& privileges) {
  record::Grant grant = GovernedWorld::Allow(privileges);
  grant.set_role(role);
  return grant;
}

class PolicyStoreTest : public testing::Test {
 protected:
  // As `bearer`; the field, where the answer names one, stands in field_.
  Status As(const std::string& bearer, const std::function<Status(WriteSession&)>& handler) {
    const Status status = world_.Write(GovernedWorld::WriteCall(bearer), handler).status();
    field_ = base::FieldOf(status).value_or("");
    return status;
  }
  Status Principal(const std::string& bearer, const std::string& id, const record::Principal& principal,
                   const std::string& password = "") {
    return As(bearer, [&](WriteSession& session) { return Put(session, {id, principal, {}}, password); });
  }
  Status Role(const std::string& bearer, const std::string& id, const record::Role& role) {
    return As(bearer, [&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
      return PutRole(session, std::move(permit), id, role, how_).status();
    });
  }
  Status Grant(const std::string& bearer, const std::string& id, const record::Grant& grant,
               const ScopeAssets& assets = {}) {
    return As(bearer, [&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
      return PutGrant(session, std::move(permit), id, {grant, assets}, how_).status();
    });
  }
  Status Put(WriteSession& session, const Account& account, const std::string& password) {
    ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
    RETURN_IF_ERROR(PutPrincipal(session, std::move(permit), world_.house().credentials(), account, how_).status());
    if (password.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(PolicyPermit again, session.PermitEverywhere<Privilege::kManageGrants>());
    return SetPassword(session, std::move(again), world_.house().credentials(), account.id, password);
  }
  // DeleteGrant, DeleteRole.
  template <typename Function>
  Status Delete(const std::string& bearer, Function function, const std::string& id) {
    return As(bearer, [&](WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
      return function(session, std::move(permit), id, "");
    });
  }
  StatusOr<IssuedToken> Token(const std::string& bearer, const TokenWish& wish) {
    IssuedToken issued;
    const Status status = As(bearer, [&](WriteSession& session) -> Status {
      const Credentials& credentials = world_.house().credentials();
      if (wish.principal.empty() || wish.principal == session.viewer().principal()) {
        ASSIGN_OR_RETURN(issued, CreateToken(session, session.PermitOwn(), credentials, wish));
        return absl::OkStatus();
      }
      EXPECT_TRUE(absl::IsPermissionDenied(CreateToken(session, session.PermitOwn(), credentials, wish).status()))
          << "one's own permit is for no other";
      ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
      ASSIGN_OR_RETURN(issued, CreateToken(session, std::move(permit), credentials, wish));
      return absl::OkStatus();
    });
    if (!status.ok()) return status;
    return issued;
  }
  Status Revoke(const std::string& bearer, const std::string& id) {
    return As(bearer, [&](WriteSession& session) {
      const Credentials& credentials = world_.house().credentials();
      auto permit = session.PermitEverywhere<Privilege::kManageGrants>();
      return permit.ok() ? RevokeToken(session, *std::move(permit), credentials, id)
                         : RevokeToken(session, session.PermitOwn(), credentials, id);
    });
  }
  // The secret of the session.
  StatusOr<std::string> LogIn(const std::string& user, const std::string& password) {
    Call call;
    call.operation = &testing_support::kTestLogin;
    call.peer = "127.0.0.1";
    std::promise<StatusOr<std::string>> answer;
    world_.front().Login<std::string>(
        call, user, password,
        [&](WriteSession& session) -> StatusOr<std::string> {
          ASSIGN_OR_RETURN(const IssuedToken issued,
                           CreateSessionToken(session, session.PermitOwn(), world_.house().credentials()));
          return issued.secret;
        },
        [&answer](StatusOr<std::string> response) { answer.set_value(std::move(response)); });
    return answer.get_future().get();
  }
  Status ChangePassword(const std::string& bearer, const std::string& old_password, const std::string& new_password) {
    std::promise<Status> answer;
    Call call = GovernedWorld::WriteCall(bearer);
    call.operation = &testing_support::kTestWrite;
    world_.front().Confirm<bool>(
        call, old_password,
        [&](WriteSession& session) -> StatusOr<bool> {
          RETURN_IF_ERROR(ChangeOwnPassword(session, session.PermitOwn(), world_.house().credentials(), new_password));
          return true;
        },
        nullptr, [&answer](const StatusOr<bool>& response) { answer.set_value(response.status()); });
    const Status status = answer.get_future().get();
    field_ = base::FieldOf(status).value_or("");
    return status;
  }
  bool Enters(const std::string& bearer) { return world_.guard().Authenticate(bearer).ok(); }
  // A person who may manage grants and browse, and nothing else.
  std::string Officer() {
    return world_.AddPerson("officer", {GovernedWorld::Allow({Privilege::kManageGrants, Privilege::kBrowse})});
  }

  GovernedWorld world_;
  const std::string admin_ = world_.admin();
  std::string field_;
  Replacement how_;
};

TEST_F(PolicyStoreTest, AGrantHoldsForTheVeryNextRead) {
  const AssetName orders{AssetKind::kDataset, "postgres://db:5432", "shop.orders"};
  world_.PutAsset(orders);
  ASSERT_TRUE(Role(admin_, "reader", RoleOf()).ok());
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson, {"reader"})).ok());
  const auto ann = Token(admin_, {.principal = "ann", .description = "", .lifetime = std::chrono::seconds(60)});
  ASSERT_TRUE(ann.ok()) << ann.status();
  const auto sees = [&] {
    return world_.Look(ann->secret, [&](GovernedView& view) { return view.Resolve(orders).status(); }).ok();
  };
  EXPECT_FALSE(sees());
  ASSERT_TRUE(Grant(admin_, "read-all", GrantTo("reader", {Privilege::kBrowse})).ok());
  EXPECT_TRUE(sees());
  ASSERT_TRUE(Delete(admin_, DeleteGrant, "read-all").ok());
  EXPECT_FALSE(sees());
}

TEST_F(PolicyStoreTest, NumbersOfPrincipalsAreNeverTheSame) {
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson)).ok());
  ASSERT_TRUE(Principal(admin_, "bob", PrincipalOf(kService)).ok());
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson)).ok());
  const auto& principals = world_.house().published()->policy->records().principals;
  EXPECT_EQ(principals.at("admin").number(), 1u);
  EXPECT_EQ(principals.at("ann").number(), 2u);
  EXPECT_EQ(principals.at("bob").number(), 3u);
}

TEST_F(PolicyStoreTest, WritesNeedManageGrantsOnEverything) {
  const std::string ann = world_.AddPerson("ann", {GovernedWorld::Allow({Privilege::kBrowse, Privilege::kRead})});
  EXPECT_TRUE(absl::IsPermissionDenied(Role(ann, "mine", RoleOf())));
  EXPECT_TRUE(absl::IsPermissionDenied(Principal(ann, "friend", PrincipalOf(kPerson))));
  EXPECT_TRUE(absl::IsPermissionDenied(Grant(ann, "g", GrantTo("administrator", {Privilege::kBrowse}))));
  EXPECT_TRUE(absl::IsPermissionDenied(Delete(ann, DeleteGrant, "administrator")));
}

TEST_F(PolicyStoreTest, NobodyGrantsWhatHeDoesNotHold) {
  const std::string officer = Officer();
  ASSERT_TRUE(Role(officer, "reader", RoleOf()).ok());
  EXPECT_TRUE(Grant(officer, "browse", GrantTo("reader", {Privilege::kBrowse})).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(Grant(officer, "read", GrantTo("reader", {Privilege::kRead}))));
  record::Grant deny = GrantTo("reader", {Privilege::kRead});
  deny.set_deny(true);
  EXPECT_TRUE(Grant(officer, "deny", deny).ok()) << "a deny hands out nothing";
}

TEST_F(PolicyStoreTest, NobodyClimbsByARoleAGroupAPasswordOrAToken) {
  const std::string officer = Officer();
  ASSERT_TRUE(Principal(admin_, "admins", PrincipalOf(kGroup, {"administrator"})).ok());
  ASSERT_TRUE(Principal(admin_, "root", PrincipalOf(kPerson, {"administrator"})).ok());
  EXPECT_TRUE(absl::IsPermissionDenied(Principal(officer, "officer", PrincipalOf(kPerson, {"administrator"}))));
  EXPECT_TRUE(absl::IsPermissionDenied(Principal(officer, "officer", PrincipalOf(kPerson, {}, {"admins"}))));
  EXPECT_TRUE(absl::IsPermissionDenied(Role(officer, "role-officer", RoleOf({"administrator"}))));
  EXPECT_TRUE(
      absl::IsPermissionDenied(Principal(officer, "root", PrincipalOf(kPerson, {"administrator"}), "correct horse")));
  EXPECT_TRUE(absl::IsPermissionDenied(
      Token(officer, {.principal = "root", .description = "", .lifetime = std::chrono::seconds(60)}).status()));
}

TEST_F(PolicyStoreTest, WhoHoldsForHimselfCannotHandOutForOthers) {
  record::Scope own;
  own.set_owner("self");
  ASSERT_TRUE(Role(admin_, "owner", RoleOf()).ok());
  record::Grant reads_own = GovernedWorld::Allow({Privilege::kRead}, own);
  reads_own.set_role("owner");
  ASSERT_TRUE(Grant(admin_, "own", reads_own).ok());
  const std::string officer =
      world_.AddPerson("officer", {GovernedWorld::Allow({Privilege::kManageGrants, Privilege::kBrowse}),
                                   GovernedWorld::Allow({Privilege::kRead}, own)});
  EXPECT_TRUE(absl::IsPermissionDenied(Grant(officer, "more", reads_own)));
  EXPECT_TRUE(absl::IsPermissionDenied(Principal(officer, "ann", PrincipalOf(kPerson, {"owner"}))));
  EXPECT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson, {"owner"})).ok());
}

TEST_F(PolicyStoreTest, RolesDoNotLeadBackToThemselves) {
  ASSERT_TRUE(Role(admin_, "a", RoleOf()).ok());
  ASSERT_TRUE(Role(admin_, "b", RoleOf({"a"})).ok());
  ASSERT_TRUE(Role(admin_, "c", RoleOf({"b"})).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(Role(admin_, "a", RoleOf({"c"}))));
  EXPECT_EQ(field_, "role.inherits[0]");
  EXPECT_TRUE(absl::IsInvalidArgument(Role(admin_, "d", RoleOf({"a", "nobody"}))));
  EXPECT_EQ(field_, "role.inherits[1]");
}

TEST_F(PolicyStoreTest, ErrorsNameTheField) {
  EXPECT_TRUE(absl::IsInvalidArgument(Principal(admin_, "Ann", PrincipalOf(kPerson))));
  EXPECT_EQ(field_, "principal.id");
  EXPECT_TRUE(absl::IsInvalidArgument(Principal(admin_, "ann", PrincipalOf(kPerson, {"nothing"}))));
  EXPECT_EQ(field_, "principal.roles[0]");
  EXPECT_TRUE(absl::IsInvalidArgument(Principal(admin_, "ann", PrincipalOf(kPerson, {}, {"admin"}))));
  EXPECT_EQ(field_, "principal.groups[0]") << "a person is no group";
  EXPECT_TRUE(absl::IsInvalidArgument(Principal(admin_, "ann", PrincipalOf(kPerson), "short")));
  EXPECT_EQ(field_, "password");
  EXPECT_TRUE(absl::IsInvalidArgument(Principal(admin_, "svc", PrincipalOf(kService), "correct horse")));
  EXPECT_EQ(field_, "password");
  EXPECT_TRUE(absl::IsInvalidArgument(Grant(admin_, "g", GrantTo("nothing", {Privilege::kRead}))));
  EXPECT_EQ(field_, "grant.role");
  EXPECT_TRUE(absl::IsNotFound(Delete(admin_, DeleteGrant, "none")));
  const AssetName hidden{AssetKind::kContainer, "postgres://db:5432", "none"};
  EXPECT_TRUE(absl::IsNotFound(Grant(admin_, "g", GrantTo("administrator", {Privilege::kRead}),
                                     {.container = hidden, .domain = {}, .asset = {}})));
}

TEST_F(PolicyStoreTest, AScopeNamesItsAssets) {
  const AssetName shop{AssetKind::kContainer, "postgres://db:5432", "shop"};
  const AssetId id = world_.PutAsset(shop);
  ASSERT_TRUE(
      Grant(admin_, "g", GrantTo("administrator", {Privilege::kRead}), {.container = shop, .domain = {}, .asset = {}})
          .ok());
  EXPECT_EQ(world_.house().published()->policy->records().grants.at("g").scope().container(), id.value());
}

TEST_F(PolicyStoreTest, ADisabledPrincipalIsRefusedAtOnce) {
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson)).ok());
  const auto token = Token(admin_, {.principal = "ann", .description = "", .lifetime = std::chrono::seconds(60)});
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_TRUE(Enters(token->secret));
  record::Principal disabled = PrincipalOf(kPerson);
  disabled.set_disabled(true);
  ASSERT_TRUE(Principal(admin_, "ann", disabled).ok());
  EXPECT_FALSE(Enters(token->secret));
}

TEST_F(PolicyStoreTest, ALoginGivesASessionOfHalfADay) {
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson), "correct horse").ok());
  const auto login = [&](const std::string& password) { return LogIn("ann", password); };
  EXPECT_TRUE(absl::IsUnauthenticated(login("wrong").status()));
  const uint64_t leaves = world_.house().audit_log().size();
  const auto secret = login("correct horse");
  ASSERT_TRUE(secret.ok()) << secret.status();
  EXPECT_GT(world_.house().audit_log().size(), leaves) << "audited";
  EXPECT_TRUE(Enters(*secret));
  world_.clock().Advance(kSessionLifetime);
  EXPECT_FALSE(Enters(*secret));
  record::Principal disabled = PrincipalOf(kPerson);
  disabled.set_disabled(true);
  ASSERT_TRUE(Principal(admin_, "ann", disabled).ok());
  EXPECT_TRUE(absl::IsUnauthenticated(login("correct horse").status())) << "the right password of a disabled user";
}

TEST_F(PolicyStoreTest, ARevokedTokenIsRefusedAtOnce) {
  const std::string ann = world_.AddPerson("ann", {});
  const auto token = Token(ann, {.principal = "", .description = "laptop"});
  ASSERT_TRUE(token.ok()) << token.status();
  EXPECT_TRUE(Enters(token->secret));
  const std::string bob = world_.AddPerson("bob", {});
  EXPECT_TRUE(absl::IsNotFound(Revoke(bob, token->token.id()))) << "another's token looks missing";
  ASSERT_TRUE(Revoke(token->secret, token->token.id()).ok());
  EXPECT_FALSE(Enters(token->secret));
  EXPECT_TRUE(absl::IsNotFound(Revoke(ann, token->token.id())));
}

TEST_F(PolicyStoreTest, TokensOfOthersAreListedUnderManageGrantsAlone) {
  const std::string ann = world_.AddPerson("ann", {GovernedWorld::Allow({Privilege::kBrowse})});
  ASSERT_TRUE(Token(ann, {.principal = "", .description = "laptop"}).ok());
  const auto list = [&](const std::string& bearer, const std::string& principal) {
    size_t count = 0;
    const Status status = world_.Look(bearer, [&](GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const auto tokens, ListTokens(view, world_.house().credentials(), principal, "", 10));
      count = tokens.size();
      return absl::OkStatus();
    });
    return status.ok() ? std::to_string(count) : absl::StatusCodeToString(status.code());
  };
  EXPECT_EQ(list(ann, ""), "2");
  EXPECT_EQ(list(admin_, "ann"), "2");
  EXPECT_EQ(list(ann, "admin"), "PERMISSION_DENIED");
}

TEST_F(PolicyStoreTest, ListsArePagedAndGoverned) {
  for (const char* id : {"r1", "r2", "r3"}) ASSERT_TRUE(Role(admin_, id, RoleOf()).ok());
  const std::string ann = world_.AddPerson("ann", {GovernedWorld::Allow({Privilege::kBrowse})});
  const auto list = [&](const std::string& bearer, const std::string& after, size_t max) {
    std::vector<std::string> keys;
    EXPECT_TRUE(world_
                    .Look(bearer,
                          [&](GovernedView& view) -> Status {
                            ASSIGN_OR_RETURN(const auto roles, ListRoles(view, after, max));
                            for (const auto& role : roles) keys.push_back(role->key.substr(0, role->key.size() - 1));
                            return absl::OkStatus();
                          })
                    .ok());
    return keys;
  };
  using Keys = std::vector<std::string>;
  EXPECT_EQ(list(admin_, "", 3), (Keys{"administrator", "r1", "r2"}));
  EXPECT_EQ(list(admin_, "r2", 3), (Keys{"r3", "role-ann"}));
  EXPECT_EQ(list(ann, "", 10), Keys{});
}

TEST_F(PolicyStoreTest, EveryoneKnowsHimself) {
  ASSERT_TRUE(Principal(admin_, "team", PrincipalOf(kGroup)).ok());
  ASSERT_TRUE(Role(admin_, "reader", RoleOf()).ok());
  ASSERT_TRUE(Grant(admin_, "g", GrantTo("reader", {Privilege::kBrowse})).ok());
  ASSERT_TRUE(As(admin_, [this](WriteSession& session) {
                record::Person person;
                person.set_display_name("Ann Lee");
                return Put(session, {"ann", PrincipalOf(kPerson, {"reader"}, {"team"}), person}, "correct horse");
              }).ok());
  EXPECT_TRUE(world_.house().credentials().CheckPassword("ann", "correct horse", "127.0.0.1").ok());
  const auto ann = Token(admin_, {.principal = "ann", .description = "", .lifetime = std::chrono::seconds(60)});
  ASSERT_TRUE(ann.ok()) << ann.status();
  EXPECT_TRUE(world_
                  .Look(ann->secret,
                        [](GovernedView& view) -> Status {
                          ASSIGN_OR_RETURN(const Visible<Self> self, FindSelf(view));
                          EXPECT_EQ(self->id, "ann");
                          EXPECT_EQ(self->person.display_name(), "Ann Lee");
                          EXPECT_EQ(self->person.password_hash(), "");
                          EXPECT_EQ(self->groups, std::vector<std::string>{"team"});
                          EXPECT_EQ(self->roles, std::vector<std::string>{"reader"});
                          EXPECT_TRUE(self->privileges.Has(Privilege::kBrowse));
                          EXPECT_FALSE(self->privileges.Has(Privilege::kRead));
                          return absl::OkStatus();
                        })
                  .ok());
}

TEST_F(PolicyStoreTest, AResetPasswordEndsSessionsAndWhatTheyMinted) {
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson), "correct horse").ok());
  const auto by_admin = Token(admin_, {.principal = "ann", .description = "", .lifetime = std::chrono::seconds(60)});
  const auto session = LogIn("ann", "correct horse");
  ASSERT_TRUE(by_admin.ok() && session.ok());
  const auto minted = Token(*session, {.principal = "", .description = "", .lifetime = std::chrono::seconds(60)});
  ASSERT_TRUE(minted.ok());
  const auto minted_by_minted =
      Token(minted->secret, {.principal = "", .description = "", .lifetime = std::chrono::seconds(60)});
  ASSERT_TRUE(minted_by_minted.ok());
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson), "battery staple").ok());
  EXPECT_FALSE(Enters(*session));
  EXPECT_FALSE(Enters(minted->secret));
  EXPECT_FALSE(Enters(minted_by_minted->secret));
  EXPECT_TRUE(Enters(by_admin->secret)) << "no password stands behind it";
  EXPECT_FALSE(LogIn("ann", "correct horse").ok());
  EXPECT_TRUE(LogIn("ann", "battery staple").ok());
}

TEST_F(PolicyStoreTest, APersonChangesHisOwnPassword) {
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson), "correct horse").ok());
  const auto here = LogIn("ann", "correct horse");
  const auto elsewhere = LogIn("ann", "correct horse");
  ASSERT_TRUE(here.ok() && elsewhere.ok());
  EXPECT_TRUE(absl::IsInvalidArgument(ChangePassword(*here, "wrong horse", "battery staple")));
  EXPECT_EQ(field_, "old_password");
  EXPECT_TRUE(absl::IsInvalidArgument(ChangePassword(*here, "correct horse", "short")));
  EXPECT_EQ(field_, "new_password");
  EXPECT_TRUE(absl::IsUnauthenticated(ChangePassword("", "correct horse", "battery staple")));
  ASSERT_TRUE(ChangePassword(*here, "correct horse", "battery staple").ok());
  EXPECT_TRUE(Enters(*here)) << "the session it was changed in";
  EXPECT_FALSE(Enters(*elsewhere));
  EXPECT_FALSE(LogIn("ann", "correct horse").ok());
  EXPECT_TRUE(LogIn("ann", "battery staple").ok());
}

TEST_F(PolicyStoreTest, GuessingTheOldPasswordIsLimitedAsLoginsAre) {
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson), "correct horse").ok());
  const auto here = LogIn("ann", "correct horse");
  ASSERT_TRUE(here.ok());
  Status status;
  for (size_t i = 0; i <= LoginLimits::kPairTriesMax; ++i) status = ChangePassword(*here, "wrong horse", "12345678");
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
}

TEST_F(PolicyStoreTest, APutReplacesWhatItIsToldAndNoMore) {
  ASSERT_TRUE(Role(admin_, "reader", RoleOf()).ok());
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson, {"reader"}), "correct horse").ok());
  const auto put = [&](const Replacement& how) {
    Account account{"ann", {}, {}};
    account.person.set_display_name("Ann Lee");
    how_ = how;
    const Status status = As(admin_, [&](WriteSession& session) { return Put(session, account, ""); });
    how_ = {};
    return status;
  };
  Replacement name_alone;
  name_alone.fields = std::vector<std::string>{"display_name"};
  ASSERT_TRUE(put(name_alone).ok());
  const auto found = [&] {
    std::optional<Account> account;
    EXPECT_TRUE(world_
                    .Look(admin_,
                          [&](GovernedView& view) -> Status {
                            ASSIGN_OR_RETURN(const auto visible, FindPrincipal(view, "ann"));
                            account = *visible;
                            return absl::OkStatus();
                          })
                    .ok());
    return *account;
  };
  EXPECT_EQ(found().person.display_name(), "Ann Lee");
  EXPECT_EQ(found().principal.roles_size(), 1);
  EXPECT_EQ(found().person.password_hash(), "");
  EXPECT_TRUE(LogIn("ann", "correct horse").ok()) << "the password stays";
  Replacement stale = name_alone;
  stale.etag = "0000000000000000";
  EXPECT_TRUE(absl::IsAborted(put(stale)));
  Replacement read = name_alone;
  read.etag = EtagOf(found());
  EXPECT_TRUE(put(read).ok());
  Replacement absent;
  absent.only_if_absent = true;
  EXPECT_TRUE(absl::IsAlreadyExists(put(absent)));
}

TEST_F(PolicyStoreTest, ADeletedPrincipalIsGoneAndItsIdIsTaken) {
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson), "correct horse").ok());
  const auto token = Token(admin_, {.principal = "ann", .description = "", .lifetime = std::chrono::seconds(60)});
  ASSERT_TRUE(token.ok());
  ASSERT_TRUE(As(admin_, [&](WriteSession& session) -> Status {
                ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
                return DeletePrincipal(session, std::move(permit), world_.house().credentials(), "ann", "");
              }).ok());
  EXPECT_FALSE(Enters(token->secret));
  EXPECT_FALSE(LogIn("ann", "correct horse").ok());
  EXPECT_TRUE(absl::IsInvalidArgument(Principal(admin_, "ann", PrincipalOf(kPerson))));
  EXPECT_TRUE(
      absl::IsNotFound(world_.Look(admin_, [](GovernedView& view) { return FindPrincipal(view, "ann").status(); })));
}

TEST_F(PolicyStoreTest, ARoleInUseIsNotDeleted) {
  ASSERT_TRUE(Role(admin_, "reader", RoleOf()).ok());
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson, {"reader"})).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(Delete(admin_, DeleteRole, "reader")));
  ASSERT_TRUE(Principal(admin_, "ann", PrincipalOf(kPerson)).ok());
  EXPECT_TRUE(Delete(admin_, DeleteRole, "reader").ok());
  EXPECT_TRUE(absl::IsNotFound(Delete(admin_, DeleteRole, "reader")));
}

}  // namespace
}  // namespace cadastre::authz

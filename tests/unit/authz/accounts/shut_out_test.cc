// Whom nobody may shut out, and what of who is shut out never opens again.
#include <gtest/gtest.h>

#include <future>

#include "authz/accounts/policy_store.h"
#include "authz/accounts/token_store.h"
#include "authz/identity/principal_kind.h"
#include "base/status.h"
#include "tests/support/governed_world.h"
#include "tests/support/operations.h"

namespace cadastre::authz {
namespace {

using testing_support::GovernedWorld;

class ShutOutTest : public testing::Test {
 protected:
  Status As(const std::string& bearer, const std::function<Status(WriteSession&, PolicyPermit)>& write) {
    return world_
        .Write(GovernedWorld::WriteCall(bearer),
               [&](WriteSession& session) -> Status {
                 ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
                 return write(session, std::move(permit));
               })
        .status();
  }
  Status Put(const std::string& bearer, const std::string& id, PrincipalKind kind,
             const std::vector<std::string>& roles, bool disabled = false, const std::string& password = "") {
    Account account{id, {}, {}};
    account.principal.set_kind(static_cast<uint32_t>(kind));
    account.principal.set_disabled(disabled);
    for (const std::string& role : roles) account.principal.add_roles(role);
    return As(bearer, [&](WriteSession& session, PolicyPermit permit) -> Status {
      RETURN_IF_ERROR(PutPrincipal(session, std::move(permit), Secrets(), account, {}).status());
      if (password.empty()) return absl::OkStatus();
      ASSIGN_OR_RETURN(PolicyPermit again, session.PermitEverywhere<Privilege::kManageGrants>());
      return SetPassword(session, std::move(again), Secrets(), id, password);
    });
  }
  Status Delete(const std::string& bearer, const std::string& id) {
    return As(bearer, [&](WriteSession& session, PolicyPermit permit) {
      return DeletePrincipal(session, std::move(permit), Secrets(), id, "");
    });
  }
  // The bearer's own, or where named another's.
  std::string Token(const std::string& bearer, const std::string& principal = "") {
    TokenWish wish;
    wish.principal = principal;
    IssuedToken issued;
    const auto make = [&](WriteSession& session) -> Status {
      if (principal.empty()) {
        ASSIGN_OR_RETURN(issued, CreateToken(session, session.PermitOwn(), Secrets(), wish));
        return absl::OkStatus();
      }
      ASSIGN_OR_RETURN(PolicyPermit permit, session.PermitEverywhere<Privilege::kManageGrants>());
      ASSIGN_OR_RETURN(issued, CreateToken(session, std::move(permit), Secrets(), wish));
      return absl::OkStatus();
    };
    const Status status = world_.Write(GovernedWorld::WriteCall(bearer), make).status();
    EXPECT_TRUE(status.ok()) << status;
    return issued.secret;
  }
  std::string LogIn(const std::string& user, const std::string& password) {
    Call call;
    call.operation = &testing_support::kTestLogin;
    call.peer = "127.0.0.1";
    std::promise<StatusOr<std::string>> answer;
    world_.front().Login<std::string>(
        call, user, password,
        [&](WriteSession& session) -> StatusOr<std::string> {
          ASSIGN_OR_RETURN(const IssuedToken issued, CreateSessionToken(session, session.PermitOwn(), Secrets()));
          return issued.secret;
        },
        [&answer](StatusOr<std::string> response) { answer.set_value(std::move(response)); });
    return answer.get_future().get().value_or("");
  }
  bool Enters(const std::string& bearer) { return world_.guard().Authenticate(bearer).ok(); }
  Credentials& Secrets() { return world_.house().credentials(); }

  GovernedWorld world_;
  const std::string admin_ = world_.admin();
};

TEST_F(ShutOutTest, WhoMayNotDisableSomebodyDoesNotDeleteHim) {
  const std::string officer = world_.AddPerson("officer", {GovernedWorld::Allow({Privilege::kManageGrants})});
  world_.AddPerson("reader", {GovernedWorld::Allow({Privilege::kRead})});
  world_.AddPerson("equal", {GovernedWorld::Allow({Privilege::kManageGrants})});
  ASSERT_TRUE(Put(admin_, "readers", PrincipalKind::kGroup, {"role-reader"}).ok());
  for (const auto& [id, kind] :
       {std::pair("reader", PrincipalKind::kPerson), std::pair("readers", PrincipalKind::kGroup)}) {
    EXPECT_TRUE(absl::IsPermissionDenied(Put(officer, id, kind, {"role-reader"}, /*disabled=*/true))) << id;
    EXPECT_TRUE(absl::IsPermissionDenied(Delete(officer, id))) << id;
    EXPECT_TRUE(Delete(admin_, id).ok()) << id;
  }
  EXPECT_TRUE(absl::IsPermissionDenied(Delete(officer, "admin")));
  EXPECT_TRUE(Delete(officer, "equal").ok());
}

TEST_F(ShutOutTest, NothingThatADisabledOneHadLivesAgainWithHim) {
  world_.AddPerson("ann", {GovernedWorld::Allow({Privilege::kManageGrants})});
  ASSERT_TRUE(Put(admin_, "ann", PrincipalKind::kPerson, {"role-ann"}, false, "correct horse").ok());
  ASSERT_TRUE(Put(admin_, "loader", PrincipalKind::kService, {}).ok());
  const std::string logged_in = LogIn("ann", "correct horse");
  const std::vector<std::string> hers = {logged_in, Token(logged_in), Token(admin_, "ann")};
  const std::string through_her = Token(logged_in, "loader");
  const std::string not_through_her = Token(admin_, "loader");
  for (const std::string& secret : hers) ASSERT_TRUE(Enters(secret));
  ASSERT_TRUE(Enters(through_her));
  ASSERT_TRUE(Put(admin_, "ann", PrincipalKind::kPerson, {"role-ann"}, /*disabled=*/true).ok());
  EXPECT_FALSE(Enters(through_her)) << "at once, because the loader is not disabled";
  ASSERT_TRUE(Put(admin_, "ann", PrincipalKind::kPerson, {"role-ann"}).ok());
  for (const std::string& secret : hers) EXPECT_FALSE(Enters(secret));
  EXPECT_FALSE(Enters(through_her));
  EXPECT_TRUE(Enters(not_through_her));
  EXPECT_TRUE(Enters(LogIn("ann", "correct horse"))) << "the password stays";
}

TEST_F(ShutOutTest, WhatWasMadeWhileOneWasDisabledEndsWhenHeIsEnabled) {
  ASSERT_TRUE(Put(admin_, "loader", PrincipalKind::kService, {}).ok());
  ASSERT_TRUE(Put(admin_, "loader", PrincipalKind::kService, {}, /*disabled=*/true).ok());
  const std::string made = Token(admin_, "loader");
  EXPECT_FALSE(Enters(made));
  ASSERT_TRUE(Put(admin_, "loader", PrincipalKind::kService, {}).ok());
  EXPECT_FALSE(Enters(made));
  EXPECT_TRUE(Enters(Token(admin_, "loader")));
}

TEST_F(ShutOutTest, APutThatDisablesNobodyEndsNothing) {
  ASSERT_TRUE(Put(admin_, "ann", PrincipalKind::kPerson, {}, false, "correct horse").ok());
  const std::string logged_in = LogIn("ann", "correct horse");
  ASSERT_TRUE(Put(admin_, "ann", PrincipalKind::kPerson, {"administrator"}).ok());
  EXPECT_TRUE(Enters(logged_in));
}

}  // namespace
}  // namespace cadastre::authz

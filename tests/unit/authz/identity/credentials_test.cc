#include "authz/identity/credentials.h"

#include <gtest/gtest.h>

#include <set>

#include "authz/accounts/policy_tables.h"
#include "authz/identity/login_limits.h"

namespace cadastre::authz {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

std::string StoredKey(Keyspace keyspace, const std::string& key) {
  return std::string(1, static_cast<char>(keyspace)) + key;
}

class CredentialsTest : public testing::Test {
 protected:
  IssuedToken Issue(const std::string& principal, std::chrono::microseconds lifetime = hours(1)) {
    IssuedToken issued = IssueToken(principal, "of the test", clock_.Now(), lifetime, false);
    Store(issued);
    return issued;
  }
  void Store(const IssuedToken& issued) {
    ASSERT_TRUE(credentials_.Apply(StoredKey(Keyspace::kToken, issued.digest), issued.token.SerializeAsString()).ok());
  }
  void Revoke(const IssuedToken& issued) {
    ASSERT_TRUE(credentials_.Apply(StoredKey(Keyspace::kToken, issued.digest), std::nullopt).ok());
  }
  void SetPassword(const std::string& principal, const std::string& password) {
    record::Person person;
    const auto hash = HashPassword(password);
    ASSERT_TRUE(hash.ok()) << hash.status();
    person.set_password_hash(*hash);
    ASSERT_TRUE(credentials_.Apply(StoredKey(Keyspace::kPerson, IdKey(principal)), person.SerializeAsString()).ok());
  }
  absl::StatusCode Login(const std::string& principal, const std::string& password,
                         const std::string& address = "10.0.0.1") {
    return credentials_.CheckPassword(principal, password, address).status().code();
  }

  base::FakeClock clock_{Timestamp(1'000'000'000'000)};
  Credentials credentials_{&clock_};
};

TEST_F(CredentialsTest, ASecretIs256RandomBitsAndIsNotStored) {
  const IssuedToken a = Issue("ann");
  const IssuedToken b = Issue("ann");
  EXPECT_EQ(a.secret.size(), 4 + 64u);
  EXPECT_TRUE(a.secret.starts_with("cad_"));
  EXPECT_NE(a.secret, b.secret);
  EXPECT_EQ(a.digest.size(), 32u);
  EXPECT_EQ(a.token.SerializeAsString().find(a.secret), std::string::npos);
}

TEST_F(CredentialsTest, ATokenIsGoodUntilItExpires) {
  const IssuedToken issued = Issue("ann", hours(1));
  ASSERT_TRUE(credentials_.FindToken(issued.secret).ok());
  EXPECT_EQ(credentials_.FindToken(issued.secret)->principal(), "ann");
  clock_.Advance(hours(1) - seconds(1));
  EXPECT_TRUE(credentials_.FindToken(issued.secret).ok());
  clock_.Advance(seconds(1));
  EXPECT_EQ(credentials_.FindToken(issued.secret).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(CredentialsTest, EveryWrongTokenGivesTheSameAnswer) {
  const IssuedToken revoked = Issue("ann");
  Revoke(revoked);
  const IssuedToken expired = Issue("ann", seconds(1));
  clock_.Advance(seconds(2));
  const absl::Status empty = credentials_.FindToken("").status();
  EXPECT_EQ(empty.code(), absl::StatusCode::kUnauthenticated);
  for (const std::string& wrong : {revoked.secret, expired.secret, std::string("cad_"), std::string("Bearer x"),
                                   std::string(100'000, 'c'), expired.digest, expired.secret + "0"}) {
    EXPECT_EQ(credentials_.FindToken(wrong).status(), empty);
  }
}

TEST_F(CredentialsTest, TokensAreListedByPrincipalInOrderOfId) {
  std::set<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.insert(Issue("ann").token.id());
  Issue("anna");
  std::vector<std::string> listed;
  std::string after;
  while (true) {
    const auto page = credentials_.ScanTokens("ann", after, 2);
    if (page.empty()) break;
    for (const record::Token& token : page) listed.push_back(token.id());
    after = listed.back();
  }
  EXPECT_EQ(listed, std::vector<std::string>(ids.begin(), ids.end()));
}

TEST_F(CredentialsTest, EndedTokensAreFoundToBeRemoved) {
  const IssuedToken old = Issue("ann", seconds(1));
  Issue("ann", hours(1));
  clock_.Advance(seconds(2));
  const auto expired = credentials_.ScanEnded("ann", 10);
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_EQ(expired[0].digest, old.digest);
  Revoke(old);
  EXPECT_TRUE(credentials_.ScanEnded("ann", 10).empty());
  EXPECT_FALSE(credentials_.FindTokenById(old.token.id()).has_value());
}

// Written after the new password, as by whoever makes one token after the other meanwhile.
TEST_F(CredentialsTest, WhatALoginMadeEndsWithItsPasswordWheneverItIsWritten) {
  SetPassword("ann", "correct horse");
  const auto mark = credentials_.CheckPassword("ann", "correct horse", "");
  ASSERT_TRUE(mark.ok());
  const auto made_through = [&](const std::string& login_mark) {
    IssuedToken issued = IssueToken("robot", "", clock_.Now(), hours(1), /*session=*/false);
    issued.token.set_login_of("ann");
    issued.token.set_login_mark(login_mark);
    EXPECT_TRUE(credentials_.Apply(StoredKey(Keyspace::kToken, issued.digest), issued.token.SerializeAsString()).ok());
    return issued;
  };
  const IssuedToken before = made_through(*mark);
  EXPECT_TRUE(credentials_.FindToken(before.secret).ok());
  SetPassword("ann", "correct horse");
  const IssuedToken late = made_through(*mark);
  for (const std::string& secret : {before.secret, late.secret}) {
    EXPECT_EQ(credentials_.FindToken(secret).status().code(), absl::StatusCode::kUnauthenticated);
  }
  EXPECT_EQ(credentials_.ScanEnded("robot", 10).size(), 2u);
  EXPECT_TRUE(
      credentials_.FindToken(made_through(*credentials_.CheckPassword("ann", "correct horse", "")).secret).ok());
}

TEST_F(CredentialsTest, APasswordIsKeptAsAnArgon2idHash) {
  const auto hash = HashPassword("correct horse");
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
  EXPECT_NE(*hash, *HashPassword("correct horse")) << "salted";
  EXPECT_EQ(HashPassword("seven77").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(HashPassword(std::string(257, 'x')).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(CredentialsTest, WrongPairsGiveTheSameAnswer) {
  SetPassword("ann", "correct horse");
  EXPECT_EQ(Login("ann", "correct horse"), absl::StatusCode::kOk);
  const Status wrong = credentials_.CheckPassword("ann", "wrong", "").status();
  EXPECT_EQ(wrong.code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(credentials_.CheckPassword("nobody", "correct horse", "").status(), wrong);
  EXPECT_EQ(credentials_.CheckPassword("", "", "").status(), wrong);
  EXPECT_EQ(credentials_.CheckPassword("ann", std::string(1 << 20, 'x'), "").status(), wrong);
}

TEST_F(CredentialsTest, TenFailuresAMinuteShutTheNameToTheirAddressAlone) {
  SetPassword("ann", "correct horse");
  for (size_t i = 0; i < LoginLimits::kPairTriesMax; ++i) {
    EXPECT_EQ(Login("ann", "wrong"), absl::StatusCode::kUnauthenticated);
  }
  EXPECT_EQ(Login("ann", "correct horse"), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Login("ann", "correct horse", "10.0.0.2"), absl::StatusCode::kOk) << "nobody is locked out by others";
  EXPECT_EQ(Login("bob", "wrong"), absl::StatusCode::kUnauthenticated) << "other names are not concerned";
  clock_.Advance(seconds(60));
  EXPECT_EQ(Login("ann", "correct horse"), absl::StatusCode::kOk);
}

TEST_F(CredentialsTest, ARightPasswordForgetsTheFailures) {
  SetPassword("ann", "correct horse");
  for (int i = 0; i < static_cast<int>(LoginLimits::kPairTriesMax) - 1; ++i) Login("ann", "wrong");
  EXPECT_EQ(Login("ann", "correct horse"), absl::StatusCode::kOk);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Login("ann", "wrong"), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(Login("ann", "correct horse"), absl::StatusCode::kOk);
}

TEST_F(CredentialsTest, AnErasedPersonCannotLogIn) {
  SetPassword("ann", "correct horse");
  ASSERT_TRUE(credentials_.Apply(StoredKey(Keyspace::kPerson, IdKey("ann")), std::nullopt).ok());
  EXPECT_EQ(Login("ann", "correct horse"), absl::StatusCode::kUnauthenticated);
}

TEST_F(CredentialsTest, DamagedRowsAreDataLoss) {
  EXPECT_EQ(credentials_.Apply(StoredKey(Keyspace::kToken, "short"), "x").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(credentials_.Apply(StoredKey(Keyspace::kToken, std::string(32, 'k')), "\xff\xff").code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(credentials_.Apply(StoredKey(Keyspace::kPerson, "no end"), "").code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cadastre::authz

#include "authz/identity/opaque_tokens.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "authz/identity/key_folder.h"
#include "base/durable_file.h"
#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace cadastre::authz {
namespace {

const OpaqueTokens& Tokens() {
  static const OpaqueTokens tokens(std::string(OpaqueTokens::kKeyBytes, 'k'));
  return tokens;
}

TEST(OpaqueTokensTest, ARevisionNeverLooksTheSameTwice) {
  const std::string first = Tokens().SealRevision(Revision(41));
  const std::string second = Tokens().SealRevision(Revision(41));
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), Tokens().SealRevision(Revision(UINT64_MAX)).size());
  EXPECT_EQ(*Tokens().OpenRevision("min_revision", first), Revision(41));
}

TEST(OpaqueTokensTest, WhatThisServerDidNotMakeNamesTheField) {
  const std::string good = Tokens().SealRevision(Revision(41));
  std::string changed = good;
  changed[30] = changed[30] == 'A' ? 'B' : 'A';
  const OpaqueTokens other(std::string(OpaqueTokens::kKeyBytes, 'o'));
  for (const std::string& bad : {std::string(), std::string("x"), std::string("%%%"), changed, good.substr(1),
                                 good + "A", other.SealRevision(Revision(41)), std::string(5000, 'A')}) {
    const Status status = Tokens().OpenRevision("min_revision", bad).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << bad;
    EXPECT_EQ(base::FieldOf(status), "min_revision");
  }
}

TEST(OpaqueTokensTest, APageIsBoundToViewerMethodAndRequest) {
  const PageBinding binding{"ann", "Search", RequestDigest("query")};
  const std::string token = Tokens().SealPage(binding, "last key");
  EXPECT_EQ(*Tokens().OpenPage(binding, token), "last key");
  for (const PageBinding& other :
       {PageBinding{"bob", "Search", binding.request_digest}, PageBinding{"ann", "Suggest", binding.request_digest},
        PageBinding{"ann", "Search", RequestDigest("another")}, PageBinding{"annS", "earch", binding.request_digest}}) {
    EXPECT_EQ(base::FieldOf(Tokens().OpenPage(other, token).status()), "page_token");
  }
  EXPECT_FALSE(Tokens().OpenRevision("min_revision", token).ok());
}

class KeyFolderTest : public testing::Test {
 protected:
  const testing_support::TempFolder own_;
  const std::string& dir_ = own_.path();
};

TEST_F(KeyFolderTest, AKeyIsMadeOnceAndForTheOwnerAlone) {
  const VersionedSecret made = *KeyFolder(dir_).Newest("tokens", 32);
  EXPECT_EQ(made.version, 1u);
  EXPECT_EQ(KeyFolder(dir_).Newest("tokens", 32)->secret, made.secret);
  struct stat found;
  ASSERT_EQ(stat((dir_ + "/keys/tokens.1").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(KeyFolderTest, OldVersionsStay) {
  const VersionedSecret first = *KeyFolder(dir_).Newest("tokens", 32);
  const std::string second(32, 's');
  ASSERT_TRUE(base::WriteNewFile(dir_ + "/keys/tokens.2", second).ok());
  EXPECT_EQ(KeyFolder(dir_).Newest("tokens", 32)->version, 2u);
  EXPECT_EQ(KeyFolder(dir_).FindNewest("tokens", 32)->secret, second);
  EXPECT_EQ(*KeyFolder(dir_).Find("tokens", 1, 32), first.secret);
  EXPECT_TRUE(absl::IsNotFound(KeyFolder(dir_).Find("tokens", 3, 32).status()));
}

TEST_F(KeyFolderTest, WhatIsOnlyLookedForIsNotMade) {
  EXPECT_TRUE(absl::IsNotFound(KeyFolder(dir_).FindNewest("tokens", 32).status()));
  EXPECT_TRUE(absl::IsNotFound(KeyFolder(dir_).FindNewest("tokens", 32).status()));
}

TEST_F(KeyFolderTest, AKeyOthersMayReadOrOfAnotherLengthIsRefused) {
  ASSERT_TRUE(KeyFolder(dir_).Newest("tokens", 32).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(KeyFolder(dir_).Newest("tokens", 16).status()));
  ASSERT_EQ(chmod((dir_ + "/keys/tokens.1").c_str(), 0644), 0);
  EXPECT_TRUE(absl::IsFailedPrecondition(KeyFolder(dir_).Newest("tokens", 32).status()));
}

}  // namespace
}  // namespace cadastre::authz

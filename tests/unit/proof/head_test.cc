#include "authz/proof/head.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"

namespace cadastre::proof {
namespace {

TEST(HeadTest, TheCanonicalFormIsTheDocumentedText) {
  const Head head{"00112233445566778899aabbccddeeff", 3, LeafHash(""), 1'700'000'000'000'001};
  EXPECT_EQ(CanonicalForm(head),
            "cadastre audit head v1\n"
            "log 00112233445566778899aabbccddeeff\n"
            "size 3\n"
            "root 6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d\n"
            "time 1700000000000001\n");
}

TEST(HeadTest, ASignatureOfAnotherHeadOrLengthIsNone) {
  const Head head{"00", 0, EmptyRoot(), 1};
  // The key of RFC 8032 section 7.1, test 1.
  const std::string key = absl::HexStringToBytes("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_FALSE(VerifyHead(head, std::string(64, '\0'), key));
  EXPECT_FALSE(VerifyHead(head, "", key));
  EXPECT_FALSE(VerifyHead(head, std::string(64, '\0'), "short"));
}

}  // namespace
}  // namespace cadastre::proof

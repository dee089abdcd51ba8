#include "base/sender.h"

#include <gtest/gtest.h>

namespace cadastre::base {
namespace {

TEST(Sender, AnIpv6NetworkOfOneOwnerIsOneSender) {
  EXPECT_EQ(Sender::OfAddress("2001:db8:1:2::1"), Sender::OfAddress("2001:db8:1:2:ffff::9"));
  EXPECT_NE(Sender::OfAddress("2001:db8:1:2::1"), Sender::OfAddress("2001:db8:1:3::1"));
  EXPECT_NE(Sender::OfAddress("10.0.0.1"), Sender::OfAddress("10.0.0.2"));
  EXPECT_EQ(Sender::OfAddress("10.0.0.1"), Sender::OfAddress("::ffff:10.0.0.1"));
}

TEST(Sender, AnAddressIsNoPrincipal) {
  EXPECT_NE(Sender::OfAddress("ann"), Sender::OfPrincipal("ann"));
  EXPECT_TRUE(Sender::OfPrincipal("").known());
  EXPECT_FALSE(Sender().known());
}

TEST(NetworkOf, BitsBehindTheNetworkAreGone) {
  EXPECT_EQ(NetworkOf("203.0.113.7", 16, 32), "203.0.0.0/16");
  EXPECT_EQ(NetworkOf("203.0.113.7", 20, 32), "203.0.112.0/20");
  EXPECT_EQ(NetworkOf("2001:db8:aaaa:bbbb::1", 16, 32), "2001:db8::/32");
  EXPECT_EQ(NetworkOf("fe80::1%eth0", 16, 64), "fe80::/64");
  EXPECT_EQ(NetworkOf("::ffff:1.2.3.4", 8, 32), "1.0.0.0/8");
  EXPECT_EQ(NetworkOf("unix:/run/x", 16, 32), "unix:/run/x");
}

}  // namespace
}  // namespace cadastre::base

#include "ingestors/postgres/remote_server.h"

#include <gtest/gtest.h>

namespace cadastre::ingest_postgres {
namespace {

constexpr char kOwn[] = "postgres://db.example.com:5433";

TEST(RemoteServer, IsCalledAsItsOwnCrawlCallsIt) {
  EXPECT_EQ(NamespaceOf({.host = "far.example.com", .port = "6000"}, kOwn), "postgres://far.example.com:6000");
  EXPECT_EQ(NamespaceOf({.host = "far.example.com"}, kOwn), "postgres://far.example.com:5432");
  EXPECT_EQ(NamespaceOf({.host = "fd00::7"}, kOwn), "postgres://[fd00::7]:5432");
  EXPECT_EQ(NamespaceOf({.host = "far.example.com", .address = "10.0.0.7"}, kOwn), "postgres://far.example.com:5432");
  EXPECT_EQ(NamespaceOf({.address = "10.0.0.7"}, kOwn), "postgres://10.0.0.7:5432");
}

TEST(RemoteServer, OnTheSameMachineIsCalledByTheMachinesName) {
  for (const char* host : {"", "localhost", "127.0.0.1", "::1", "/run/postgresql", "@abstract"}) {
    EXPECT_EQ(NamespaceOf({.host = host, .port = "5434"}, kOwn), "postgres://db.example.com:5434") << host;
  }
  EXPECT_EQ(NamespaceOf({.host = "localhost"}, "postgres://[fd00::7]:5433"), "postgres://[fd00::7]:5432");
  EXPECT_EQ(NamespaceOf({.host = "localhost"}, "the-shop"), "") << "that names no machine";
  EXPECT_EQ(NamespaceOf({.host = "localhost"}, "postgres://prod"), "");
}

TEST(RemoteServer, ThatIsOneOfSeveralHasNoName) {
  EXPECT_EQ(NamespaceOf({.host = "a,b"}, kOwn), "");
  EXPECT_EQ(NamespaceOf({.host = "a", .port = "1,2"}, kOwn), "");
  EXPECT_EQ(NamespaceOf({.service = "shop"}, kOwn), "");
}

}  // namespace
}  // namespace cadastre::ingest_postgres

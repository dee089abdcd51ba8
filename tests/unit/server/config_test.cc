#include "server/config.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "base/status.h"
#include "tests/support/temp_folder.h"

namespace cadastre::server {
namespace {

StatusOr<Config> LoadText(const std::string& text) {
  const testing_support::TempFolder folder;
  const std::string path = folder.path() + "/config.yml";
  std::ofstream(path) << text;
  return LoadConfig(path);
}

TEST(Config, WhatIsPrintedReadsBackTheSame) {
  Config config;
  config.data_dir = "/var/lib/cadastre \"quoted\"";
  config.run_days = 7;
  const StatusOr<Config> again = LoadText(PrintConfig(config));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(PrintConfig(*again), PrintConfig(config));
}

TEST(Config, BadKeysAreNamed) {
  struct Case {
    const char* text;
    const char* field;
  };
  for (const Case& bad : {Case{"grpc_adress: x", "grpc_adress"}, Case{"run_days: soon", "run_days"},
                          Case{"run_days: [1, 2]", "run_days"}}) {
    const StatusOr<Config> config = LoadText(bad.text);
    EXPECT_EQ(base::FieldOf(config.status()).value_or("none"), bad.field) << bad.text;
  }
  EXPECT_FALSE(LoadText("just words").ok());
  EXPECT_FALSE(LoadConfig("/no/such/file.yml").ok());
}

TEST(Config, ValuesOutOfRangeAreNamed) {
  Config config;
  config.data_dir = "x";
  config.body_mib_max = 65;
  EXPECT_EQ(base::FieldOf(CompleteConfig(config)).value_or("none"), "body_mib_max");
  config.body_mib_max = 16;
  config.tls_certificate = "only.pem";
  EXPECT_EQ(base::FieldOf(CompleteConfig(config)).value_or("none"), "tls_key");
  config.tls_certificate.clear();
  config.http_address = "8080";
  EXPECT_EQ(base::FieldOf(CompleteConfig(config)).value_or("none"), "http_address");
  config.log_level = "loud";
  EXPECT_EQ(base::FieldOf(CompleteConfig(config)).value_or("none"), "log_level");
}

TEST(Config, AddressesOfBothFamiliesParse) {
  EXPECT_EQ(ParseHostPort("127.0.0.1:80", "k")->port, 80);
  EXPECT_EQ(ParseHostPort("[::1]:0", "k")->host, "::1");
  EXPECT_EQ(ParseHostPort("localhost:1", "k")->host, "127.0.0.1");
  for (const char* bad : {"", ":80", "host", "h:99999", "h:8x", "h:"})
    EXPECT_FALSE(ParseHostPort(bad, "k").ok()) << bad;
}

}  // namespace
}  // namespace cadastre::server

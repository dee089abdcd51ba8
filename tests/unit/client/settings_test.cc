#include "client/settings.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_folder.h"

namespace cadastre::client {
namespace {

TEST(Settings, AddressesSayWhetherTheyTakeTls) {
  const testing_support::TempFolder own;
  const std::string& folder = own.path();
  std::ofstream(folder + "/addresses.json") << R"({"http": "https://127.0.0.1:1", "grpc": "127.0.0.1:2", "tls": true})";
  Given given;
  given.data_dir = folder;
  const absl::StatusOr<Settings> settings = FindSettings(given);
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_EQ(settings->url, "https://127.0.0.1:1");
  EXPECT_EQ(settings->grpc, "https://127.0.0.1:2");
}

}  // namespace
}  // namespace cadastre::client

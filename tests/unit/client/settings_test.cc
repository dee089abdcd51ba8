#include "client/settings.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

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

TEST(WriteFile, FollowsNobodysLink) {
  const testing_support::TempFolder own;
  const std::string folder = own.path();
  std::ofstream(folder + "/victim") << "mine";
  std::filesystem::create_symlink(folder + "/victim", folder + "/metrics.new");
  ASSERT_TRUE(WriteFile(folder + "/metrics", "told", 0640).ok());
  const auto text = [&](const std::string& name) {
    std::ifstream file(folder + "/" + name);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_EQ(text("victim"), "mine");
  EXPECT_EQ(text("metrics"), "told");
  EXPECT_FALSE(std::filesystem::is_symlink(folder + "/metrics"));
  EXPECT_EQ(std::filesystem::status(folder + "/metrics").permissions(), std::filesystem::perms{0640});
}

}  // namespace
}  // namespace cadastre::client

#include "base/log.h"

#include <gtest/gtest.h>

#include <vector>

namespace cadastre::base {
namespace {

class LogTest : public testing::Test {
 protected:
  LogTest() {
    SetLogSink([this](std::string_view line) { lines_.emplace_back(line); });
  }
  ~LogTest() override {
    SetLogSink(nullptr);
    SetLogLevel(LogLevel::kInfo);
  }

  // What follows the time stamp.
  std::string Rest() const {
    const size_t at = lines_.back().find("\"level\"");
    return lines_.back().substr(at);
  }

  std::vector<std::string> lines_;
};

TEST_F(LogTest, ALineIsOneJsonObject) {
  LogWarning("request done", {{"rpc", "GetAsset"}, {"rows", 3}, {"seconds", 0.5}, {"cached", true}});
  EXPECT_EQ(Rest(),
            R"("level":"warning","event":"request done","rpc":"GetAsset","rows":3,"seconds":0.5,"cached":true})");
  EXPECT_EQ(lines_.back().substr(0, 9), "{\"time\":\"");
}

TEST_F(LogTest, HostileTextStaysInsideItsString) {
  LogInfo("refused", {{"name", "a\"}\n{\\"}, {"bytes", "\xFF\xFE"}});
  EXPECT_EQ(Rest(), R"("level":"info","event":"refused","name":"a\"}\u000a{\\","bytes":"??"})");
}

TEST_F(LogTest, SecretsAreNotWritten) {
  LogInfo("login", {{"token", "cad_1234"}, {"admin_password", "pw"}, {"authorization", "Bearer x"}, {"user", "kim"}});
  EXPECT_EQ(lines_.back().find("1234"), std::string::npos);
  EXPECT_EQ(lines_.back().find("pw"), std::string::npos);
  EXPECT_EQ(lines_.back().find("Bearer"), std::string::npos);
  EXPECT_NE(lines_.back().find("kim"), std::string::npos);
}

TEST_F(LogTest, LongValuesAreCut) {
  LogInfo("large", {{"body", std::string(100'000, 'x')}});
  EXPECT_LT(lines_.back().size(), 5'000u);
}

TEST_F(LogTest, LinesBelowTheLevelAreDropped) {
  LogDebug("quiet");
  EXPECT_TRUE(lines_.empty());
  SetLogLevel(LogLevel::kDebug);
  LogDebug("spoken");
  EXPECT_EQ(lines_.size(), 1u);
}

}  // namespace
}  // namespace cadastre::base

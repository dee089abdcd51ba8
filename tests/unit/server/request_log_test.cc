#include "server/rpc/request_log.h"

#include <gtest/gtest.h>

#include <vector>

#include "server/rpc/request_id.h"

namespace cadastre::server {
namespace {

using absl::StatusCode;
using base::LogLevel;

class RequestLogTest : public ::testing::Test {
 protected:
  RequestLogTest() {
    base::SetLogSink([this](std::string_view line) { lines_.emplace_back(line); });
  }
  ~RequestLogTest() override {
    base::SetLogSink(nullptr);
    base::SetLogLevel(LogLevel::kInfo);
  }
  std::vector<std::string> lines_;
};

TEST_F(RequestLogTest, WhatEndsWellIsToldAtDebugAlone) {
  EXPECT_EQ(LevelOf(StatusCode::kOk, false), LogLevel::kDebug);
  EXPECT_EQ(LevelOf(StatusCode::kNotFound, false), LogLevel::kDebug);
  EXPECT_EQ(LevelOf(StatusCode::kOk, true), LogLevel::kInfo) << "slow";
  EXPECT_EQ(LevelOf(StatusCode::kUnauthenticated, false), LogLevel::kInfo);
  EXPECT_EQ(LevelOf(StatusCode::kResourceExhausted, false), LogLevel::kWarning);
  EXPECT_EQ(LevelOf(StatusCode::kInternal, false), LogLevel::kError);
  RequestEnd("grpc", "a.b.C/D", "id").Tell(StatusCode::kOk);
  EXPECT_TRUE(lines_.empty());
}

TEST_F(RequestLogTest, ALineTellsWhoAskedWhatAndWhatCameOfIt) {
  base::SetLogLevel(LogLevel::kDebug);
  RequestEnd end("http", "a.b.C/D", "id-7");
  end.NoteCaller("ann");
  end.Tell(StatusCode::kOk, 200);
  ASSERT_EQ(lines_.size(), 1u);
  for (const char* part : {R"("level":"debug","event":"request","request_id":"id-7")", R"("method":"a.b.C/D")",
                           R"("principal":"ann")", R"("code":"ok")", R"("http_status":200)", R"("took_ms":)"}) {
    EXPECT_NE(lines_[0].find(part), std::string::npos) << part << " in " << lines_[0];
  }
}

TEST_F(RequestLogTest, NobodyFillsTheDiskByBeingRefused) {
  for (int i = 0; i < 10 * RequestEnd::kLinesASecond; ++i) {
    RequestEnd("http", "a.b.C/D", "id").Tell(StatusCode::kUnauthenticated, 401);
  }
  // A second may begin in between.
  EXPECT_LE(lines_.size(), 2u * RequestEnd::kLinesASecond);
  EXPECT_GE(lines_.size(), 1u);
}

TEST(RequestId, TheClientsOwnIsTakenWhereItIsSane) {
  EXPECT_EQ(RequestIdOf("0af7651916cd43dd-8448.eb_211"), "0af7651916cd43dd-8448.eb_211");
  for (const std::string& sent : {std::string(), std::string(65, 'a'), std::string("a b"), std::string("a\nb"),
                                  std::string("a\"b"), std::string("한"), std::string("a\0b", 3)}) {
    EXPECT_EQ(RequestIdOf(sent).size(), 16u);
    EXPECT_NE(RequestIdOf(sent), sent);
  }
}

}  // namespace
}  // namespace cadastre::server

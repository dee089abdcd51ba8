#include "client/http_caller.h"

#include <gtest/gtest.h>

namespace cadastre::client {
namespace {

TEST(StatusOfAnswer, TheBodysWordStandsBeforeTheHttpStatus) {
  EXPECT_TRUE(StatusOfAnswer({200, "", 0}).ok());
  const absl::Status told = StatusOfAnswer({409, R"({"code": "aborted", "message": "another crawl"})", 0});
  EXPECT_EQ(told.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(told.message(), "another crawl");
  EXPECT_EQ(StatusOfAnswer({503, "<html>", 0}).code(), absl::StatusCode::kUnavailable) << "a proxy's page";
  EXPECT_EQ(StatusOfAnswer({429, "", 7}).code(), absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace cadastre::client

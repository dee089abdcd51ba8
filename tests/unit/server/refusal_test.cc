#include <gtest/gtest.h>

#include "base/status.h"
#include "google/rpc/error_details.pb.h"
#include "server/http/connect.h"
#include "server/http/spelling.h"
#include "server/rpc/error_details.h"

namespace cadastre::server {
namespace {

std::string FieldIn(std::string_view body, std::string_view field) {
  return base::FieldOf(Spelling::OfJson(body).Of(base::InvalidField(field, "x"))).value_or("");
}

TEST(Spelling, AFieldIsToldAsItWasSent) {
  EXPECT_EQ(FieldIn(R"({"pageSize": -1})", "page_size"), "pageSize");
  EXPECT_EQ(FieldIn(R"({"page_size": -1})", "page_size"), "page_size");
  EXPECT_EQ(FieldIn(R"({"asOf": {"knownAt": 1}})", "as_of.known_at"), "asOf.knownAt");
  EXPECT_EQ(FieldIn(R"({"as_of": {"knownAt": 1}})", "as_of.known_at"), "as_of.knownAt");
  // A value is no name, and a quote within one ends nothing.
  EXPECT_EQ(FieldIn(R"({"query": "\"page_size\": 1", "pageSize": 1})", "page_size"), "pageSize");
}

TEST(Spelling, WhatWasNotSentIsToldAsTheOthersWere) {
  EXPECT_EQ(FieldIn("{}", "min_revision"), "minRevision");
  EXPECT_EQ(FieldIn(R"({"page_size": 1})", "min_revision"), "min_revision");
  EXPECT_EQ(FieldIn(R"({"page_size": 1, "nameRefix": 1})", "min_revision"), "minRevision");
  EXPECT_EQ(FieldIn(R"({"page_size)", "upserts[3].run_id"), "upserts[3].runId");
}

TEST(Spelling, TheMessageNamesTheSameField) {
  const Status told = Spelling::OfJson("{}").Of(base::InvalidField("run_id", "1 to 256 bytes"));
  EXPECT_EQ(base::MessageOf(told), "runId: expected 1 to 256 bytes");
  EXPECT_EQ(Spelling().Of(base::InvalidField("run_id", "x")), base::InvalidField("run_id", "x"));
  EXPECT_EQ(Spelling::OfJson("{}").Of(base::NotFound("run_id")), base::NotFound("run_id"));
  const Status gone = base::FieldStatus(absl::StatusCode::kNotFound, "column_path", "none is stated");
  EXPECT_EQ(base::MessageOf(Spelling::OfJson("{}").Of(gone)), "columnPath: none is stated");
}

TEST(RichStatus, ARefusalNamesTheFieldAndWhenToComeAgain) {
  const google::rpc::Status bad = RichStatusOf(base::InvalidField("run_id", "1 to 256 bytes"));
  ASSERT_EQ(bad.details_size(), 1);
  google::rpc::BadRequest request;
  ASSERT_TRUE(bad.details(0).UnpackTo(&request));
  EXPECT_EQ(request.field_violations(0).field(), "run_id");
  EXPECT_EQ(request.field_violations(0).description(), "expected 1 to 256 bytes");
  for (const Status& busy : {base::ResourceExhausted("busy"), base::Unavailable("busy")}) {
    const google::rpc::Status rich = RichStatusOf(busy);
    ASSERT_EQ(rich.details_size(), 1);
    google::rpc::RetryInfo retry;
    ASSERT_TRUE(rich.details(0).UnpackTo(&retry));
    EXPECT_GT(retry.retry_delay().seconds(), 0);
    EXPECT_NE(ErrorResponse(busy, "id").body.find(R"("details":[{"type":"google.rpc.RetryInfo","value":"CgIIAQ"}])"),
              std::string::npos)
        << ErrorResponse(busy, "id").body;
  }
  EXPECT_EQ(RichStatusOf(base::NotFound("no such asset")).details_size(), 0);
}

}  // namespace
}  // namespace cadastre::server

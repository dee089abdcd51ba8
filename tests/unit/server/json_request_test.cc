#include "server/http/json_request.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cadastre/lineage/v1/lineage.pb.h"
#include "cadastre/search/v1/search.pb.h"

namespace cadastre::server {
namespace {

struct Case {
  std::string body;
  std::string told;
};

template <typename Request>
void Expect(const std::vector<Case>& cases) {
  for (const Case& one : cases) {
    Request request;
    const Status status = ParseJsonRequest(one.body, request);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << one.body;
    EXPECT_EQ(base::MessageOf(status), one.told) << one.body;
    EXPECT_TRUE(base::FieldOf(status).has_value()) << one.body;
  }
}

TEST(JsonRequest, WhatIsWrongNamesTheFieldAndWhatWasExpected) {
  Expect<search::v1::SearchRequest>({
      {R"({"query":5})", "query: expected text"},
      {R"({"query":["a"]})", "query: expected one value, not a list"},
      {R"({"query":{"a":1}})", "query: expected one value, not an object"},
      {R"({"page_size":"secret"})", "page_size: expected a whole number in its range"},
      {R"({"pageSize":99999999999})", "page_size: expected a whole number in its range"},
      {R"({"filters":[{"facet":"a"},{"facet":7}]})", "filters[1].facet: expected text"},
      {R"({"filters":[{"facet":"a","vals":[]}]})", "filters[0].vals: expected no field of this name"},
      {R"({"filters":5})", "filters: expected an object as cadastre.search.v1.FacetFilter is written"},
  });
  Expect<catalog::v1::GetAssetRequest>({
      {R"({"aset":{}})", "aset: expected no field of this name"},
      {R"({"asset":{"kindx":"a"}})", "asset.kindx: expected no field of this name"},
      {R"({"asOf":{"heldAt":"yesterday"}})", "as_of.held_at: expected a time such as 2026-03-01T09:30:00Z"},
  });
  Expect<lineage::v1::GetLineageRequest>({
      {R"({"direction":"SIDE"})", "direction: expected one of DIRECTION_UPSTREAM DIRECTION_DOWNSTREAM DIRECTION_BOTH"},
  });
}

TEST(JsonRequest, WhatIsNoJsonIsToldInOneLineWithoutThatBody) {
  const std::vector<Case> cases = {
      {"{", "body: expected JSON (Unexpected end of string. Expected an object key or })"},
      {"secret", "body: expected JSON (Unexpected token)"},
      {R"({"asset" {}})", "body: expected JSON (Expected : between key:value pair)"},
      {R"({"asset":{}} x)", "body: expected JSON (Parsing terminated before end of input)"},
      {"[]", "body: expected a JSON object"},
      {"\xFF", "body: expected JSON in UTF-8"},
  };
  Expect<catalog::v1::GetAssetRequest>(cases);
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += R"({"asset":)";
  Expect<catalog::v1::GetAssetRequest>({{deep, "body: expected JSON (too many levels)"}});
}

TEST(JsonRequest, ALongNameIsCut) {
  catalog::v1::GetAssetRequest request;
  const Status status = ParseJsonRequest("{\"" + std::string(100'000, 'x') + "\":1}", request);
  EXPECT_LT(base::MessageOf(status).size(), 300u);
}

TEST(JsonRequest, AnEmptyBodyIsTheEmptyMessage) {
  authz::v1::WhoAmIRequest request;
  EXPECT_TRUE(ParseJsonRequest("", request).ok());
  EXPECT_TRUE(ParseJsonRequest("{}", request).ok());
}

}  // namespace
}  // namespace cadastre::server

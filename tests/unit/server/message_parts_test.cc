#include "server/rpc/message_parts.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include <string>

#include "base/status.h"
#include "cadastre/catalog/v1/catalog.pb.h"

namespace cadastre::server {
namespace {

using catalog::v1::UpsertAspectsRequest;

size_t Count(const std::string& bytes) {
  google::protobuf::io::ArrayInputStream in(bytes.data(), static_cast<int>(bytes.size()));
  return CountParts(in, *UpsertAspectsRequest::descriptor());
}

std::string Repeated(std::string_view one, size_t times) {
  std::string all;
  all.reserve(one.size() * times);
  for (size_t i = 0; i < times; ++i) all += one;
  return all;
}

TEST(MessageParts, AreCountedWhereverTheyStand) {
  UpsertAspectsRequest request;
  EXPECT_EQ(Count(request.SerializeAsString()), 0u);
  for (int i = 0; i < 3; ++i) {
    auto* tags = request.add_upserts()->mutable_aspect()->mutable_tags();
    for (int tag = 0; tag < 100; ++tag) tags->add_tags();
  }
  // Each upsert, its aspect, the tags and each tag.
  EXPECT_EQ(Count(request.SerializeAsString()), 3u * (1 + 1 + 1 + 100));
}

TEST(MessageParts, WhatTheTypeDoesNotKnowCountsToo) { EXPECT_EQ(Count(Repeated({"\xf8\x7f\x01", 3}, 1000)), 1000u); }

TEST(MessageParts, WhatDoesNotParseCountsAsFarAsItDoes) {
  EXPECT_EQ(Count(Repeated({"\x0a\x00", 2}, 10) + "\x0a\x7f"), 11u);
  EXPECT_EQ(Count("\x0a"), 1u);
}

TEST(MessageParts, CountingEndsWhereThereAreTooMany) {
  EXPECT_EQ(Count(Repeated({"\x0a\x00", 2}, 2 * kPartsMax)), kPartsMax);
  EXPECT_EQ(CountJsonParts("[" + Repeated("{},", 2 * kPartsMax) + "{}]"), kPartsMax);
  EXPECT_TRUE(absl::IsInvalidArgument(HoldParts(kPartsMax, nullptr)));
}

TEST(MessageParts, OfJsonTextsCountOnce) {
  EXPECT_EQ(CountJsonParts(R"({"a":"{,[\",{","b":[1,2]})"), 4u);
  EXPECT_EQ(CountJsonParts(""), 0u);
  EXPECT_EQ(CountJsonParts("\"\\"), 0u);
}

TEST(MessageParts, RoomIsAskedForThem) {
  size_t asked = 0;
  const auto hold = [&](size_t bytes) {
    asked = bytes;
    return base::ResourceExhausted("full");
  };
  EXPECT_TRUE(absl::IsResourceExhausted(HoldParts(10, hold)));
  EXPECT_EQ(asked, 10 * kPartBytes);
}

}  // namespace
}  // namespace cadastre::server

#include "server/rpc/message_parts.h"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <gtest/gtest.h>

#include <string>

#include "base/status.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "cadastre/privilege/v1/privilege.pb.h"

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

TEST(MessageParts, WhatCameInAnotherWireTypeCountsToo) {
  // `upserts`, a list of messages, as numbers; `idempotency_key`, a text, as a number; `allow_unknown_columns` as a
  // text.
  const UpsertAspectsRequest request;
  for (const std::string name : {"upserts", "idempotency_key", "allow_unknown_columns"}) {
    const int number = request.GetDescriptor()->FindFieldByName(name)->number();
    const bool text = name == "allow_unknown_columns";
    const std::string one = {static_cast<char>(number << 3 | (text ? 2 : 0)), text ? '\0' : '\x01'};
    EXPECT_EQ(Count(Repeated(one, 1000)), 1000u) << name;
  }
}

// Field 2047 is unknown; its tags of group and of number are f8 7f with other low bits.
TEST(MessageParts, AGroupCountsWithAllThatStandsInIt) {
  const std::string begin("\xfb\x7f", 2);
  const std::string end("\xfc\x7f", 2);
  const std::string number("\xf8\x7f\x01", 3);
  EXPECT_EQ(Count(begin + end), 1u);
  EXPECT_EQ(Count(begin + Repeated(number, 1000) + end + number), 1002u);
  EXPECT_EQ(Count(Repeated(begin, 50) + Repeated(number, 10) + Repeated(end, 50)), 60u);
  EXPECT_EQ(Count(Repeated(begin + end, 1000)), 1000u);
  // As one occurrence of a field that is a message.
  EXPECT_EQ(Count("\x0b" + Repeated(number, 10) + "\x0c"), 11u);
  // What does not end, or ends as another, is counted as far as it stands.
  EXPECT_EQ(Count(begin + Repeated(number, 10)), 11u);
  EXPECT_EQ(Count(begin + number + "\x0c" + Repeated(number, 10)), 2u);
  // Deeper than messages are read.
  EXPECT_LE(Count(Repeated(begin, 10'000)), 102u);
}

TEST(MessageParts, PackedNumbersCountByTheRoomTheyTake) {
  authz::v1::Grant grant;
  for (int i = 0; i < 3200; ++i) grant.add_privileges(privilege::v1::PRIVILEGE_BROWSE);
  const std::string bytes = grant.SerializeAsString();
  google::protobuf::io::ArrayInputStream in(bytes.data(), static_cast<int>(bytes.size()));
  EXPECT_EQ(CountParts(in, *authz::v1::Grant::descriptor()), 1u + 3200 * sizeof(uint64_t) / kPartBytes);
}

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

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <boost/beast/http/message.hpp>
#include <string>

#include "base/status.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "server/grpc/call.h"
#include "server/http/arriving_body.h"
#include "server/http/connect.h"
#include "server/http/gzip.h"
#include "server/rpc/options.h"
#include "server/rpc/status_map.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

TEST(PageSize, WhatIsTooLargeIsCutAndWhatIsNegativeRefused) {
  EXPECT_EQ(*PageSizeOf(0, 100, 1000), 100u);
  EXPECT_EQ(*PageSizeOf(7, 100, 1000), 7u);
  EXPECT_EQ(*PageSizeOf(1'000'000, 100, 1000), 1000u);
  EXPECT_EQ(base::FieldOf(PageSizeOf(-1, 100, 1000).status()).value_or(""), "page_size");
}

TEST(AddressOf, APortIsNoPartOfAnAddress) {
  EXPECT_EQ(AddressOf("ipv4:127.0.0.1:50051"), "127.0.0.1");
  EXPECT_EQ(AddressOf("ipv6:%5B::1%5D:50051"), "::1");
  EXPECT_EQ(AddressOf("ipv6:[2001:db8::7]:1"), "2001:db8::7");
  EXPECT_EQ(AddressOf("unix:/run/cadastre"), "unix:/run/cadastre");
  EXPECT_EQ(AddressOf("ipv4:"), "");
  EXPECT_EQ(AddressOf(""), "");
}

TEST(PublicStatus, EngineTextStaysInside) {
  const Status shown = PublicStatus(base::Internal("/var/lib/store/000012.sst: corrupted"), "id-7");
  EXPECT_EQ(base::MessageOf(shown), "internal error, request id-7");
  EXPECT_EQ(PublicStatus(base::NotFound("no such asset"), "x"), base::NotFound("no such asset"));
}

TEST(PublicStatus, RepeatingHelpsOnlyUnderOverload) {
  EXPECT_GT(RetryAfterSeconds(absl::StatusCode::kUnavailable), 0);
  EXPECT_GT(RetryAfterSeconds(absl::StatusCode::kResourceExhausted), 0);
  EXPECT_EQ(RetryAfterSeconds(absl::StatusCode::kInvalidArgument), 0);
  EXPECT_EQ(HttpStatusOf(absl::StatusCode::kUnavailable), 503);
  EXPECT_EQ(HttpStatusOf(absl::StatusCode::kResourceExhausted), 429);
}

TEST(Options, TimesOutsideTheCalendarAreRefused) {
  google::protobuf::Timestamp stamp;
  stamp.set_seconds(253'402'300'800);
  EXPECT_EQ(base::FieldOf(TimestampOf(stamp, "held_at").status()).value_or(""), "held_at");
  stamp.set_seconds(0);
  stamp.set_nanos(-1);
  EXPECT_FALSE(TimestampOf(stamp, "held_at").ok());
}

TEST(Options, TimesGoThereAndBack) {
  for (const int64_t micros :
       {int64_t{0}, int64_t{-1}, int64_t{1'700'000'000'123'456}, int64_t{-62'000'000'000'000'001}}) {
    EXPECT_EQ(TimestampOf(StampOf(Timestamp(micros)), "t").value(), Timestamp(micros));
  }
}

TEST(Gunzip, GarbageIsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(Gunzip("not gzip", 100).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(Gunzip("", 100).status()));
}

TEST(Gunzip, HoldsWhatItAskedFor) {
  const std::string text(600'000, 'x');
  std::string packed(compressBound(text.size()), '\0');
  uLongf size = packed.size();
  ASSERT_EQ(compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
                     text.size()),
            Z_OK);
  packed.resize(size);
  // The second lies between what is held before and twice that.
  for (const size_t bytes_max : {size_t{1} << 24, size_t{700'000}}) {
    size_t held = 0;
    size_t most = 0;
    const auto room = [&](size_t bytes) {
      held = bytes;
      most = std::max(most, bytes);
      return absl::OkStatus();
    };
    const StatusOr<std::string> unpacked = Gunzip(packed, bytes_max, room, Packing::kZlib);
    ASSERT_TRUE(unpacked.ok()) << unpacked.status();
    EXPECT_EQ(*unpacked, text);
    EXPECT_EQ(unpacked->capacity(), held) << bytes_max;
    EXPECT_LE(held, bytes_max);
    EXPECT_LE(most, 2 * bytes_max);
  }
}

TEST(ArrivingBody, HasNoRoomBehindItsEnd) {
  std::string body;
  boost::beast::http::header<true> header;
  ArrivingBody::reader reader(header, body);
  boost::system::error_code error;
  reader.init(700'000, error);
  const std::string piece(100'000, 'x');
  for (int i = 0; i < 7; ++i) reader.put(boost::asio::buffer(piece), error);
  EXPECT_EQ(body.size(), 700'000u);
  EXPECT_EQ(body.capacity(), 700'000u);
}

TEST(JsonString, ControlCharactersAndQuotesAreEscaped) {
  EXPECT_EQ(JsonString("a\"b\\c\n\x01 한"), "\"a\\\"b\\\\c\\u000a\\u0001 한\"");
}

}  // namespace
}  // namespace cadastre::server

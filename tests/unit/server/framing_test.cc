#include "server/http/framing.h"

#include <gtest/gtest.h>

#include "base/status.h"
#include "server/descriptors.h"
#include "server/rpc/bearer.h"

namespace cadastre::server {
namespace {

constexpr unsigned kHttp10 = 10;
constexpr unsigned kHttp11 = 11;

TEST(Framing, OnlyOneEndIsBelieved) {
  const HttpHeaders host = {{"host", "x"}};
  const auto with = [&](HttpHeaders more) {
    more.insert(more.begin(), host.begin(), host.end());
    return base::FieldOf(CheckFraming(more, kHttp11)).value_or("");
  };
  EXPECT_EQ(with({}), "");
  EXPECT_EQ(with({{"content-length", "12"}}), "");
  EXPECT_EQ(with({{"transfer-encoding", "Chunked"}}), "");
  for (const std::string value : {"gzip", "chunked, identity", "gzip, chunked", "xchunked", "", "chunked;q=1"}) {
    EXPECT_EQ(with({{"transfer-encoding", value}}), "Transfer-Encoding") << value;
  }
  EXPECT_EQ(with({{"transfer-encoding", "chunked"}, {"transfer-encoding", "chunked"}}), "Transfer-Encoding");
  EXPECT_EQ(with({{"transfer-encoding", "chunked"}, {"content-length", "0"}}), "Transfer-Encoding");
  for (const std::string value : {"", "+1", "-1", "1, 1", "0x1", "1 ", "9999999999999999999"}) {
    EXPECT_EQ(with({{"content-length", value}}), "Content-Length") << value;
  }
  EXPECT_EQ(with({{"content-length", "1"}, {"content-length", "1"}}), "Content-Length");
}

TEST(Framing, AChunksLineEndsOnce) {
  const auto takes = [](std::string_view extensions) { return ChunkExtensions().Take(extensions); };
  for (const std::string_view fine : {"", ";a", "; a = \"b c\"", ";a=\"\t\"", ";a=\"\xc3\xa4\""}) {
    EXPECT_TRUE(takes(fine)) << fine;
  }
  for (const char control : {'\n', '\r', '\0', '\x01', '\x1f', '\x7f'}) {
    const std::string quoted = std::string(";a=\"") + control + "\"";
    EXPECT_FALSE(takes(quoted)) << static_cast<int>(control);
    EXPECT_FALSE(takes(std::string(";a=\"\\") + control + "\"")) << "behind a backslash";
  }
  ChunkExtensions all;
  const std::string long_one = ";a=" + std::string(1'021, 'x');
  for (size_t i = 0; i < ChunkExtensions::kBytesMax / long_one.size(); ++i) EXPECT_TRUE(all.Take(long_one)) << i;
  EXPECT_FALSE(all.Take(";")) << "of all chunks together";
}

TEST(Framing, OneHost) {
  const auto field = [](const HttpHeaders& headers, unsigned version) {
    return base::FieldOf(CheckFraming(headers, version)).value_or("");
  };
  EXPECT_EQ(field({}, kHttp11), "Host");
  EXPECT_EQ(field({}, kHttp10), "");
  EXPECT_EQ(field({{"host", "a"}, {"host", "a"}}, kHttp11), "Host");
  EXPECT_EQ(field({{"host", "a b"}}, kHttp11), "Host");
  EXPECT_EQ(field({{"host", "[2001:db8::1]:8080"}}, kHttp11), "");
  EXPECT_EQ(field({{"host", ""}}, kHttp11), "");
}

TEST(Framing, OneSender) {
  EXPECT_TRUE(CheckFraming({{"host", "a"}, {"authorization", "Bearer x"}}, kHttp11).ok());
  const Status two =
      CheckFraming({{"host", "a"}, {"authorization", "Bearer x"}, {"authorization", "Bearer x"}}, kHttp11);
  EXPECT_EQ(base::FieldOf(two).value_or(""), "Authorization");
}

TEST(BearerIn, TheSchemeHasNoCase) {
  EXPECT_EQ(BearerIn("Bearer abc"), "abc");
  EXPECT_EQ(BearerIn("bearer  abc "), "abc");
  EXPECT_EQ(BearerIn("BEARER abc"), "abc");
  EXPECT_EQ(BearerIn("Bearerabc"), "");
  EXPECT_EQ(BearerIn("Basic abc"), "");
  EXPECT_EQ(BearerIn("Bearer"), "");
  EXPECT_EQ(BearerIn(""), "");
}

TEST(Descriptors, WhatTheStoreNeedsIsNobodysConnection) {
  EXPECT_TRUE(absl::IsFailedPrecondition(ShareDescriptors(128, 4'096).status()));
  for (const uint64_t limit : {256u, 1'024u, 65'536u}) {
    const DescriptorPlan plan = *ShareDescriptors(limit, 4'096);
    EXPECT_GE(plan.connections, 16u) << limit;
    EXPECT_LE(plan.connections, 4'096u) << limit;
    EXPECT_LE(plan.connections * 17 / 16 + static_cast<size_t>(plan.store_files) + 96, limit);
  }
}

}  // namespace
}  // namespace cadastre::server

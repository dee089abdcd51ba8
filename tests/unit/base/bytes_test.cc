#include "base/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace cadastre::base {
namespace {

template <typename Append, typename Value>
std::string Encoded(Append append, Value value) {
  std::string out;
  append(out, value);
  return out;
}

TEST(Bytes, WhatIsWrittenIsReadBack) {
  std::string key;
  AppendU8(key, 7);
  AppendU16(key, 0xBEEF);
  AppendU32(key, 0xDEADBEEF);
  AppendU64(key, 0x0123456789ABCDEF);
  AppendComplement(key, 42);
  AppendI64(key, -5);
  AppendComplementI64(key, -6);
  AppendString(key, "postgres://db");
  AppendString(key, "");
  AppendRaw(key, std::string_view("\0\1", 2));

  ByteReader reader(key);
  EXPECT_EQ(*reader.ReadU8(), 7);
  EXPECT_EQ(*reader.ReadU16(), 0xBEEF);
  EXPECT_EQ(*reader.ReadU32(), 0xDEADBEEF);
  EXPECT_EQ(*reader.ReadU64(), 0x0123456789ABCDEFu);
  EXPECT_EQ(*reader.ReadComplement(), 42u);
  EXPECT_EQ(*reader.ReadI64(), -5);
  EXPECT_EQ(*reader.ReadComplementI64(), -6);
  EXPECT_EQ(*reader.ReadString(), "postgres://db");
  EXPECT_EQ(*reader.ReadString(), "");
  EXPECT_FALSE(reader.ExpectEnd().ok());
  EXPECT_EQ(*reader.ReadRaw(2), std::string_view("\0\1", 2));
  EXPECT_TRUE(reader.ExpectEnd().ok());
}

TEST(Bytes, TheOrderOfBytesIsTheOrderOfValues) {
  const uint64_t unsigned_values[] = {0, 1, 255, 256, 65'536, std::numeric_limits<uint64_t>::max()};
  for (size_t i = 1; i < std::size(unsigned_values); ++i) {
    EXPECT_LT(Encoded(AppendU64, unsigned_values[i - 1]), Encoded(AppendU64, unsigned_values[i]));
    EXPECT_GT(Encoded(AppendComplement, unsigned_values[i - 1]), Encoded(AppendComplement, unsigned_values[i]));
  }
  const int64_t signed_values[] = {std::numeric_limits<int64_t>::min(), -256, -1, 0, 1, 256,
                                   std::numeric_limits<int64_t>::max()};
  for (size_t i = 1; i < std::size(signed_values); ++i) {
    EXPECT_LT(Encoded(AppendI64, signed_values[i - 1]), Encoded(AppendI64, signed_values[i]));
    EXPECT_GT(Encoded(AppendComplementI64, signed_values[i - 1]), Encoded(AppendComplementI64, signed_values[i]));
  }
  EXPECT_LT(Encoded(AppendString, "a"), Encoded(AppendString, "a1"));
  EXPECT_LT(Encoded(AppendString, "a1"), Encoded(AppendString, "b"));
}

TEST(Bytes, ADamagedKeyIsAnErrorNotACrash) {
  EXPECT_EQ(ByteReader("abc").ReadU32().status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ByteReader("never ended").ReadString().status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ByteReader("ab").ReadRaw(3).status().code(), absl::StatusCode::kDataLoss);
}

TEST(BytesDeathTest, AStringOfAKeyHoldsNoNul) {
  std::string key;
  EXPECT_DEATH(AppendString(key, std::string_view("a\0b", 3)), "in a string of a key");
}

TEST(Bytes, ThePrefixEndsBeforeItsNextSibling) {
  EXPECT_EQ(PrefixEnd("ab"), "ac");
  EXPECT_EQ(PrefixEnd("a\xFF\xFF"), "b");
  EXPECT_EQ(PrefixEnd("\xFF"), "");
  EXPECT_EQ(PrefixEnd(""), "");
}

}  // namespace
}  // namespace cadastre::base

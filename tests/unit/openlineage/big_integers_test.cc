#include "ingestors/openlineage/big_integers.h"

#include <gtest/gtest.h>

#include <string>

namespace cadastre::openlineage {
namespace {

struct BigCase {
  std::string json;
  std::string decimals;  // empty: as it is
};

class BigIntegers : public ::testing::TestWithParam<BigCase> {};

TEST_P(BigIntegers, BecomeDecimalsAndNothingElseDoes) {
  const std::string& expected = GetParam().decimals.empty() ? GetParam().json : GetParam().decimals;
  EXPECT_EQ(WithNumbersInRange(GetParam().json), expected);
  EXPECT_EQ(HoldsNumberBeyond(GetParam().json), !GetParam().decimals.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, BigIntegers,
    ::testing::Values(BigCase{"18446744073709551615", ""}, BigCase{"18446744073709551616", "18446744073709551616.0"},
                      BigCase{"-9223372036854775808", ""}, BigCase{"-9223372036854775809", "-9223372036854775809.0"},
                      BigCase{"9223372036854775808", ""}, BigCase{"99999999999999999999", "99999999999999999999.0"},
                      BigCase{"99999999999999999999.5", ""}, BigCase{"99999999999999999999e-3", ""},
                      BigCase{"0.99999999999999999999", ""}, BigCase{"1e99999999999999999999", "null"},
                      BigCase{"-1.5E+400", "null"}, BigCase{"[1" + std::string(400, '0') + ",2]", "[null,2]"},
                      BigCase{"1e300", ""}, BigCase{"01e999", ""}, BigCase{"1e999x", "nullx"}, BigCase{"1e999-5", ""},
                      BigCase{R"({"99999999999999999999":"99999999999999999999"})", ""},
                      BigCase{R"(["\"",99999999999999999999,"]",-99999999999999999999 ,1])",
                              R"(["\"",99999999999999999999.0,"]",-99999999999999999999.0 ,1])"},
                      // No JSON: whatever comes out is refused by the parser.
                      BigCase{"", ""}, BigCase{"-", ""}, BigCase{"\"99999999999999999999", ""},
                      BigCase{"1-99999999999999999999", ""}));

}  // namespace
}  // namespace cadastre::openlineage

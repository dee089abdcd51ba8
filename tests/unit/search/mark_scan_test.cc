#include "search/mark_scan.h"

#include <gtest/gtest.h>

#include <random>

#include "search/highlight.h"
#include "search/words.h"

namespace cadastre::search {
namespace {

Marker MarkerOf(const std::vector<std::string>& words) {
  std::vector<WordResult> results;
  for (const std::string& word : words) {
    for (const Word& part : SplitParts(Nfc(word))) {
      WordResult result;
      result.word = {part.text, part.cjk, 0, 0};
      results.push_back(std::move(result));
    }
  }
  return Marker(results);
}

struct Place {
  std::string word;
  std::string text;
  size_t at;
};
class Scan : public testing::TestWithParam<Place> {};
TEST_P(Scan, TellsThePlace) { EXPECT_EQ(MarkScan({GetParam().word}).Next(GetParam().text, 0), GetParam().at); }

INSTANTIATE_TEST_SUITE_P(MarkScan, Scan,
                         testing::Values(Place{"orders", "shop.public.Orders", 12}, Place{"orders", "ORDERS", 0},
                                         Place{"customerorders", "the CUSTOMER_orders of a long day", 4},
                                         Place{"customerorders", "customer.orders", MarkScan::kNone},
                                         Place{"orders", "ordres of the day, sorted", MarkScan::kNone},
                                         Place{"a", "------------------------a", 24},
                                         Place{"orders", "고객 주문 売上 orders", 21}, Place{"orders", "día orders", 1},
                                         Place{"매출", "daily 매출", 6}, Place{"größe", "size x", MarkScan::kNone},
                                         Place{"orders", "", MarkScan::kNone}));

TEST(MarkScan, GoesOnFromAPlace) {
  const MarkScan scan({"id"});
  const std::string text = "id" + std::string(10'000, '.') + "id";
  EXPECT_EQ(scan.Next(text, 0), 0u);
  EXPECT_EQ(scan.Next(text, 1), 10'002u);
  EXPECT_EQ(scan.Next(text, 10'003), MarkScan::kNone);
  EXPECT_EQ(scan.Next(text, text.size()), MarkScan::kNone);
}

TEST(MarkScan, FindsNothingWithoutWords) { EXPECT_FALSE(MarkScan().Any("orders of the day")); }

TEST(MarkScan, NeverMissesWhatIsMarked) {
  const std::vector<std::string> pieces = {"or",
                                           "ders",
                                           "Orders",
                                           "_",
                                           "-",
                                           " ",
                                           ".",
                                           "7",
                                           "O",
                                           "매출",
                                           "고객",
                                           "データ",
                                           "売",
                                           "é",
                                           "ﬁ",
                                           "Ｏrders",
                                           "\xE3\x8E\x8F",
                                           "o\xCC\x81",
                                           "\xE1\x84\x86",
                                           "id"};
  const std::vector<std::string> words = {"or", "orders", "ordersid", "o", "매출", "7", "売データ", "é", "fi", "kg"};
  std::mt19937 random(7);
  const auto pick = [&](const auto& from) { return from[random() % from.size()]; };
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (size_t i = random() % 12; i > 0; --i) text += pick(pieces);
    const Marker marker = MarkerOf({pick(words), pick(words)});
    if (marker.Ranges(Nfc(text), true).empty()) continue;
    EXPECT_TRUE(marker.scan().Any(text)) << text;
  }
}

}  // namespace
}  // namespace cadastre::search

#include "search/words.h"

#include <gtest/gtest.h>

namespace cadastre::search {
namespace {

using Texts = std::vector<std::string>;

Texts PartsOf(const std::string& text) {
  Texts parts;
  for (const Word& word : SplitParts(Nfc(text))) parts.push_back(word.text);
  return parts;
}

Texts OfKind(const std::string& text, WordKind kind) {
  Texts words;
  for (const Word& word : SplitWords(Nfc(text))) {
    if (word.kind == kind) words.push_back(word.text);
  }
  return words;
}

struct SplitCase {
  std::string text;
  Texts parts;
};

class Split : public testing::TestWithParam<SplitCase> {};

TEST_P(Split, IntoParts) { EXPECT_EQ(PartsOf(GetParam().text), GetParam().parts) << GetParam().text; }

INSTANTIATE_TEST_SUITE_P(
    Words, Split,
    testing::Values(SplitCase{"shop.public.customer_orders", {"shop", "public", "customer", "orders"}},
                    SplitCase{"customerOrders", {"customer", "orders"}},
                    SplitCase{"HTTPServerLog", {"http", "server", "log"}},
                    SplitCase{"orders2024-01/part", {"orders", "2024", "01", "part"}}, SplitCase{"", {}},
                    SplitCase{" . _ - / !", {}}, SplitCase{"Größe", {"grösse"}}, SplitCase{"ＡＢＣ１２", {"abc", "12"}},
                    SplitCase{"고객ID목록", {"고객", "id", "목록"}}, SplitCase{"일별 매출", {"일별", "매출"}},
                    SplitCase{"e\xCC\x81t\xC3\xA9", {"été"}}, SplitCase{"ok\xFFnever", {"ok"}},
                    SplitCase{"売上データ", {"売上データ"}}, SplitCase{"éCole", {"é", "cole"}}));

TEST(Words, SegmentsAreAlsoKeptWhole) {
  EXPECT_EQ(OfKind("a.customer_Orders-2024.b", WordKind::kWhole), (Texts{"customerorders2024"}));
  EXPECT_EQ(OfKind("orders", WordKind::kWhole), Texts());
}

TEST(Words, GramsRunOverSpacesButNotOverOtherScripts) {
  EXPECT_EQ(OfKind("일별 매출", WordKind::kGram), OfKind("일별매출", WordKind::kGram));
  EXPECT_EQ(OfKind("일별매", WordKind::kGram), (Texts{"일", "일별", "별", "별매", "매"}));
  EXPECT_EQ(OfKind("일a별", WordKind::kGram), (Texts{"일", "별"}));
  EXPECT_EQ(OfKind("일.별", WordKind::kGram), (Texts{"일", "별"}));
  EXPECT_EQ(GramsOf("일별매출"), (Texts{"일별", "별매", "매출"}));
  EXPECT_EQ(GramsOf("값"), (Texts{"값"}));
}

TEST(Words, ApartLettersAreJoined) {
  // Hangul as letters apart (NFD), as some systems send it.
  EXPECT_EQ(PartsOf("\xE1\x84\x86\xE1\x85\xA2\xE1\x84\x8E\xE1\x85\xAE\xE1\x86\xAF"), (Texts{"매출"}));
}

TEST(Words, RangesAreCodePointsOfTheText) {
  const std::vector<Word> parts = SplitParts(Nfc("é고객_ab"));
  ASSERT_EQ(parts.size(), 3u);
  EXPECT_EQ(parts[1].start, 1u);
  EXPECT_EQ(parts[1].end, 3u);
  EXPECT_EQ(parts[2].start, 4u);
}

TEST(Words, LongWordsAreCutAlike) {
  const std::string word(5000, 'x');
  EXPECT_EQ(PartsOf(word).at(0).size(), kWordBytesMax);
  EXPECT_LE(Squeeze("가" + word).size(), kWordBytesMax);
}

struct Particle {
  std::string word;
  std::string bare;
};
class Korean : public testing::TestWithParam<Particle> {};
TEST_P(Korean, ParticlesComeOff) { EXPECT_EQ(BareKorean(GetParam().word), GetParam().bare); }

INSTANTIATE_TEST_SUITE_P(Words, Korean,
                         testing::Values(Particle{"매출을", "매출"}, Particle{"고객의", "고객"},
                                         Particle{"고객에게", "고객"}, Particle{"서울에서", "서울"},
                                         Particle{"서울에서는", "서울"}, Particle{"데이터로", "데이터"},
                                         Particle{"주문으로부터", "주문"}, Particle{"주문과", "주문"},
                                         Particle{"매출만", "매출"}, Particle{"매출", "매출"}, Particle{"회의", "회의"},
                                         Particle{"결과", "결과"}, Particle{"값을", "값을"},
                                         Particle{"売上の", "売上の"}, Particle{"orders", "orders"}, Particle{"", ""}));

TEST(Words, PlainCharactersStayAsTheyAre) {
  size_t plain = 0;
  for (unsigned c = 0x3000; c <= 0xD7FF; ++c) {
    const std::string text = {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
                              static_cast<char>(0x80 | (c & 0x3F))};
    if (PlainCjkAt(text, 0) == 0) continue;
    ++plain;
    // A character that is not plain keeps the short way off.
    EXPECT_EQ(Nfc(text + text + "é"), text + text + "é");
    EXPECT_EQ(Fold(text + text + "é"), text + text + "é");
  }
  EXPECT_GT(plain, 30'000u);
  EXPECT_EQ(PlainCjkAt("매", 1), 0u);
  EXPECT_EQ(PlainCjkAt("\xEB\xA7", 0), 0u);
  EXPECT_EQ(PlainCjkAt("\xE3\x82\x99", 0), 0u);
}

TEST(Words, EditsAreCountedUpToABound) {
  EXPECT_EQ(EditDistance("customer", "customer", 2), 0u);
  EXPECT_EQ(EditDistance("custmer", "customer", 2), 1u);
  EXPECT_EQ(EditDistance("cutsomer", "customer", 2), 1u);
  EXPECT_EQ(EditDistance("kusdomer", "customer", 2), 2u);
  EXPECT_EQ(EditDistance("orders", "customer", 2), 3u);
  EXPECT_EQ(EditDistance("매출", "매줄", 1), 1u);
}

}  // namespace
}  // namespace cadastre::search

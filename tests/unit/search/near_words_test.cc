#include "search/near_words.h"

#include <gtest/gtest.h>

#include <random>

#include "search/words.h"

namespace cadastre::search {
namespace {

using Texts = std::vector<std::string>;

Texts NearOf(const WordList& list, const NearWord& word) {
  Texts near;
  list.EachNear(word, [&](std::string_view one) { near.emplace_back(one); });
  return near;
}

TEST(NearWords, AreThoseWithinTheEdits) {
  WordList list;
  for (const char* word : {"customer", "custmer", "cutsomer", "costumer", "curtain", "größe", "grösse", "c"}) {
    list.Add(word);
  }
  EXPECT_EQ(NearOf(list, NearWord("customer", 1)), (Texts{"customer", "custmer", "cutsomer"}));
  EXPECT_EQ(NearOf(list, NearWord("customer", 2)), (Texts{"customer", "custmer", "cutsomer", "costumer"}));
  EXPECT_EQ(NearOf(list, NearWord("grösze", 1)), (Texts{"grösse"}));
  EXPECT_EQ(NearOf(WordList(), NearWord("orders", 1)), Texts());
}

TEST(NearWords, AGlanceRefusesNoneThatIsNear) {
  std::mt19937 random(3);
  const Texts letters = {"a", "b", "c", "1", "q", "é", "매"};
  const auto word = [&] {
    std::string text = "a";
    for (size_t i = random() % 8; i > 0; --i) text += letters[random() % letters.size()];
    return text;
  };
  for (int round = 0; round < 50'000; ++round) {
    const NearWord near(word(), 1 + random() % 2);
    const std::string other = word();
    EXPECT_EQ(near.IsNear(other, LettersOf(other)), EditDistance(near.word(), other, near.edits()) <= near.edits())
        << near.word() << " " << other;
  }
}

}  // namespace
}  // namespace cadastre::search

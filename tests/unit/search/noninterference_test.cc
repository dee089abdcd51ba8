#include <gtest/gtest.h>

#include <filesystem>

#include "search/words.h"
#include "tests/unit/search/random_catalog.h"

namespace cadastre::search {
namespace {

constexpr uint64_t kWorlds = 30;
constexpr size_t kQueriesAWorld = 25;

TEST(Noninterference, AnswersAreThoseOfAWorldWithoutWhatIsHidden) {
  size_t answers = 0;
  size_t with_hits = 0;
  for (uint64_t seed = 1; seed <= kWorlds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomCatalog catalog(seed, 60);
    SearchWorld whole;
    SearchWorld seen;
    Planted whole_catalog(&whole, /*reduced=*/false);
    Planted seen_catalog(&seen, /*reduced=*/true);
    for (size_t i = 0; i < catalog.specs.size(); ++i) {
      whole_catalog.Put(catalog.specs, i);
      seen_catalog.Put(catalog.specs, i);
      if (i % 7 == 0) whole.Follow();
    }
    const std::string viewer = AddViewer(whole.world());
    const std::string same_viewer = AddViewer(seen.world());
    whole.Follow();
    seen.Follow();
    for (size_t i = 0; i < kQueriesAWorld; ++i) {
      const FindRequest request = RandomRequest(catalog);
      SCOPED_TRACE("query " + request.query + " by " + request.order_by);
      std::string next;
      std::string same_next;
      const StatusOr<Shown> one = whole.Ask(viewer, request, &next);
      const StatusOr<Shown> other = seen.Ask(same_viewer, request, &same_next);
      ASSERT_TRUE(one.ok()) << one.status();
      ASSERT_TRUE(other.ok()) << other.status();
      ASSERT_EQ(one->hits, other->hits);
      ASSERT_EQ(one->total, other->total);
      ASSERT_EQ(one->facets, other->facets);
      ASSERT_EQ(one->did_you_mean, other->did_you_mean);
      ASSERT_EQ(next.empty(), same_next.empty());
      ++answers;
      with_hits += one->hits.empty() ? 0 : 1;
      const std::string prefix = catalog.Word().substr(0, 1 + catalog.Pick(6) * 3);
      if (prefix.empty() || (static_cast<unsigned char>(prefix[0]) >= 0x80 && prefix.size() % 3 != 0)) continue;
      const auto suggested = whole.Complete(viewer, prefix);
      const auto same_suggested = seen.Complete(same_viewer, prefix);
      ASSERT_TRUE(suggested.ok()) << suggested.status();
      ASSERT_EQ(*suggested, *same_suggested) << prefix;
    }
  }
  EXPECT_GT(with_hits * 2, answers);
}

TEST(Noninterference, PagesJoinToTheWhole) {
  RandomCatalog catalog(7, 80);
  SearchWorld world;
  Planted planted(&world, false);
  for (size_t i = 0; i < catalog.specs.size(); ++i) planted.Put(catalog.specs, i);
  const std::string viewer = AddViewer(world.world());
  world.Follow();
  for (const std::string order : {"", "name", "name desc", "updated", "updated desc"}) {
    for (const std::string query : {"", "orders", "매출 OR customer"}) {
      FindRequest request;
      request.query = query;
      request.order_by = order;
      request.page_size = 100;
      const StatusOr<Shown> all = world.Ask(viewer, request);
      ASSERT_TRUE(all.ok()) << all.status();
      ASSERT_GT(all->total, 5);
      std::vector<std::string> joined;
      request.page_size = 3;
      do {
        std::string next;
        const StatusOr<Shown> page = world.Ask(viewer, request, &next);
        ASSERT_TRUE(page.ok()) << page.status();
        EXPECT_EQ(page->total, all->total);
        joined.insert(joined.end(), page->hits.begin(), page->hits.end());
        request.after = next;
      } while (!request.after.empty());
      EXPECT_EQ(joined, all->hits) << order << "|" << query;
    }
  }
}

// Every text of a document one viewer may read, word by word; what Find must equal for a plain word.
bool Holds(const std::vector<Spec>& all, const Spec& spec, const std::string& word) {
  const SearchDocument& document = spec.document;
  std::vector<std::pair<std::string, bool>> texts = {{document.name.name, true},    {document.title, true},
                                                     {document.platform, false},    {document.type, false},
                                                     {document.description, false}, {document.code, false}};
  for (const std::string& tag : document.tags) texts.emplace_back(tag, false);
  for (const std::string& owner : document.owners) texts.emplace_back(owner, false);
  for (const SearchColumn& column : document.columns) {
    texts.emplace_back(column.path, true);
    texts.emplace_back(column.description, false);
  }
  for (const auto& [text, beginnings] : texts) {
    for (const cadastre::search::Word& one : SplitWords(Nfc(text))) {
      if (one.text == word || (beginnings && one.kind == WordKind::kPart && one.text.starts_with(word))) return true;
    }
  }
  for (const size_t term : spec.terms) {
    for (const cadastre::search::Word& one : SplitWords(Nfc(all[term].document.name.name))) {
      if (one.text == word || (one.kind == WordKind::kPart && one.text.starts_with(word))) return true;
    }
  }
  return false;
}

TEST(Noninterference, APlainWordFindsWhatAPlainLoopFinds) {
  for (uint64_t seed = 100; seed < 115; ++seed) {
    RandomCatalog catalog(seed, 60);
    SearchWorld world;
    Planted planted(&world, false);
    for (size_t i = 0; i < catalog.specs.size(); ++i) planted.Put(catalog.specs, i);
    const std::string viewer = AddViewer(world.world());
    world.Follow();
    for (const std::string word : {"orders", "order", "customer", "매출", "payment", "daily", "ledger"}) {
      std::multiset<std::string> expected;
      for (const Spec& spec : catalog.specs) {
        if (Sees(spec) && Holds(catalog.specs, Reduced(catalog.specs, spec), word))
          expected.insert(spec.document.name.name);
      }
      const std::vector<std::string> names = world.Names(viewer, word);
      EXPECT_EQ(std::multiset<std::string>(names.begin(), names.end()), expected) << seed << " " << word;
    }
  }
}

}  // namespace
}  // namespace cadastre::search

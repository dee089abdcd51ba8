#include "search/posting_cache.h"

#include <gtest/gtest.h>

#include "search/base_index.h"
#include "tests/support/temp_folder.h"

namespace cadastre::search {
namespace {

using Seen = std::vector<std::pair<uint64_t, uint32_t>>;

Seen PostingsOf(const CachedPostings& postings) {
  Seen seen;
  postings.ForEach([&](bool, std::span<const Posting> some) {
    for (const Posting& one : some) seen.emplace_back(one.id.value(), one.count);
    return true;
  });
  return seen;
}

CachedPostings Of(uint32_t documents) {
  CachedPostings postings;
  postings.Begin(true);
  for (uint32_t id = 1; id <= documents; ++id) postings.Add(id, 2);
  return postings;
}

TEST(PostingCache, GivesBackWhatItKeeps) {
  PostingCache cache;
  EXPECT_EQ(cache.FindPostings("=a"), nullptr);
  cache.KeepPostings("=a", Of(600));
  cache.KeepPostings("=b", Of(0));
  ASSERT_NE(cache.FindPostings("=a"), nullptr);
  const Seen seen = PostingsOf(*cache.FindPostings("=a"));
  ASSERT_EQ(seen.size(), 600u);
  EXPECT_EQ(seen.back(), (std::pair<uint64_t, uint32_t>{600, 2}));
  ASSERT_NE(cache.FindPostings("=b"), nullptr);
  EXPECT_EQ(PostingsOf(*cache.FindPostings("=b")), Seen());
  WordList words;
  words.Add("orders");
  cache.KeepWords("~o", std::move(words));
  EXPECT_NE(cache.FindWords("~o"), nullptr);
  EXPECT_EQ(cache.FindWords("=a"), nullptr);
}

TEST(PostingCache, LetsGoOfWhatNobodyAsksFor) {
  constexpr uint32_t kDocuments = 700'000;
  PostingCache cache;
  cache.KeepPostings("=kept", Of(10));
  cache.KeepPostings("=left", Of(10));
  for (int i = 0; i < 30; ++i) {
    cache.KeepPostings("=" + std::to_string(i), Of(kDocuments));
    EXPECT_NE(cache.FindPostings("=kept"), nullptr);
  }
  EXPECT_EQ(cache.FindPostings("=left"), nullptr);
  EXPECT_EQ(cache.FindPostings("=0"), nullptr);
  EXPECT_NE(cache.FindPostings("=29"), nullptr);
}

TEST(PostingCache, KeepsNothingTooLarge) {
  PostingCache cache;
  cache.KeepPostings("=all", Of(900'000));
  EXPECT_EQ(cache.FindPostings("=all"), nullptr);
}

class CachedBase : public testing::Test {
 protected:
  static IndexedDocument Described(uint64_t id, const std::string& description) {
    SearchDocument document;
    document.name = {AssetKind::kDataset, "postgres://shop", "t" + std::to_string(id)};
    document.description = description;
    return MakeIndexed(AssetId(id), document);
  }

  std::vector<uint64_t> Holding(const std::string& word, PostingStore::Reach reach = PostingStore::Reach::kTerm) {
    std::vector<uint64_t> ids;
    const auto store = base_->Lease(base_->generation(), false);
    EXPECT_TRUE(store.ok());
    (*store)->ForEach(TermPrefix(Field::kDescription) + kWordMark + word, reach,
                      [&](bool, std::span<const Posting> some) {
                        for (const Posting& one : some) ids.push_back(one.id.value());
                        return true;
                      });
    EXPECT_TRUE((*store)->status().ok());
    return ids;
  }

  Status Put(const IndexedDocument& document) {
    const BaseIndex::WriteTurn turn(*base_);
    Status status = base_->Replace(document);
    status.Update(base_->Commit(Revision(++revision_)));
    return status;
  }

  const testing_support::TempFolder folder_;
  std::unique_ptr<BaseIndex> base_ = *BaseIndex::Create(folder_.path() + "/base");
  uint64_t revision_ = 0;
};

TEST_F(CachedBase, ReadsAnewWhatACommitChanged) {
  ASSERT_TRUE(Put(Described(1, "orders of the day")).ok());
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(Holding("orders"), std::vector<uint64_t>{1});
    EXPECT_EQ(Holding("sales"), std::vector<uint64_t>());
    EXPECT_EQ(Holding("ord", PostingStore::Reach::kLongerToo), std::vector<uint64_t>{1});
  }
  ASSERT_TRUE(Put(Described(2, "orders and sales")).ok());
  ASSERT_TRUE(Put(Described(1, "days")).ok());
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(Holding("orders"), std::vector<uint64_t>{2});
    EXPECT_EQ(Holding("sales"), std::vector<uint64_t>{2});
    EXPECT_EQ(Holding("ord", PostingStore::Reach::kLongerToo), std::vector<uint64_t>{2});
  }
}

}  // namespace
}  // namespace cadastre::search

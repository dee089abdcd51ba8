// A governed house in memory with a search index that follows it; documents are given by the test.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "authz/view/change_feed.h"
#include "search/find.h"
#include "search/index.h"
#include "search/suggest.h"
#include "tests/support/governed_world.h"

namespace cadastre::search {

using authz::Privilege;
using testing_support::GovernedWorld;

// Documents by asset, as if read from tables.
class MapSource final : public DocumentSource {
 public:
  StatusOr<std::optional<SearchDocument>> Describe(AssetId id) override {
    base::MutexLock lock(mutex_);
    if (const auto damaged = damaged_.find(id.value()); damaged != damaged_.end()) return damaged->second;
    const auto at = documents_.find(id.value());
    if (at == documents_.end()) return std::optional<SearchDocument>();
    return std::optional<SearchDocument>(at->second);
  }
  std::vector<AssetId> ChangedWith(AssetId) override { return {}; }
  uint64_t end() const override {
    base::MutexLock lock(mutex_);
    return documents_.empty() ? 1 : documents_.rbegin()->first + 1;
  }
  void Set(AssetId id, SearchDocument document) {
    base::MutexLock lock(mutex_);
    documents_[id.value()] = std::move(document);
  }
  // What describing it says from now on; OK takes that back.
  void Damage(AssetId id, Status status) {
    base::MutexLock lock(mutex_);
    damaged_.erase(id.value());
    if (!status.ok()) damaged_.emplace(id.value(), std::move(status));
  }
  void Erase(AssetId id) {
    base::MutexLock lock(mutex_);
    documents_.erase(id.value());
  }

 private:
  mutable base::Mutex mutex_;
  std::map<uint64_t, SearchDocument> documents_;
  std::map<uint64_t, Status> damaged_;
};

inline AssetName Dataset(const std::string& name, const std::string& ns = "postgres://db:5432") {
  return {AssetKind::kDataset, ns, name};
}

// What one answer shows, by names: comparable between worlds whose ids differ.
struct Shown {
  std::vector<std::string> hits;  // name, score, highlights, explanation
  int64_t total = 0;
  std::vector<Facet> facets;
  std::string did_you_mean;
  friend bool operator==(const Shown&, const Shown&) = default;
};

class SearchWorld {
 public:
  explicit SearchWorld(std::string dir = {}) : dir_(std::move(dir)) { Restart(); }
  ~SearchWorld() { feed_.reset(); }

  GovernedWorld& world() { return world_; }
  MapSource& source() { return source_; }
  Index& index() { return *index_; }
  authz::ChangeFeed& feed() { return *feed_; }

  // As after a start of the process.
  void Restart() {
    feed_.reset();
    index_.reset();
    auto index = Index::Open(dir_, &world_.clock());
    ASSERT_TRUE(index.ok()) << index.status();
    index_ = *std::move(index);
    feed_ = std::make_unique<authz::ChangeFeed>(world_.guard().OpenSystem(authz::SystemReason::kFollowSearch),
                                                &world_.house().signal());
  }

  AssetId Add(SearchDocument document, const record::Labels& labels = {}) {
    AssetId id;
    world_.Put([&](authz::WriteSession& session) -> Status {
      ASSIGN_OR_RETURN(id, session.Intern(testing_support::RowsOf(session), document.name));
      ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(id));
      *header.mutable_labels() = labels;
      RETURN_IF_ERROR(session.SetHeader(testing_support::RowsOf(session), id, header));
      source_.Set(id, document);
      record::AssetChange* change = session.log().add_assets();
      change->set_asset(id.value());
      change->set_text(true);
      return absl::OkStatus();
    });
    return id;
  }
  AssetId AddNamed(const std::string& name) {
    SearchDocument document;
    document.name = Dataset(name);
    return Add(std::move(document));
  }
  void Touch(AssetId id) {
    world_.Put([&](authz::WriteSession& session) -> Status {
      record::AssetChange* change = session.log().add_assets();
      change->set_asset(id.value());
      change->set_text(true);
      return absl::OkStatus();
    });
  }

  void Follow(size_t entries_max = 64) {
    for (;;) {
      const StatusOr<bool> all = index_->Step(*feed_, source_, entries_max);
      ASSERT_TRUE(all.ok()) << all.status();
      if (*all) return;
    }
  }

  StatusOr<Shown> Ask(const std::string& bearer, const FindRequest& request, std::string* next = nullptr) {
    return world_.Read<Shown>(GovernedWorld::ReadCall(bearer), {}, [&](authz::GovernedView& view) -> StatusOr<Shown> {
      ASSIGN_OR_RETURN(const Found found, Find(view, *index_, request));
      Shown shown;
      for (const auto& hit : found.hits)
        shown.hits.push_back(TextOf(view, hit->id, hit->highlights, hit->score, hit->explanation));
      shown.total = found.total;
      shown.facets = found.facets;
      shown.did_you_mean = found.did_you_mean;
      if (next != nullptr) *next = found.next;
      return shown;
    });
  }
  // Names of the hits in order.
  std::vector<std::string> Names(const std::string& bearer, const std::string& query) {
    std::vector<std::string> names;
    FindRequest request;
    request.query = query;
    request.page_size = 100;
    const Status status = world_.Look(bearer, [&](authz::GovernedView& view) -> Status {
      ASSIGN_OR_RETURN(const Found found, Find(view, *index_, request));
      EXPECT_EQ(found.total, static_cast<int64_t>(found.hits.size()));
      for (const auto& hit : found.hits) names.push_back(view.NameOf(hit->id)->name);
      return absl::OkStatus();
    });
    EXPECT_TRUE(status.ok()) << status;
    return names;
  }
  std::vector<std::string> Names(const std::string& query) { return Names(world_.admin(), query); }

  // Suggested names and highlights, then completions.
  StatusOr<std::vector<std::string>> Complete(const std::string& bearer, const std::string& prefix) {
    using Answer = std::vector<std::string>;
    return world_.Read<Answer>(GovernedWorld::ReadCall(bearer), {}, [&](authz::GovernedView& view) -> StatusOr<Answer> {
      SuggestRequest request;
      request.prefix = prefix;
      ASSIGN_OR_RETURN(const Suggested suggested, Suggest(view, *index_, request));
      Answer answer;
      for (const auto& one : suggested.suggestions) answer.push_back(TextOf(view, one->id, one->highlights, 0, ""));
      for (const std::string& word : suggested.completions) answer.push_back("+" + word);
      return answer;
    });
  }

 private:
  static std::string TextOf(const authz::GovernedView& view, AssetId id, const std::vector<Highlight>& highlights,
                            double score, const std::string& explanation) {
    char bits[40];
    std::snprintf(bits, sizeof(bits), " %a", score);
    std::string text = base::AssetNameText(*view.NameOf(id)) + bits;
    for (const Highlight& highlight : highlights) {
      text += " | " + highlight.field + ": " + highlight.text;
      for (const auto& range : highlight.ranges)
        text += " " + std::to_string(range.start) + "-" + std::to_string(range.end);
    }
    return explanation.empty() ? text : text + " | " + explanation;
  }

  std::string dir_;
  GovernedWorld world_;
  MapSource source_;
  std::unique_ptr<Index> index_;
  std::unique_ptr<authz::ChangeFeed> feed_;
};

}  // namespace cadastre::search

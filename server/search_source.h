// What search indexes, from the catalog, under the follower's own system view. Made by Rooms for the follower's thread;
// confined.
#pragma once

#include <vector>

#include "authz/policy/labels.h"
#include "authz/view/view.h"
#include "search/document.h"

namespace cadastre::server {

class CatalogSource final : public search::DocumentSource {
 public:
  // `view` is the follower's, which refreshes it; it outlives the source.
  explicit CatalogSource(const authz::SystemView* view) : view_(view) {}

  StatusOr<std::optional<search::SearchDocument>> Describe(AssetId id) override;
  std::vector<AssetId> ChangedWith(AssetId id) override {
    const authz::LabelColumns& labels = view_->published().labels;
    return authz::MergedWith(labels, id, labels.Of(id)).others;
  }
  uint64_t end() const override { return view_->published().labels.end(); }

 private:
  const authz::SystemView* view_;
};

}  // namespace cadastre::server

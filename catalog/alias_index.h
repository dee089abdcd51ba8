// AliasIndex: which assets have aliases at all, in memory, so that a walk over 10,000 nodes asks the tables for few of
// them.
//
// A follower of the change log: bits are set, never cleared, and what a set bit
// means is read under a view. Made by main; thread rule: safe (Rebuild and
// Apply: one thread).
#pragma once

#include "authz/bitmap.h"
#include "authz/view.h"
#include "base/mutex.h"
#include "base/words.h"
#include "cadastre/record/log.pb.h"

namespace cadastre::catalog {

class AliasIndex {
 public:
  // From the tables, at the view's revision. Errors: those of SystemView.
  Status Rebuild(const authz::SystemView& view) EXCLUDES(mutex_);
  void Apply(const record::LogEntry& entry) EXCLUDES(mutex_);
  // May the asset have aliases?
  bool Has(AssetId id) const EXCLUDES(mutex_);
  // A copy that does not change: one lock for a whole walk.
  authz::AssetBitmap Reading() const EXCLUDES(mutex_);

 private:
  mutable base::Mutex mutex_;
  authz::AssetBitmap assets_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::catalog

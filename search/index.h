// Index: the follower that keeps the words of every asset: a base on disk and a tail in memory.
//
// Made by main, which runs Follow and KeepFolding on a thread each; thread rule: safe (Follow, Step: one thread; Fold:
// one thread). Every change goes to the tail and is seen by the next reading; the tail folds into the base in large
// batches. The base stores the revision it holds; after a start the tail is rebuilt from the change log, the base from
// nothing where it is missing, damaged, of another format or ahead of the store. Errors of Open: UNAVAILABLE (the
// folder cannot be made). Of Step and Fold: those of feed and source; UNAVAILABLE (disk). Bounds: past 50,000 documents
// or 256 MB in the tail, or 30 s behind, `overloaded` asks doors to refuse writes of text. Deliberately does not:
// decide what a viewer may see (search/find.h does, over a reading), run threads.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "authz/view/change_feed.h"
#include "authz/view/revision_gate.h"
#include "base/mutex.h"
#include "base/words.h"
#include "search/document.h"

namespace cadastre::search {

class BaseIndex;
class TailWriter;
struct Reading;

inline constexpr size_t kTailDocumentsMax = 50'000;
inline constexpr size_t kTailBytesMax = size_t{256} << 20;
inline constexpr std::chrono::seconds kTailLagMax{30};

class Index {
 public:
  // `dir` holds the base (made where missing); empty: everything stays in memory, and nothing folds.
  static StatusOr<std::unique_ptr<Index>> Open(std::string dir, const Clock* clock);
  ~Index();

  // How far it is: doors name it in their call, so that reads wait.
  authz::RevisionGate& gate() { return gate_; }
  // True while writes that change searchable text must come back later.
  bool overloaded() const;
  // False while the base is being built for the first time.
  bool ready() const;
  size_t documents() const;
  size_t tail_documents() const;
  // What the base on disk holds; 0 while there is none.
  Revision kept() const { return Revision(kept_.load(std::memory_order_relaxed)); }
  // Assets met that did not decode.
  uint64_t skipped() const { return skipped_.load(std::memory_order_relaxed); }

  // --- The follower's thread ----------------------------------------------
  // Until `stop`; a step that fails is logged and tried again, after a second and then ever longer, up to half a
  // minute. Meanwhile the gate tells who waits that it failed.
  void Follow(authz::ChangeFeed& feed, DocumentSource& source, const std::stop_token& stop);
  // Applies at most `entries_max` log entries; true when nothing was left. The first step loads or builds the base.
  StatusOr<bool> Step(authz::ChangeFeed& feed, DocumentSource& source, size_t entries_max,
                      const std::stop_token& stop = {});

  // --- The folding thread -------------------------------------------------
  void KeepFolding(const std::stop_token& stop);
  // Folds what the tail holds now; returns the number of documents. Once `enough` says so, it ends with what is written
  // by then: the base keeps the revision it had, and the tail its documents, which a start finds unchanged in the base.
  StatusOr<size_t> Fold(const std::function<bool()>& enough = {});

  // --- This room ----------------------------------------------------------
  // What Find and Suggest read; null until ready.
  std::shared_ptr<const Reading> Read() const;

 private:
  Index(std::string dir, const Clock* clock);
  // Opens the base, or builds it.
  Status Start(authz::ChangeFeed& feed, DocumentSource& source, const std::stop_token& stop);
  StatusOr<std::shared_ptr<BaseIndex>> BuildBase(DocumentSource& source, Revision revision,
                                                 const std::stop_token& stop);
  Status BuildTail(DocumentSource& source, Revision revision, const std::stop_token& stop);
  // Nothing for an asset that does not decode.
  StatusOr<std::optional<SearchDocument>> Describe(AssetId id, DocumentSource& source, bool* skipped);
  // Describes what changed and puts it into the tail.
  Status Apply(const std::vector<AssetId>& changed, DocumentSource& source, Revision reached);
  // Of the base, so that the next step builds it anew.
  Status Forget();
  void Publish();
  void NoteLag(bool behind);

  const std::string dir_;
  const Clock* const clock_;
  authz::RevisionGate gate_;
  const std::unique_ptr<TailWriter> tail_;
  // The follower's alone.
  bool started_ = false;
  Revision reached_;
  std::atomic<uint64_t> skipped_{0};
  std::atomic<uint64_t> kept_{0};

  // One fold, or one change of base, at a time.
  base::Mutex base_mutex_;
  std::shared_ptr<BaseIndex> base_ GUARDED_BY(base_mutex_);
  mutable base::Mutex mutex_;
  std::shared_ptr<const Reading> reading_ GUARDED_BY(mutex_);
  std::optional<Timestamp> behind_since_ GUARDED_BY(mutex_);
};

}  // namespace cadastre::search

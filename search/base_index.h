// BaseIndex: the part of the index on disk. The one file of this room that knows Xapian.
//
// A document's number is its asset's id; values stand in slot 0, texts in the document's data, no positions are kept
// (phrases are checked against names and titles). Owned by the Index and shared by readings. Thread rule: safe for
// Lease; writing and Each: one thread at a time, within a WriteTurn while leases are about. A store it leases is one
// request's. Errors: NOT_FOUND (no base there), FAILED_PRECONDITION (another format, or never finished), DATA_LOSS
// (damaged), UNAVAILABLE (the disk). ABORTED from a leased store: its pages were written over; lease again.
// Deliberately does not: rank. Xapian's matcher adds up in an order it chooses by the frequency of all documents,
// hidden ones included, and its statistics count them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/words.h"
#include "search/postings.h"
#include "search/terms.h"

namespace cadastre::search {

class BaseIndex {
 public:
  static StatusOr<std::unique_ptr<BaseIndex>> Open(const std::string& path);
  // An empty one in place of whatever is there; not to be opened again before its first Commit.
  static StatusOr<std::unique_ptr<BaseIndex>> Create(const std::string& path);
  ~BaseIndex();

  // All changes up to here are in it.
  Revision revision() const;
  // Raised by each commit.
  uint64_t generation() const;

  Status EachValues(const std::function<void(AssetId, const record::SearchValues&)>& each);

  Status Replace(const IndexedDocument& document);
  // The values alone; nothing where there is no such document.
  Status ReplaceValues(AssetId id, const record::SearchValues& values);
  Status Commit(Revision revision);
  // Closes what writes, so that the folder can be moved; no writing afterwards.
  Status Close();

  // A store that shows at least the generation `least`. `undisturbed`: waits until no write turn is under way and keeps
  // the next one off until the store ends, for who was disturbed too often.
  StatusOr<std::unique_ptr<PostingStore>> Lease(uint64_t least, bool undisturbed);

 private:
  struct Impl;

 public:
  // The turn of who writes, from the first Replace to after Commit; waits for undisturbed stores to end.
  class WriteTurn {
   public:
    explicit WriteTurn(BaseIndex& base);
    ~WriteTurn();
    WriteTurn(const WriteTurn&) = delete;
    WriteTurn& operator=(const WriteTurn&) = delete;

   private:
    std::shared_ptr<Impl> impl_;
  };

 private:
  explicit BaseIndex(std::unique_ptr<Impl> impl);
  // Shared with the stores it leased, which may end after it.
  std::shared_ptr<Impl> impl_;
};

}  // namespace cadastre::search

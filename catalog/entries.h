// Entries: the parts of an aspect that are kept entry by entry, each a statement of its own under a number of its own.
//
// Quality results are: a test that ran replaces its own last result, never that of another test. Two entries are the
// same where a person would call them the same check (EntryIdentity), whoever ran it and however it ended.
//
// EntryIndex is made by an Upserter for one aspect of one producer; thread rule: confined; functions: compatible.
// Errors: those of WriteSession's reads. Bounds: kEntriesMax entries of one producer on one asset or column.
// Deliberately does not: store statements (Upserter does), merge them (merge.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/catalog.pb.h"
#include "catalog/aspect_kind.h"
#include "catalog/tables.h"

namespace cadastre::catalog {

inline constexpr size_t kEntriesMax = 1'000;

// What tells two entries of one aspect apart: of a quality result its assertion, column, name, type and parameters.
uint64_t EntryIdentity(const v1::QualityResults::Result& result);

// One aspect for each entry, by identity; of those beyond kEntriesMax and of two with one identity the greater stands.
std::map<uint64_t, v1::Aspect> SplitEntries(const v1::Aspect& aspect);

class EntryIndex {
 public:
  // `whole`: the key the aspect would have in one piece.
  static StatusOr<EntryIndex> Open(authz::WriteSession* session, const AspectKey& whole);

  std::optional<AspectKey> Find(uint64_t identity) const;
  std::vector<AspectKey> Keys() const;
  bool full() const { return entries_.size() >= kEntriesMax; }

  // Of a full index the entry that was stated least recently, and when; of equal times the lesser identity.
  using Place = std::pair<Timestamp, uint64_t>;
  StatusOr<Place> Oldest();

  // At most while not full. The number is never given to another entry.
  AspectKey Add(uint64_t identity, Timestamp stated);
  void Remove(uint64_t identity);

  // When all entries were taken back at once, the newest 64: what was said before may still arrive.
  const google::protobuf::RepeatedField<int64_t>& withdrawn() const { return record_.withdrawn(); }
  void RememberWithdrawal(Timestamp at);

  void Write(const authz::RowPermit& permit);

 private:
  EntryIndex(authz::WriteSession* session, const AspectKey& whole) : session_(session), whole_(whole) {}
  AspectKey KeyOf(uint32_t number) const;

  authz::WriteSession* session_;
  AspectKey whole_;
  record::Entries record_;  // without its entries, which are
  std::map<uint64_t, uint32_t> entries_;
  std::optional<std::set<Place>> order_;
};

}  // namespace cadastre::catalog

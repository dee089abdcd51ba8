// SessionRows: the rows one write reads and puts: raw reads under automatic preconditions, with its own puts on top.
//
// The lower half of a WriteSession, never made alone; thread rule: confined.
// A row read through Find must not have changed at the commit, else the commit is ABORTED and the handler runs again.
// Of a held row, the version that holds newest is what must not have changed.
// A put of a plain or versioned row that Find has read, with equal content, writes nothing.
// Deliberately does not: decide rights (WriteSession does); a put shows by its permit that they were decided.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "authz/view/row_codec.h"
#include "authz/view/shown.h"
#include "authz/view/table.h"
#include "authz/write/permit.h"
#include "base/words.h"
#include "cadastre/record/log.pb.h"
#include "storage/read_pass.h"
#include "storage/reader.h"
#include "storage/work.h"

namespace cadastre::authz {

class SessionRows {
 public:
  SessionRows(SessionRows&&) = default;
  SessionRows& operator=(SessionRows&&) = default;

  // Newest raw row (plus what this session has put), under a precondition that it has
  // not changed at commit. For held tables: the value that holds at `held`, and the
  // precondition is about that one.
  template <typename R>
  StatusOr<std::optional<RowOf<R>>> Find(const Table<R>& table, std::string_view key, Timestamp held = kTimestampMax);
  // The same without a precondition: for rows that only ever grow one way, or that any order leaves right.
  template <typename R>
  StatusOr<std::optional<RowOf<R>>> Peek(const Table<R>& table, std::string_view key,
                                         Timestamp held = kTimestampMax) const;
  // All newest rows under a prefix, without preconditions: for merges whose inputs only this handler's keys guard.
  template <typename R>
  Status Scan(const Table<R>& table, std::string_view prefix, const std::function<bool(const RowOf<R>&)>& each) const;
  // The precondition alone that no row stands here: for a versioned row that a Scan of this session has not met, in a
  // table whose rows are never removed (where one was, the commit is ABORTED).
  template <typename R>
  void ExpectNone(const Table<R>& table, std::string_view key);
  // False where it stands as it is: nothing is written.
  template <typename R>
  bool Put(const RowPermit& /*permit*/, const Table<R>& table, std::string_view key, const R& record);
  // A plain row that is shown only beside a row of this session that bears a revision. Where Find told that there is
  // none yet, a large commit may bring it to the device before it stands (storage::Work::Put::ahead).
  template <typename R>
  void PutBeside(const RowPermit& permit, const Table<R>& table, std::string_view key, const R& record) {
    if (Put(permit, table, key, record)) GoesAhead(table.keyspace, key);
  }
  // nullopt: held from the commit on.
  template <typename R>
  void PutHeld(const RowPermit& /*permit*/, const Table<R>& table, std::string_view key, std::optional<Timestamp> held,
               const R& record);
  template <typename R>
  void Remove(const RowPermit& /*permit*/, const Table<R>& table, std::string_view key);
  template <typename R>
  void WithdrawHeld(const RowPermit& /*permit*/, const Table<R>& table, std::string_view key,
                    std::optional<Timestamp> held);
  // Takes away every version of a versioned or held row; false, and nothing done, where one of them came after
  // `horizon`, or where there is none. The commit is ABORTED where one came meanwhile.
  template <typename R>
  StatusOr<bool> Forget(const RowPermit& /*permit*/, const Table<R>& table, std::string_view key, Revision horizon) {
    return ForgetRow(table.keyspace, key, horizon);
  }

  // --- Log, audit ---------------------------------------------------------
  // This commit's entry about the asset, made if there is none; one without a flag set is left out. Valid until the
  // next call.
  record::AssetChange* Changed(AssetId id);
  record::LogEntry& log() { return log_; }
  ShownAssets& shown() { return shown_; }
  // Stored keys of rows that were put as they stand: the record names what was asked for, whether it was new or not.
  const std::vector<std::string>& restated() const { return restated_; }
  // False where nothing but last-seen rows, interned numbers and stream positions would be written.
  bool ChangesMeaning() const;

 protected:
  using Value = std::optional<std::string>;  // nullopt: removed or withdrawn
  // `based_on`: the committer's groups before `pass` was made; none where they were not asked for.
  SessionRows(const storage::Reader* reader, storage::ReadPass pass, std::optional<uint64_t> based_on)
      : reader_(reader), pass_(pass) {
    if (based_on) work_.set_based_on(*based_on);
  }

  StatusOr<std::optional<storage::Row>> FindRow(Keyspace keyspace, std::string_view key, Timestamp held,
                                                bool precondition);
  void ExpectNoRow(Keyspace keyspace, std::string_view key);
  StatusOr<std::optional<storage::Row>> PeekRow(Keyspace keyspace, std::string_view key, Timestamp held) const;
  bool PutRow(Keyspace keyspace, std::string_view key, std::optional<Timestamp> held, Value value);
  void GoesAhead(Keyspace keyspace, std::string_view key);
  StatusOr<bool> ForgetRow(Keyspace keyspace, std::string_view key, Revision horizon);
  Status ScanRows(Keyspace keyspace, std::string_view prefix,
                  const std::function<StatusOr<bool>(storage::Row)>& each) const;
  // Everything put so far as one work; the session is empty afterwards.
  storage::Work TakeWork();

 private:
  // By the time held; kTimestampMax where that is the commit's own, and always for rows that are not held.
  using Versions = std::map<Timestamp, Value>;
  static bool SaysSomething(const record::AssetChange& change);
  // Own puts that hold at `held`; null if none.
  const Versions::value_type* OwnAt(const std::string& stored_key, Timestamp held) const;
  // What a precondition was put on: the version that stands, removed and withdrawn ones included; nullopt where there
  // is none.
  struct Seen {
    std::optional<storage::Row> standing;
    // Whether its value is one, and not a removal's. (Plain rows have no revision, and may be empty.)
    bool stands() const { return standing && (standing->revision == Revision() || !standing->value.empty()); }
  };
  StatusOr<const Seen*> Expect(Keyspace keyspace, const std::string& stored_key, Timestamp held);

  const storage::Reader* reader_;
  storage::ReadPass pass_;
  std::map<std::string, Versions> puts_;  // by stored key
  // Stored keys of plain puts that may go ahead.
  absl::flat_hash_set<std::string> ahead_;
  // Rows under a precondition, by the time it is about; kTimestampMax for rows that are not held.
  std::map<std::pair<std::string, Timestamp>, Seen> expected_;
  std::vector<std::string> restated_;
  storage::Work work_;
  record::LogEntry log_;
  std::map<AssetId, int> log_index_;
  ShownAssets shown_;
};

}  // namespace cadastre::authz

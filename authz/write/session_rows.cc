#include "authz/write/session_rows.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "authz/view/row_reads.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/status.h"

namespace cadastre::authz {

using storage::Row;
using storage::Shape;
using storage::ShapeOf;

namespace {

bool IsMeaning(Keyspace keyspace) {
  switch (keyspace) {
    case Keyspace::kSeen:
    case Keyspace::kOnce:
    case Keyspace::kPush:
    case Keyspace::kIntern:
    case Keyspace::kMeta: return false;
    default: return true;
  }
}

Keyspace KeyspaceOf(const std::string& stored_key) {
  return static_cast<Keyspace>(static_cast<uint8_t>(stored_key[0]));
}

}  // namespace

const SessionRows::Versions::value_type* SessionRows::OwnAt(const std::string& stored_key, Timestamp held) const {
  const auto own = puts_.find(stored_key);
  if (own == puts_.end()) return nullptr;
  // The last that holds at or before `held`.
  const auto after = own->second.upper_bound(held);
  return after == own->second.begin() ? nullptr : &*std::prev(after);
}

StatusOr<const SessionRows::Seen*> SessionRows::Expect(Keyspace keyspace, const std::string& stored_key,
                                                       Timestamp held) {
  if (ShapeOf(keyspace) != Shape::kHeld) held = kTimestampMax;
  const auto known = expected_.find({stored_key, held});
  if (known != expected_.end()) return &known->second;
  Seen seen;
  if (ShapeOf(keyspace) == Shape::kPlain) {
    ASSIGN_OR_RETURN(Value value, reader_->Get(pass_, stored_key));
    work_.ExpectPlain(stored_key, value);
    if (value) seen.standing = Row{stored_key, *std::move(value), Revision(), Timestamp()};
  } else {
    ASSIGN_OR_RETURN(seen.standing, reader_->FindWithTombstone(pass_, stored_key, held));
    const Row* standing = seen.standing ? &*seen.standing : nullptr;
    work_.Expect(stored_key, standing ? standing->revision : Revision(0), held,
                 standing ? standing->held : Timestamp());
  }
  return &expected_.emplace(std::pair(stored_key, held), std::move(seen)).first->second;
}

StatusOr<std::optional<Row>> SessionRows::FindRow(Keyspace keyspace, std::string_view key, Timestamp held,
                                                  bool precondition) {
  if (!precondition) return PeekRow(keyspace, key, held);
  const std::string stored_key = StoredKey(keyspace, key);
  ASSIGN_OR_RETURN(const Seen* const seen, Expect(keyspace, stored_key, held));
  // What the precondition read is the answer already, unless this session put the row.
  if (puts_.contains(stored_key)) return PeekRow(keyspace, key, held);
  return seen->stands() ? seen->standing : std::nullopt;
}

void SessionRows::ExpectNoRow(Keyspace keyspace, std::string_view key) {
  CHECK(ShapeOf(keyspace) == Shape::kVersioned) << "rows of other shapes are read for their preconditions";
  std::string stored_key = StoredKey(keyspace, key);
  const auto [seen, fresh] = expected_.try_emplace({std::move(stored_key), kTimestampMax});
  if (fresh) work_.Expect(seen->first.first, Revision(0), kTimestampMax, Timestamp());
}

StatusOr<std::optional<Row>> SessionRows::PeekRow(Keyspace keyspace, std::string_view key, Timestamp held) const {
  const std::string stored_key = StoredKey(keyspace, key);
  const auto* own = OwnAt(stored_key, held);
  const auto as_row = [&]() -> std::optional<Row> {
    if (!own->second) return std::nullopt;
    return Row{stored_key, *own->second, Revision(), own->first};
  };
  if (own != nullptr && ShapeOf(keyspace) != Shape::kHeld) return as_row();
  ASSIGN_OR_RETURN(std::optional<Row> stored, ReadRow(*reader_, pass_, keyspace, key, held));
  if (own == nullptr) return stored;
  // Of two that hold since the same time, the one of this session is the newer.
  if (stored && stored->held > own->first) return stored;
  return as_row();
}

bool SessionRows::PutRow(Keyspace keyspace, std::string_view key, std::optional<Timestamp> held, Value value) {
  std::string stored_key = StoredKey(keyspace, key);
  if (ShapeOf(keyspace) != Shape::kHeld) {
    const auto seen = expected_.find({stored_key, kTimestampMax});
    const bool known = seen != expected_.end();
    const bool stands = known && seen->second.stands();
    if (known && stands == value.has_value() && (!stands || seen->second.standing->value == *value)) {
      puts_.erase(stored_key);
      restated_.push_back(std::move(stored_key));
      return false;
    }
    held.reset();
  }
  puts_[std::move(stored_key)].insert_or_assign(held.value_or(kTimestampMax), std::move(value));
  return true;
}

void SessionRows::GoesAhead(Keyspace keyspace, std::string_view key) {
  CHECK(ShapeOf(keyspace) == Shape::kPlain) << "rows that bear a revision go ahead anyway";
  std::string stored_key = StoredKey(keyspace, key);
  const auto seen = expected_.find({stored_key, kTimestampMax});
  if (seen != expected_.end() && !seen->second.stands()) ahead_.insert(std::move(stored_key));
}

StatusOr<bool> SessionRows::ForgetRow(Keyspace keyspace, std::string_view key, Revision horizon) {
  std::string stored_key = StoredKey(keyspace, key);
  RETURN_IF_ERROR(Expect(keyspace, stored_key, kTimestampMax).status());
  // What came after the session's own reads is not among them, but the commit looks again.
  const auto versions = reader_->ScanVersions(pass_, stored_key, base::PrefixEnd(stored_key));
  bool any = false;
  for (; versions->Valid(); versions->Next()) {
    if (versions->row().key != stored_key) break;
    if (versions->row().revision > horizon) return false;
    any = true;
  }
  RETURN_IF_ERROR(versions->status());
  if (any) work_.Forget(std::move(stored_key));
  return any;
}

Status SessionRows::ScanRows(Keyspace keyspace, std::string_view prefix,
                             const std::function<StatusOr<bool>(Row)>& each) const {
  const ScanBounds bounds = BoundsOf(keyspace, prefix, {});
  auto own = puts_.lower_bound(bounds.lower);
  const auto own_end = bounds.upper.empty() ? puts_.end() : puts_.lower_bound(bounds.upper);
  const auto visit_own = [&](const std::optional<Row>& stored) -> StatusOr<bool> {
    const auto& [key, versions] = *own;
    const auto& [held, value] = *std::prev(versions.end());
    ++own;
    if (stored && ShapeOf(keyspace) == Shape::kHeld && stored->held > held) return each(*stored);
    if (!value) return true;
    return each(Row{key, *value, Revision(), held});
  };
  bool go_on = true;
  const std::unique_ptr<storage::RowCursor> cursor = reader_->Scan(pass_, bounds.lower, bounds.upper);
  RETURN_IF_ERROR(VisitRows(*cursor, [&](Row row) -> StatusOr<bool> {
    while (go_on && own != own_end && own->first < row.key) {
      ASSIGN_OR_RETURN(go_on, visit_own(std::nullopt));
    }
    if (!go_on) return false;
    const bool replaced = own != own_end && own->first == row.key;
    ASSIGN_OR_RETURN(go_on, replaced ? visit_own(row) : each(row));
    return go_on;
  }));
  while (go_on && own != own_end) {
    ASSIGN_OR_RETURN(go_on, visit_own(std::nullopt));
  }
  return absl::OkStatus();
}

record::AssetChange* SessionRows::Changed(AssetId id) {
  const auto [entry, fresh] = log_index_.try_emplace(id, log_.assets_size());
  if (fresh) log_.add_assets()->set_asset(id.value());
  return log_.mutable_assets(entry->second);
}

bool SessionRows::SaysSomething(const record::AssetChange& change) {
  return change.text() || change.labels() || change.existence() || change.aliases();
}

bool SessionRows::ChangesMeaning() const {
  if (log_.edges_size() > 0 || log_.policy()) return true;
  if (std::any_of(log_.assets().begin(), log_.assets().end(), SaysSomething)) return true;
  for (const auto& [key, versions] : puts_) {
    if (IsMeaning(KeyspaceOf(key))) return true;
  }
  return false;
}

storage::Work SessionRows::TakeWork() {
  for (auto& [key, versions] : puts_) {
    const bool is_held = ShapeOf(KeyspaceOf(key)) == Shape::kHeld;
    for (auto& [held, value] : versions) {
      const std::optional<Timestamp> since = held == kTimestampMax ? std::nullopt : std::optional<Timestamp>(held);
      if (!value) {
        is_held ? work_.WithdrawHeld(key, since) : work_.Remove(key);
      } else {
        if (is_held) {
          work_.SetHeld(key, since, *std::move(value));
        } else if (ahead_.contains(key)) {
          work_.SetAhead(key, *std::move(value));
        } else {
          work_.Set(key, *std::move(value));
        }
      }
    }
  }
  auto* assets = log_.mutable_assets();
  assets->erase(
      std::remove_if(assets->begin(), assets->end(), [](const auto& change) { return !SaysSomething(change); }),
      assets->end());
  work_.log() = std::move(log_);
  puts_.clear();
  ahead_.clear();
  log_ = {};
  log_index_.clear();
  return std::move(work_);
}

}  // namespace cadastre::authz

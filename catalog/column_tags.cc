// Tags of columns as one producer's rounds state them: what a round does not name ends with it.
#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/status.h"
#include "catalog/upsert.h"

namespace cadastre::catalog {
namespace {

constexpr int kRoundsMax = 64;

AspectKey RoundsOf(AssetId asset, uint32_t producer) { return {asset, ColumnId(0), v1::Aspect::kTags, producer}; }

bool IsColumnTag(const AspectKey& key, uint32_t producer) {
  return key.column.valid() && key.aspect == v1::Aspect::kTags && key.producer == producer;
}

}  // namespace

Status Upserter::EndOtherColumnTags(authz::Permit<authz::Privilege::kPush> permit,
                                    const std::set<std::vector<std::string>>& named, Timestamp at) {
  permit_.emplace(permit);
  ASSIGN_OR_RETURN(const AssetId asset, session_->AssetOf(permit));
  const std::string rounds = RestatedKey(EncodeAspectKey(RoundsOf(asset, producer_.number)));
  ASSIGN_OR_RETURN(const auto row, session_->Find(kRestated, rounds));
  record::Restated restated = row ? row->record : record::Restated();
  auto* times = restated.mutable_rounds();
  if (std::find(times->begin(), times->end(), at.micros()) == times->end()) {
    times->Add(at.micros());
    std::sort(times->begin(), times->end());
    if (times->size() > kRoundsMax) times->erase(times->begin(), times->end() - kRoundsMax);
    session_->Put(*permit_, kRestated, rounds, restated);
  }
  // Those that stand, and those that stood once: the row above guards both.
  std::set<std::string> known;
  RETURN_IF_ERROR(session_->Scan<record::AspectRow>(kAspects, AspectPrefix(asset), [&](const auto& stated) {
    const std::optional<AspectKey> key = DecodeAspectKey(stated.key);
    if (key && IsColumnTag(*key, producer_.number)) known.insert(stated.key);
    return true;
  }));
  RETURN_IF_ERROR(session_->Scan<record::Restated>(kRestated, RestatedKey(AspectPrefix(asset)), [&](const auto& seen) {
    const std::optional<AspectKey> key = DecodeAspectKey(std::string_view(seen.key).substr(1));
    if (key && IsColumnTag(*key, producer_.number)) known.insert(seen.key.substr(1));
    return true;
  }));
  if (known.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto* columns, columns_.ColumnsOf(asset));
  for (const std::string& encoded : known) {
    const AspectKey key = *DecodeAspectKey(encoded);
    const auto column = columns->find(key.column);
    if (column != columns->end() && named.contains({column->second.path().begin(), column->second.path().end()})) {
      continue;
    }
    ASSIGN_OR_RETURN(const auto standing, session_->Find(kAspects, encoded, at));
    // What was stated at that very moment stands.
    if (!standing || standing->held == at) continue;
    AspectWrite gone;
    gone.asset = asset;
    gone.held = at;
    gone.withdraw = true;
    bool changed = false;
    RETURN_IF_ERROR(Store(key, gone, {}, &changed));
    if (changed) Touch(*FindAspectKind(v1::Aspect::kTags), asset, key.column);
  }
  return absl::OkStatus();
}

// A statement that arrives after a later round which does not repeat it ends with that.
Status Upserter::EndAtNextRound(const AspectKey& key, Timestamp stated) {
  ASSIGN_OR_RETURN(const auto row,
                   session_->Find(kRestated, RestatedKey(EncodeAspectKey(RoundsOf(key.asset, producer_.number)))));
  if (!row) return absl::OkStatus();
  const auto& rounds = row->record.rounds();
  const auto next = std::upper_bound(rounds.begin(), rounds.end(), stated.micros());
  if (next == rounds.end()) return absl::OkStatus();
  const std::string encoded = EncodeAspectKey(key);
  ASSIGN_OR_RETURN(const auto standing, session_->Find(kAspects, encoded, Timestamp(*next)));
  if (!standing || standing->held.micros() == *next) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto seen, session_->Find(kRestated, RestatedKey(encoded)));
  const bool repeated =
      seen && std::find(seen->record.times().begin(), seen->record.times().end(), *next) != seen->record.times().end();
  if (repeated) return absl::OkStatus();
  AspectWrite gone;
  gone.asset = key.asset;
  gone.held = Timestamp(*next);
  gone.withdraw = true;
  bool changed = false;
  return Store(key, gone, {}, &changed);
}

}  // namespace cadastre::catalog

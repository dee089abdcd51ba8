#include "catalog/entries.h"

#include <xxhash.h>

#include <algorithm>

#include "base/check.h"
#include "catalog/merge.h"

namespace cadastre::catalog {
namespace {

constexpr int kWithdrawnMax = 64;

// When the statement of a row was made last; the least time where none stands.
StatusOr<Timestamp> LastStated(const authz::WriteSession& session, const std::string& key) {
  ASSIGN_OR_RETURN(const auto standing, session.Peek(kAspects, key));
  if (!standing) return Timestamp::Min();
  ASSIGN_OR_RETURN(const auto restated, session.Peek(kRestated, RestatedKey(key)));
  if (!restated || restated->record.times().empty()) return standing->held;
  return std::max(standing->held, Timestamp(*restated->record.times().rbegin()));
}

}  // namespace

uint64_t EntryIdentity(const v1::QualityResults::Result& result) {
  v1::QualityResults::Result identity;
  identity.set_assertion(result.assertion());
  identity.set_column(result.column());
  identity.set_name(result.name());
  identity.set_type(result.type());
  *identity.mutable_params() = result.params();
  const std::string bytes = CanonicalBytes(identity);
  return XXH3_64bits(bytes.data(), bytes.size());
}

std::map<uint64_t, v1::Aspect> SplitEntries(const v1::Aspect& aspect) {
  std::map<uint64_t, v1::Aspect> entries;
  for (const v1::QualityResults::Result& result : aspect.quality_results().results()) {
    v1::Aspect one;
    *one.mutable_quality_results()->add_results() = result;
    const auto [known, fresh] = entries.try_emplace(EntryIdentity(result), one);
    if (!fresh && StandsBefore(one, known->second)) known->second = std::move(one);
    if (entries.size() > kEntriesMax) entries.erase(entries.begin());
  }
  return entries;
}

StatusOr<EntryIndex> EntryIndex::Open(authz::WriteSession* session, const AspectKey& whole) {
  EntryIndex index(session, whole);
  ASSIGN_OR_RETURN(auto row, session->Find(kEntries, EntriesKey(EncodeAspectKey(whole))));
  if (!row) return index;
  index.record_ = std::move(row->record);
  for (const record::Entries::Entry& entry : index.record_.entries()) {
    index.entries_.emplace(entry.identity(), entry.number());
  }
  index.record_.clear_entries();
  return index;
}

AspectKey EntryIndex::KeyOf(uint32_t number) const {
  AspectKey key = whole_;
  key.aspect = kEntryBase + number;
  return key;
}

std::optional<AspectKey> EntryIndex::Find(uint64_t identity) const {
  const auto found = entries_.find(identity);
  if (found == entries_.end()) return std::nullopt;
  return KeyOf(found->second);
}

std::vector<AspectKey> EntryIndex::Keys() const {
  std::vector<AspectKey> keys;
  keys.reserve(entries_.size());
  for (const auto& [identity, number] : entries_) keys.push_back(KeyOf(number));
  return keys;
}

StatusOr<EntryIndex::Place> EntryIndex::Oldest() {
  if (!order_) {
    std::set<Place> order;
    for (const auto& [identity, number] : entries_) {
      ASSIGN_OR_RETURN(const Timestamp last, LastStated(*session_, EncodeAspectKey(KeyOf(number))));
      order.emplace(last, identity);
    }
    order_ = std::move(order);
  }
  CHECK(!order_->empty());
  return *order_->begin();
}

AspectKey EntryIndex::Add(uint64_t identity, Timestamp stated) {
  CHECK(!full());
  record_.set_last_number(record_.last_number() + 1);
  entries_[identity] = record_.last_number();
  if (order_) order_->emplace(stated, identity);
  return KeyOf(record_.last_number());
}

void EntryIndex::Remove(uint64_t identity) {
  entries_.erase(identity);
  if (order_) std::erase_if(*order_, [&](const Place& place) { return place.second == identity; });
}

void EntryIndex::RememberWithdrawal(Timestamp at) {
  auto* times = record_.mutable_withdrawn();
  if (std::find(times->begin(), times->end(), at.micros()) != times->end()) return;
  times->Add(at.micros());
  std::sort(times->begin(), times->end());
  if (times->size() > kWithdrawnMax) times->erase(times->begin(), times->end() - kWithdrawnMax);
}

void EntryIndex::Write(const authz::RowPermit& permit) {
  record::Entries stored = record_;
  for (const auto& [identity, number] : entries_) {
    record::Entries::Entry* entry = stored.add_entries();
    entry->set_identity(identity);
    entry->set_number(number);
  }
  session_->Put(permit, kEntries, EntriesKey(EncodeAspectKey(whole_)), stored);
}

}  // namespace cadastre::catalog

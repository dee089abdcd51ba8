#include "catalog/alias.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "authz/write/label_rules.h"
#include "base/status.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

constexpr std::string_view kRename = "RENAME";
constexpr auto kMergedState = static_cast<uint32_t>(AliasStanding::kMerged);

struct Verdict {
  uint32_t rank = 0;
  Revision stated;
  AliasStanding standing = AliasStanding::kClaimed;
  std::string type;
};

// The higher rank decides, at equal rank the newer row; a claim weighs nothing. A row that is not committed yet is
// newer than any that is.
void Weigh(std::optional<Verdict>& verdict, const authz::RowOf<record::Alias>& row) {
  const auto standing = static_cast<AliasStanding>(row.record.state());
  const uint32_t rank = standing == AliasStanding::kClaimed ? 0 : row.record.producer().rank();
  const Revision stated = row.revision.valid() ? row.revision : Revision(UINT64_MAX);
  if (verdict && std::pair(rank, stated) < std::pair(verdict->rank, verdict->stated)) return;
  verdict = {rank, stated, standing, row.record.type().empty() ? "ALIAS" : row.record.type()};
}

// What all producers' statements about two names come to.
struct PairVerdict {
  std::optional<Verdict> verdict;
  // By what a standing statement of a rename says.
  bool from_is_newer = false;
  bool to_is_newer = false;

  bool merged() const { return verdict && verdict->standing == AliasStanding::kMerged; }
};

// One producer's row as it is to be; without a record it goes.
struct AliasChange {
  AliasKey key;
  std::optional<record::Alias> alias;
};

// As the rows would stand with the change.
StatusOr<PairVerdict> VerdictOn(const authz::WriteSession& session, AssetId from, AssetId to,
                                const AliasChange& change) {
  PairVerdict pair;
  const std::string changed = EncodeAliasKey(change.key);
  const auto weigh_one = [&](const authz::RowOf<record::Alias>& row, bool* near_is_newer) {
    Weigh(pair.verdict, row);
    *near_is_newer = *near_is_newer || (row.record.state() == kMergedState && row.record.type() == kRename);
  };
  const auto weigh = [&](AssetId near, AssetId far, bool* near_is_newer) {
    return session.Scan<record::Alias>(kAliases, AliasPairPrefix(near, far),
                                       [&, near_is_newer](const authz::RowOf<record::Alias>& row) {
                                         if (row.key != changed) weigh_one(row, near_is_newer);
                                         return true;
                                       });
  };
  RETURN_IF_ERROR(weigh(from, to, &pair.from_is_newer));
  RETURN_IF_ERROR(weigh(to, from, &pair.to_is_newer));
  if (change.alias) {
    authz::RowOf<record::Alias> row;
    row.record = *change.alias;
    weigh_one(row, change.key.near == from ? &pair.from_is_newer : &pair.to_is_newer);
  }
  return pair;
}

Status SettleEnd(authz::WriteSession& session, const authz::RowPermit& permit, AssetId near, AssetId far, bool merged,
                 bool renamed_to) {
  ASSIGN_OR_RETURN(record::AssetHeader header, session.HeaderOf(near));
  std::map<uint64_t, record::MergedName> names;
  for (const record::MergedName& name : header.merged()) names[name.asset()] = name;
  names.erase(far.value());
  if (merged) {
    names[far.value()].set_asset(far.value());
    names[far.value()].set_renamed_to(renamed_to);
  }
  header.clear_merged();
  for (auto& [id, name] : names) *header.add_merged() = std::move(name);
  // Read under a precondition and always changed: of two sessions that speak of this name at once, one runs again and
  // weighs the other's statement too.
  header.set_alias_statements(header.alias_statements() + 1);
  return session.SetHeader(permit, near, std::move(header));
}

// Adds the name and what is merged with it to `set`, as long as they are few enough.
Status AddSet(authz::WriteSession& session, AssetId id, std::set<AssetId>& set) {
  std::vector<AssetId> open = {id};
  while (!open.empty() && set.size() <= kAliasMembersMax) {
    const AssetId next = open.back();
    open.pop_back();
    if (!set.insert(next).second) continue;
    ASSIGN_OR_RETURN(const record::AssetHeader header, session.HeaderOf(next));
    for (const record::MergedName& name : header.merged()) open.emplace_back(name.asset());
  }
  return absl::OkStatus();
}

struct Ends {
  AssetId from;
  AssetId to;
  bool may = false;  // push on both
};

// Of what may be merged.
Status CheckKinds(const AssetName& from, const AssetName& to) {
  if (from.kind != to.kind) return base::InvalidField("to", "an asset of the same kind as `from`");
  if (from.kind == AssetKind::kContainer || from.kind == AssetKind::kDomain) {
    return base::InvalidField("from", "no container or domain: move what lies in it instead");
  }
  return absl::OkStatus();
}

StatusOr<Ends> EndsOf(const authz::WriteSession& session, const CanonicalName& from_name, AssetId to) {
  const std::optional<AssetId> from = session.FindName(from_name);
  const std::optional<AssetName> to_name = session.NameOf(to);
  if (!from || !to_name) return base::Internal("an alias of an id without a name");
  if (*from == to) return base::InvalidField("to", "another asset than `from`");
  RETURN_IF_ERROR(CheckKinds(*from_name, *to_name));
  return Ends{*from, to, session.MayPush(from_name) && session.MayPush(*to_name)};
}

// Whether it is deleted is no matter of what he may know of it.
bool Browses(authz::WriteSession& session, AssetId id) {
  if (session.IsNew(id)) return session.May(authz::Privilege::kBrowse, id);
  return session.EvaluatorOver(session.published().labels)
      .Allows(session.view().rules(), authz::Privilege::kBrowse, id);
}

// What one name carries shuts readers out from all. Who merged a name that he sees with one that he does not would read
// off the first what the second carries.
StatusOr<bool> WouldShowNothing(authz::WriteSession& session, const Ends& ends) {
  for (const AssetId end : {ends.from, ends.to}) RETURN_IF_ERROR(session.HoldLabels(end));
  const bool from = Browses(session, ends.from);
  const bool to = Browses(session, ends.to);
  if (from || to) return from && to;
  // Nor may it change what he sees through another name of either.
  for (const AssetId end : {ends.from, ends.to}) {
    ASSIGN_OR_RETURN(const std::vector<AssetId> names, session.SetOf(end));
    if (std::any_of(names.begin(), names.end(), [&](AssetId id) { return Browses(session, id); })) return false;
  }
  return true;
}

StatusOr<bool> AreMerged(authz::WriteSession& session, const Ends& ends) {
  ASSIGN_OR_RETURN(const record::AssetHeader header, session.HeaderOf(ends.from));
  return std::any_of(header.merged().begin(), header.merged().end(),
                     [&](const record::MergedName& name) { return name.asset() == ends.to.value(); });
}

// Puts or removes the row, and writes what all of them come to into both headers. False where that would part the names
// and so open to the viewer what is closed to him: then nothing is written.
StatusOr<bool> Apply(authz::WriteSession& session, const authz::RowPermit& permit, const Ends& ends,
                     const AliasChange& change) {
  ASSIGN_OR_RETURN(const PairVerdict pair, VerdictOn(session, ends.from, ends.to, change));
  ASSIGN_OR_RETURN(const bool merged, AreMerged(session, ends));
  if (merged && !pair.merged()) {
    ASSIGN_OR_RETURN(const bool widens, authz::WouldWidenByParting(session, ends.from, ends.to));
    if (widens) return false;
  }
  const std::string key = EncodeAliasKey(change.key);
  const std::string reverse = EncodeAliasKey({change.key.far, change.key.near, change.key.producer});
  if (change.alias) {
    session.Put(permit, kAliases, key, *change.alias);
    session.Put(permit, kAliasesOf, reverse, *change.alias);
  } else {
    session.Remove(permit, kAliases, key);
    session.Remove(permit, kAliasesOf, reverse);
  }
  for (const AssetId end : {ends.from, ends.to}) session.Changed(end)->set_aliases(true);
  RETURN_IF_ERROR(SettleEnd(session, permit, ends.from, ends.to, pair.merged(), pair.to_is_newer));
  RETURN_IF_ERROR(SettleEnd(session, permit, ends.to, ends.from, pair.merged(), pair.from_is_newer));
  return true;
}

// A person who says again what he said means it against what was said since; a pipeline says it with each event. False
// as of Apply.
StatusOr<bool> State(authz::WriteSession& session, const authz::RowPermit& permit, const Producer& producer,
                     const Ends& ends, AliasStanding standing, std::string_view type) {
  record::Alias alias;
  alias.set_state(static_cast<uint32_t>(standing));
  alias.set_type(std::string(type));
  *alias.mutable_producer() = producer.record;
  const AliasKey key{ends.from, ends.to, producer.number};
  ASSIGN_OR_RETURN(const auto before, session.Find(kAliases, EncodeAliasKey(key)));
  const bool same = before && before->record.state() == alias.state() && before->record.type() == alias.type();
  // What he merged when he might still stands, and gives way to no claim.
  if (before && standing == AliasStanding::kClaimed && before->record.state() == kMergedState) return true;
  if (same && producer.record.rank() < static_cast<uint32_t>(Rank::kPerson)) return true;
  alias.set_stated(session.now().micros());
  return Apply(session, permit, ends, {key, std::move(alias)});
}

// Only where somebody says they are one: what nobody stated needs no parting.
StatusOr<bool> Part(authz::WriteSession& session, const authz::RowPermit& permit, const Producer& producer,
                    const Ends& ends, std::string_view type) {
  bool stated = false;
  for (const auto* table : {&kAliases, &kAliasesOf}) {
    RETURN_IF_ERROR(session.Scan<record::Alias>(*table, AliasPairPrefix(ends.from, ends.to), [&](const auto&) {
      stated = true;
      return false;
    }));
  }
  if (!stated) return true;
  return State(session, permit, producer, ends, AliasStanding::kTakenBack, type);
}

StatusOr<bool> Withdraw(authz::WriteSession& session, const authz::RowPermit& permit, const Producer& producer,
                        const Ends& ends) {
  const AliasKey key{ends.from, ends.to, producer.number};
  ASSIGN_OR_RETURN(const auto before, session.Find(kAliases, EncodeAliasKey(key)));
  if (!before) return true;
  return Apply(session, permit, ends, {key, std::nullopt});
}

Status StayMerged() {
  return base::PermissionDenied("parting them would open to you what is closed to you: somebody else may do it");
}

Status ScanOneWay(authz::GovernedView& view, const authz::Table<record::Alias>& table, AssetId id,
                  std::map<AssetId, std::optional<Verdict>>& verdicts) {
  return view.Scan<record::Alias>(table, AliasPrefix(id), "", [&](authz::Sealed<authz::RowOf<record::Alias>> sealed) {
    const auto row = view.Reveal(table, std::move(sealed));
    const std::optional<AliasKey> key = row ? DecodeAliasKey((*row)->key) : std::nullopt;
    if (key) Weigh(verdicts[key->far], **row);
    return true;
  });
}

}  // namespace

StatusOr<bool> RecordAlias(authz::WriteSession& session, authz::Permit<authz::Privilege::kPush> permit,
                           const Producer& producer, AssetId to, std::string_view type) {
  ASSIGN_OR_RETURN(const Ends ends, EndsOf(session, permit.asset(), to));
  bool merges = ends.may;
  if (merges) {
    ASSIGN_OR_RETURN(merges, WouldShowNothing(session, ends));
  }
  const std::vector<authz::MergedName>& merged = session.published().labels.Of(ends.from).merged;
  const bool known = std::any_of(merged.begin(), merged.end(), [&](const auto& name) { return name.id == ends.to; });
  // Looked at only where it is news: a pipeline says it with each event.
  if (merges && !known) {
    std::set<AssetId> set;
    for (const AssetId end : {ends.from, ends.to}) RETURN_IF_ERROR(AddSet(session, end, set));
    merges = set.size() <= kAliasMembersMax;
  }
  RETURN_IF_ERROR(State(session, authz::RowPermit(permit), producer, ends,
                        merges ? AliasStanding::kMerged : AliasStanding::kClaimed, type)
                      .status());
  return merges;
}

StatusOr<bool> TakeBackAlias(authz::WriteSession& session, authz::Permit<authz::Privilege::kPush> permit,
                             const Producer& producer, AssetId to, std::string_view type) {
  ASSIGN_OR_RETURN(const Ends ends, EndsOf(session, permit.asset(), to));
  const authz::RowPermit rows(permit);
  // A source takes back what it said; what others said of the names it does not weigh.
  const bool parts = ends.may && producer.record.rank() >= static_cast<uint32_t>(Rank::kPerson);
  ASSIGN_OR_RETURN(const bool may_part,
                   parts ? Part(session, rows, producer, ends, type) : Withdraw(session, rows, producer, ends));
  if (may_part) return ends.may;
  // That hidden names are merged is told to nobody.
  const bool sees =
      session.May(authz::Privilege::kBrowse, ends.from) && session.May(authz::Privilege::kBrowse, ends.to);
  if (sees) return StayMerged();
  return false;
}

Status TakeBackAlias(authz::WriteSession& session, authz::Permit<authz::Privilege::kEditTechnical> from,
                     authz::Permit<authz::Privilege::kEditTechnical> to, const Producer& producer,
                     std::string_view type) {
  ASSIGN_OR_RETURN(const AssetId far, session.AssetOf(to));
  ASSIGN_OR_RETURN(const Ends ends, EndsOf(session, from.asset(), far));
  ASSIGN_OR_RETURN(const bool may_part, Part(session, authz::RowPermit(from), producer, ends, type));
  return may_part ? absl::OkStatus() : StayMerged();
}

StatusOr<std::vector<AssetId>> FindNewerNames(authz::WriteSession& session, const Producer& producer, AssetId asset) {
  std::vector<AssetId> newer;
  RETURN_IF_ERROR(
      session.Scan<record::Alias>(kAliasesOf, AliasPrefix(asset), [&](const authz::RowOf<record::Alias>& row) {
        const std::optional<AliasKey> key = DecodeAliasKey(row.key);
        const bool stands = row.record.state() != static_cast<uint32_t>(AliasStanding::kTakenBack);
        if (key && key->producer == producer.number && stands && row.record.type() == kRename)
          newer.push_back(key->far);
        return true;
      }));
  return newer;
}

StatusOr<std::vector<AliasState>> ScanAliases(authz::GovernedView& view, AssetId id) {
  std::map<AssetId, std::optional<Verdict>> verdicts;
  RETURN_IF_ERROR(ScanOneWay(view, kAliases, id, verdicts));
  RETURN_IF_ERROR(ScanOneWay(view, kAliasesOf, id, verdicts));
  std::vector<AliasState> out;
  for (const auto& [far, verdict] : verdicts) {
    std::optional<AssetName> name = view.NameOf(far);
    if (name) out.push_back({far, std::move(*name), verdict->standing, verdict->type});
  }
  return out;
}

}  // namespace cadastre::catalog

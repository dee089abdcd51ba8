#include "catalog/alias.h"

#include <algorithm>
#include <map>

#include "base/status.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

struct Verdict {
  uint32_t rank = 0;
  AliasStanding standing = AliasStanding::kClaimed;
  std::string type;
};

// The higher rank decides; at equal rank the more careful word (taken back, then claimed) yields to the newer row,
// which the table shows as the only version of its producer, so here the larger standing wins.
void Weigh(std::map<AssetId, Verdict>& verdicts, AssetId far, const record::Alias& alias) {
  const auto standing = static_cast<AliasStanding>(alias.state());
  const uint32_t rank = standing == AliasStanding::kClaimed ? 0 : alias.producer().rank();
  Verdict& verdict = verdicts[far];
  const bool first = verdict.type.empty() && verdict.rank == 0;
  if (!first && (rank < verdict.rank || (rank == verdict.rank && standing < verdict.standing))) return;
  verdict = {rank, standing, alias.type().empty() ? "ALIAS" : alias.type()};
}

Status ScanOneWay(authz::GovernedView& view, const authz::Table<record::Alias>& table, AssetId id,
                  std::map<AssetId, Verdict>& verdicts) {
  return view.Scan<record::Alias>(table, AliasPrefix(id), "", [&](authz::Sealed<authz::RowOf<record::Alias>> sealed) {
    const auto row = view.Reveal(table, std::move(sealed));
    const std::optional<AliasKey> key = row ? DecodeAliasKey((*row)->key) : std::nullopt;
    if (key) Weigh(verdicts, key->far, (*row)->record);
    return true;
  });
}

}  // namespace

StatusOr<bool> RecordAlias(authz::WriteSession& session, const Producer& producer, AssetId from, AssetId to,
                           std::string_view type, bool take_back) {
  if (from == to) return base::InvalidField("aliases.to", "another asset than `from`");
  const std::optional<AssetName> from_name = session.NameOf(from);
  const std::optional<AssetName> to_name = session.NameOf(to);
  if (!from_name || !to_name) return base::Internal("an alias of an id without a name");
  const bool may = session.MayPush(*from_name) && session.MayPush(*to_name);
  const AliasStanding standing =
      take_back ? AliasStanding::kTakenBack : (may ? AliasStanding::kMerged : AliasStanding::kClaimed);
  record::Alias alias;
  alias.set_state(static_cast<uint32_t>(standing));
  alias.set_type(std::string(type));
  *alias.mutable_producer() = producer.record;
  const std::string key = EncodeAliasKey({from, to, producer.number});
  ASSIGN_OR_RETURN(const auto before, session.Find(kAliases, key));
  if (before && before->record.state() == alias.state() && before->record.type() == alias.type()) {
    return standing == AliasStanding::kMerged;
  }
  if (!before && take_back) return false;
  session.Put(kAliases, key, alias);
  session.Put(kAliasesOf, EncodeAliasKey({to, from, producer.number}), alias);
  for (const AssetId end : {from, to}) session.Changed(end)->set_aliases(true);
  return standing == AliasStanding::kMerged;
}

StatusOr<std::vector<AliasState>> ScanAliases(authz::GovernedView& view, AssetId id) {
  std::map<AssetId, Verdict> verdicts;
  RETURN_IF_ERROR(ScanOneWay(view, kAliases, id, verdicts));
  RETURN_IF_ERROR(ScanOneWay(view, kAliasesOf, id, verdicts));
  std::vector<AliasState> out;
  for (const auto& [far, verdict] : verdicts) {
    std::optional<AssetName> name = view.NameOf(far);
    if (name) out.push_back({far, std::move(*name), verdict.standing, verdict.type});
  }
  return out;
}

StatusOr<std::vector<AssetId>> MergedNeighbours(authz::GovernedView& view, AssetId id) {
  ASSIGN_OR_RETURN(const std::vector<AliasState> aliases, ScanAliases(view, id));
  std::vector<AssetId> out;
  for (const AliasState& alias : aliases) {
    if (alias.standing == AliasStanding::kMerged) out.push_back(alias.asset);
  }
  return out;
}

StatusOr<MergedNames> FindMergedNames(authz::GovernedView& view, AssetId id) {
  MergedNames names;
  std::vector<AssetId>& members = names.members;
  members.push_back(id);
  for (size_t next = 0; next < members.size() && members.size() < kAliasMembersMax; ++next) {
    ASSIGN_OR_RETURN(std::vector<AliasState> aliases, ScanAliases(view, members[next]));
    for (const AliasState& alias : aliases) {
      if (alias.standing != AliasStanding::kMerged || members.size() >= kAliasMembersMax) continue;
      if (std::find(members.begin(), members.end(), alias.asset) == members.end()) members.push_back(alias.asset);
    }
    if (next == 0) names.aliases = std::move(aliases);
  }
  return names;
}

}  // namespace cadastre::catalog

#include "catalog/tables.h"

#include "authz/view/view.h"
#include "base/bytes.h"
#include "catalog/aspect_kind.h"
#include "catalog/aspect_mask.h"

namespace cadastre::catalog {
namespace {

// The first bytes of this room's keys in kSeen.
constexpr char kSeenAspect = 'a';
constexpr char kSeenEntries = 'q';

using authz::RowRule;
using authz::Subjects;

// A key that does not parse is about nothing that can be seen.
RowRule Unreadable() { return {Subjects::Global(), authz::Privilege::kAdminister}; }

RowRule AspectRule(std::string_view key, const record::AspectRow&) {
  const std::optional<AspectKey> parsed = DecodeAspectKey(key);
  if (!parsed) return Unreadable();
  const AspectKind* kind = FindAspectKind(parsed->aspect);
  if (kind == nullptr) return Unreadable();
  return {Subjects::OfColumn(parsed->asset, parsed->column), kind->read};
}

// Opens where the statement does.
RowRule RestatedRule(std::string_view key, const record::Restated&) {
  return key.empty() ? Unreadable() : AspectRule(key.substr(1), {});
}

RowRule EntriesRule(std::string_view, const record::Entries&) { return Unreadable(); }

RowRule EditCountRule(std::string_view, const record::EditCount&) { return Unreadable(); }

RowRule ColumnRule(std::string_view key, const record::Column&) {
  base::ByteReader reader(key);
  const StatusOr<uint64_t> asset = reader.ReadU64();
  const StatusOr<uint32_t> column = reader.ReadU32();
  if (!asset.ok() || !column.ok()) return Unreadable();
  return {Subjects::OfColumn(AssetId(*asset), ColumnId(*column)), authz::Privilege::kRead};
}

RowRule AliasRule(std::string_view key, const record::Alias&) {
  const std::optional<AliasKey> parsed = DecodeAliasKey(key);
  if (!parsed) return Unreadable();
  return {Subjects::Of(parsed->near).And(parsed->far), authz::Privilege::kBrowse};
}

RowRule MemberRule(std::string_view key, const record::Member&) {
  base::ByteReader reader(key);
  const StatusOr<uint64_t> container = reader.ReadU64();
  const StatusOr<uint64_t> member = reader.ReadU64();
  if (!container.ok() || !member.ok()) return Unreadable();
  return {Subjects::Of(AssetId(*container)).And(AssetId(*member)), authz::Privilege::kBrowse};
}

void MaskAspectRow(std::string_view key, record::AspectRow& row, authz::ColumnSight& sight) {
  const std::optional<AspectKey> parsed = DecodeAspectKey(key);
  if (parsed) MaskAspect(parsed->asset, parsed->column, *row.mutable_aspect(), sight);
}

}  // namespace

const authz::Table<record::AspectRow> kAspects = {authz::Keyspace::kAspect, AspectRule, MaskAspectRow};
const authz::Table<record::Restated> kRestated = {authz::Keyspace::kSeen, RestatedRule};
const authz::Table<record::Entries> kEntries = {authz::Keyspace::kSeen, EntriesRule};
const authz::Table<record::EditCount> kEditCounts = {authz::Keyspace::kEditCount, EditCountRule};
const authz::Table<record::Column> kColumns = {authz::Keyspace::kColumn, ColumnRule};
const authz::Table<record::Alias> kAliases = {authz::Keyspace::kAlias, AliasRule};
const authz::Table<record::Alias> kAliasesOf = {authz::Keyspace::kAliasOf, AliasRule};
const authz::Table<record::Member> kMembers = {authz::Keyspace::kMember, MemberRule};

std::string EncodeAspectKey(const AspectKey& key) {
  std::string out = AspectPrefix(key.asset, key.column, key.aspect);
  base::AppendU32(out, key.producer);
  return out;
}

std::optional<AspectKey> DecodeAspectKey(std::string_view key) {
  base::ByteReader reader(key);
  const auto asset = reader.ReadU64();
  const auto column = reader.ReadU32();
  const auto aspect = reader.ReadU32();
  const auto producer = reader.ReadU32();
  if (!asset.ok() || !column.ok() || !aspect.ok() || !producer.ok() || !reader.ExpectEnd().ok()) return std::nullopt;
  return AspectKey{AssetId(*asset), ColumnId(*column), *aspect, *producer};
}

std::string AspectPrefix(AssetId asset) {
  std::string out;
  base::AppendU64(out, asset.value());
  return out;
}

std::string AspectPrefix(AssetId asset, ColumnId column, uint32_t aspect) {
  std::string out = AspectPrefix(asset);
  base::AppendU32(out, column.value());
  base::AppendU32(out, aspect);
  return out;
}

std::string RestatedKey(std::string_view aspect_key) {
  std::string out(1, kSeenAspect);
  base::AppendRaw(out, aspect_key);
  return out;
}

std::string EntriesKey(std::string_view aspect_key) {
  std::string out(1, kSeenEntries);
  base::AppendRaw(out, aspect_key);
  return out;
}

std::string EditCountKey(AssetId asset, ColumnId column, uint32_t aspect) {
  return AspectPrefix(asset, column, aspect);
}

std::string EncodeColumnKey(AssetId asset, ColumnId column) {
  std::string out = ColumnPrefix(asset);
  base::AppendU32(out, column.value());
  return out;
}

std::optional<ColumnId> DecodeColumnKey(std::string_view key) {
  base::ByteReader reader(key);
  const auto asset = reader.ReadU64();
  const auto column = reader.ReadU32();
  if (!asset.ok() || !column.ok()) return std::nullopt;
  return ColumnId(*column);
}

std::string ColumnPrefix(AssetId asset) { return AspectPrefix(asset); }

std::string EncodeAliasKey(const AliasKey& key) {
  std::string out = AliasPrefix(key.near);
  base::AppendU64(out, key.far.value());
  base::AppendU32(out, key.producer);
  return out;
}

std::optional<AliasKey> DecodeAliasKey(std::string_view key) {
  base::ByteReader reader(key);
  const auto near = reader.ReadU64();
  const auto far = reader.ReadU64();
  const auto producer = reader.ReadU32();
  if (!near.ok() || !far.ok() || !producer.ok()) return std::nullopt;
  return AliasKey{AssetId(*near), AssetId(*far), *producer};
}

std::string AliasPrefix(AssetId near) { return AspectPrefix(near); }

std::string AliasPairPrefix(AssetId near, AssetId far) {
  std::string out = AliasPrefix(near);
  base::AppendU64(out, far.value());
  return out;
}

std::string EncodeMemberKey(AssetId container, AssetId member) {
  std::string out = MemberPrefix(container);
  base::AppendU64(out, member.value());
  return out;
}

std::optional<AssetId> DecodeMemberKey(std::string_view key) {
  base::ByteReader reader(key);
  const auto container = reader.ReadU64();
  const auto member = reader.ReadU64();
  if (!container.ok() || !member.ok()) return std::nullopt;
  return AssetId(*member);
}

std::string MemberPrefix(AssetId container) { return AspectPrefix(container); }

std::string JoinPath(const std::vector<std::string>& path) {
  std::string out;
  for (const std::string& segment : path) {
    if (!out.empty()) out += '.';
    out += segment;
  }
  return out;
}

}  // namespace cadastre::catalog

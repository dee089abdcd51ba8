// The tables this room owns, as authz reads and writes them: keys, records, and what opens each row.
// Thread rule: compatible.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "authz/view/table.h"
#include "base/words.h"
#include "cadastre/record/catalog.pb.h"
#include "cadastre/record/registry.pb.h"

namespace cadastre::catalog {

// One producer's statement of one aspect of an asset or a column (column 0: the asset).
struct AspectKey {
  AssetId asset;
  ColumnId column;
  uint32_t aspect = 0;
  uint32_t producer = 0;
};
std::string EncodeAspectKey(const AspectKey& key);
std::optional<AspectKey> DecodeAspectKey(std::string_view key);
std::string AspectPrefix(AssetId asset);
std::string AspectPrefix(AssetId asset, ColumnId column, uint32_t aspect);

// When a standing statement was stated again; takes an aspect's key or a prefix of one. Unversioned.
std::string RestatedKey(std::string_view aspect_key);

// Which entries a producer has stated of an aspect that is kept entry by entry. Unversioned, never shown.
std::string EntriesKey(std::string_view aspect_key);

// How often a value was edited under a precondition (record.EditCount). Versioned, because it is held against a value
// read at a revision: a row read as it stands would agree with an edit that value does not show yet. Never shown.
std::string EditCountKey(AssetId asset, ColumnId column, uint32_t aspect);

std::string EncodeColumnKey(AssetId asset, ColumnId column);
std::optional<ColumnId> DecodeColumnKey(std::string_view key);
std::string ColumnPrefix(AssetId asset);

// `near` is the end the table is ordered by: `from` in kAlias, `to` in kAliasOf.
struct AliasKey {
  AssetId near;
  AssetId far;
  uint32_t producer = 0;
};
std::string EncodeAliasKey(const AliasKey& key);
std::optional<AliasKey> DecodeAliasKey(std::string_view key);
std::string AliasPrefix(AssetId near);
std::string AliasPairPrefix(AssetId near, AssetId far);

std::string EncodeMemberKey(AssetId container, AssetId member);
std::optional<AssetId> DecodeMemberKey(std::string_view key);
std::string MemberPrefix(AssetId container);

extern const authz::Table<record::AspectRow> kAspects;
extern const authz::Table<record::Restated> kRestated;
extern const authz::Table<record::Entries> kEntries;
extern const authz::Table<record::EditCount> kEditCounts;
extern const authz::Table<record::Column> kColumns;
extern const authz::Table<record::Alias> kAliases;
extern const authz::Table<record::Alias> kAliasesOf;
extern const authz::Table<record::Member> kMembers;

// A path as search writes it.
std::string JoinPath(const std::vector<std::string>& path);
template <typename Repeated>
std::vector<std::string> PathOf(const Repeated& path) {
  return std::vector<std::string>(path.begin(), path.end());
}

}  // namespace cadastre::catalog

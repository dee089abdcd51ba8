// From the business statements of an asset to the labels that policy reads. Thread rule: compatible.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "authz/write/write_session.h"
#include "base/words.h"
#include "cadastre/record/registry.pb.h"
#include "catalog/merge.h"

namespace cadastre::catalog {

// By column (0: the asset) and kind; claims left out.
using LabelStatements = std::map<std::pair<ColumnId, uint32_t>, std::vector<Statement>>;

// Whether the asset is gone at its source: dropped, and not made or written anew since. What else may happen to it (a
// rename, say) leaves that as it stands in `before`.
bool IsDropped(const LabelStatements& statements, bool before);

// Names that carry classes and have no live column are told one by one as far as they fit into so many bytes; of more,
// the classes are told of any column.
inline constexpr size_t kGoneNamesBytesMax = 32 * 1024;

// Container and domain are interned in the session where they are new names.
// A column carries the classes stated of it and those it inherited (catalog/column_writer.h); so does a vanished one,
// whose name masks on, and so does each name that a column gave up. What is inherited is told of the name alone: it may
// be of another name of the asset, which not everybody sees. Names that columns had are told without classes too, since
// a class of a merged name holds for them; of names that do not fit into the same bytes, any name is told.
StatusOr<record::Labels> DeriveLabels(authz::WriteSession& session, const authz::RowPermit& permit,
                                      const LabelStatements& statements,
                                      const std::map<ColumnId, record::Column>& columns);

// An AssetRef as a checked name; INVALID_ARGUMENT under `field`.
StatusOr<AssetName> NameOfRef(const v1::AssetRef& ref, std::string_view field);
v1::AssetRef RefOfName(AssetName name);

}  // namespace cadastre::catalog

// From the business statements of an asset to the labels that policy reads. Thread rule: compatible.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "authz/write_session.h"
#include "base/words.h"
#include "cadastre/record/registry.pb.h"
#include "catalog/merge.h"

namespace cadastre::catalog {

// By column (0: the asset) and kind; claims left out.
using LabelStatements = std::map<std::pair<ColumnId, uint32_t>, std::vector<Statement>>;

// Container and domain are interned in the session where they are new names.
// While a vanished column carries classes, every column that came after it and
// that nobody classified yet inherits them: a mask lost is a leak.
StatusOr<record::Labels> DeriveLabels(authz::WriteSession& session, const LabelStatements& statements,
                                      const std::map<ColumnId, record::Column>& columns);

// An AssetRef as a checked name; INVALID_ARGUMENT under `field`.
StatusOr<AssetName> NameOfRef(const v1::AssetRef& ref, std::string_view field);
v1::AssetRef RefOfName(AssetName name);

}  // namespace cadastre::catalog

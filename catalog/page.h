// What a viewer sees of one asset: columns and aspects merged over producers and over its visible merged names
// (authz::MergedSets). Columns of two names are one where their paths are equal by the case rule of either source.
//
// Thread rule: confined. Errors: NOT_FOUND (missing or hidden: one text),
// RESOURCE_EXHAUSTED (more than kPageRowsMax rows), and those of the view.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "authz/view/view.h"
#include "base/words.h"
#include "catalog/alias.h"
#include "catalog/merge.h"

namespace cadastre::catalog {

inline constexpr size_t kPageRowsMax = 200'000;

struct ColumnPage {
  std::vector<std::string> path;
  std::string type;
  // As the schema states it.
  std::string description;
  int64_t source_id = 0;
  std::optional<bool> nullable;
  bool primary_key = false;
  int32_t ordinal = 0;
  // Facts about a vanished column are kept and shown as such.
  bool orphaned = false;
  std::vector<MergedAspect> aspects;
};

// A column as one of the page's names has it.
struct OwnedColumn {
  AssetId asset;
  std::vector<std::string> path;
  // As the page spells it.
  std::vector<std::string> shown;
};

struct AssetPage {
  AssetId id;
  // Itself and the names merged with it, whose columns and aspects are shown as its own.
  std::vector<AssetId> members;
  AssetName name;
  bool deleted = false;
  // When any of the statements shown was stated last, by its own time; not told of the past.
  std::optional<Timestamp> last_seen;
  // Of the schema in its order, then those only facts speak of.
  std::vector<ColumnPage> columns;
  std::vector<MergedAspect> aspects;
  // The columns by the names they stand under, for notes.
  std::vector<OwnedColumn> owned;
  std::vector<AliasState> aliases;
  // Outermost first; ends at the first hidden one.
  std::vector<AssetName> containers;
  // Filled where the page was bounded: how many there were, and whether anything was cut.
  size_t column_count = 0;
  size_t facet_count = 0;
  size_t alias_count = 0;
  bool truncated = false;
};

// How much of a page an answer holds.
struct PageBounds {
  size_t bytes_max = SIZE_MAX;  // of all of it
  size_t columns_max = SIZE_MAX;
  size_t facets_max = SIZE_MAX;
  size_t aliases_max = SIZE_MAX;
  size_t value_bytes_max = SIZE_MAX;       // of the asset's own values
  size_t column_bytes_max = SIZE_MAX;      // of the columns
  size_t one_column_bytes_max = SIZE_MAX;  // of the values of each
  bool facets_by_name = false;             // without their JSON
  // What is asked for, and comes before all else: values by their kinds, facets by their names.
  std::set<uint32_t> kinds;
  std::vector<std::string> facets;
  // Where set, the only one of the columns; kinds and facets are asked of it then.
  std::vector<std::string> column;
};

// The asset at the view's point, with everything.
StatusOr<authz::Visible<AssetPage>> FindPage(authz::GovernedView& view, const AssetName& name);
// The same for an answer: the schema without its fields, which are the columns, and no more than `bounds` allow. Notes
// what is left. NOT_FOUND also where the column asked for is missing or hidden.
StatusOr<authz::Visible<AssetPage>> FindBoundedPage(authz::GovernedView& view, const AssetName& name,
                                                    const PageBounds& bounds);

// Some of an asset's columns, in the order of its page.
struct ColumnsRequest {
  // A part of a column's path, type, description, tags or classes, in whatever case of ASCII letters; empty for all.
  std::string filter;
  // Where the page before ended, by place and path; empty for the first.
  size_t after = 0;
  std::vector<std::string> after_path;
  size_t max = 100;
  size_t bytes_max = 2 << 20;
};
struct ColumnsPage {
  std::vector<ColumnPage> columns;
  // That the filter leaves.
  size_t total = 0;
  // The place of the last among them; nullopt at the end.
  std::optional<size_t> last;
};
StatusOr<authz::Visible<ColumnsPage>> FindColumns(authz::GovernedView& view, const AssetName& name,
                                                  const ColumnsRequest& request);

// One statement that a value is merged from, and the key of its row.
struct ValuePart {
  std::string key;
  Statement statement;
};
// What the viewer reads one value of the asset from: the same statements that FindPage merges, those of merged names
// included. Empty `path`: the asset's own. Notes nothing. An asset the viewer does not see has none.
struct ValueParts {
  // The asset and the names merged with it, and their column of that path, as they spell it, where they have one.
  struct Place {
    AssetId asset;
    ColumnId column;
    std::vector<std::string> path;
  };
  std::vector<Place> places;
  std::vector<ValuePart> parts;
};
StatusOr<ValueParts> FindValue(authz::GovernedView& view, AssetId asset, const std::vector<std::string>& path,
                               uint32_t number);

// The value of `like`'s kind (of a facet, of its name) as the viewer reads it, for an answer: long ones are left out.
// Notes what it shows. nullopt where none stands.
StatusOr<std::optional<authz::Visible<MergedAspect>>> FindMergedValue(authz::GovernedView& view, AssetId asset,
                                                                      const std::vector<std::string>& path,
                                                                      const v1::Aspect& like, size_t bytes_max);

// The columns of the asset itself, not of a name merged with it, that the viewer sees, and whether each has vanished.
// Notes nothing.
StatusOr<std::map<std::vector<std::string>, bool>> FindColumnPaths(authz::GovernedView& view, AssetId asset);

// Notes a column that an answer shows of the page: as the page's own, and as that of each name that has it.
void NoteColumnOf(authz::GovernedView& view, const AssetPage& page, const std::vector<std::string>& path);

// The privileges the viewer holds on the asset.
std::vector<authz::Privilege> AllowedOn(const authz::GovernedView& view, AssetId id);

}  // namespace cadastre::catalog

// A world as the list of what was written to make it, with the labels each asset had after each write.
//
// The same script makes the whole world and, filtered by the oracle, the world without what a viewer may not see.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/words.h"
#include "cadastre/authz/v1/authz.pb.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "ingestors/openlineage/mapped_event.h"

namespace cadastre::noninterference {

namespace v1 = catalog::v1;
using Path = std::vector<std::string>;

inline constexpr size_t kNoAsset = static_cast<size_t>(-1);

// In order of first appearance, which is the order of column ids.
struct ColumnState {
  Path path;
  bool orphaned = false;
  bool unstated = false;  // in no schema yet
  std::set<std::string> classes;
  // Of columns it may have taken the place of (catalog/column_writer.h).
  std::set<std::string> inherited;
  // The schemas it last came and went with, by number.
  size_t came = 0;
  size_t went = 0;
  // The source's own; 0 before a schema stated it.
  int64_t source_id = 0;
  // Names it had, and what masked it by them.
  std::map<Path, std::set<std::string>> former;

  std::set<std::string> Carried() const {
    std::set<std::string> carried = classes;
    carried.insert(inherited.begin(), inherited.end());
    return carried;
  }
};

// What masks what is called so, or lies below it.
struct Mask {
  Path path;
  std::set<std::string> classes;
  // Null where it is no column's own.
  const ColumnState* column = nullptr;
};

struct Labels {
  size_t container = kNoAsset;
  size_t domain = kNoAsset;
  std::string environment;
  std::set<std::string> tags;
  std::set<std::string> classes;
  std::set<std::string> owners;
  std::vector<ColumnState> columns;

  // What masks what is called so: of each column, and of each name that one had.
  std::vector<Mask> Masks() const;
  // Another column was classified by the name.
  bool IsJudged(const Path& path) const;
};

bool LiesUnder(const Path& path, const Path& above);
// Of names merged with one another: all that masks a column, under whichever of them, masks the names it had.
std::vector<Mask> MasksOf(const std::vector<const Labels*>& set);

// Assets are known by their place in Script::assets.
struct Asset {
  AssetName name;
  // The write since which each of them held; the first made the asset.
  std::vector<std::pair<size_t, Labels>> labels;
};

struct Statement {
  v1::UpsertAspectsRequest request;
  // By a service that may only push: labels it states are claims.
  bool claimed = false;
};
struct Lifecycle {
  AssetName asset;
  bool deleted = false;
};
struct Environment {
  AssetName asset;
  std::string word;
};
// One crawl of a source, by the person: what it saw and did not find, by scope. What is missed was seen before and is
// missed once.
struct Crawl {
  AssetName source;
  std::map<std::string, std::vector<AssetName>> seen;
  std::map<std::string, std::vector<AssetName>> missed;
  // Its report says this; absent where it never ended.
  std::optional<int64_t> counted;
};
using Write = std::variant<Statement, openlineage::MappedEvent, Lifecycle, Environment, Crawl>;

// That two names are one thing, by the nth write: stated or taken back. What the person says goes before what the
// service says, which takes nothing back.
struct MergeWord {
  size_t write = 0;
  size_t from = kNoAsset;
  size_t to = kNoAsset;
  bool by_service = false;
  bool taken_back = false;
};

struct Script {
  std::vector<Asset> assets;
  std::vector<Write> writes;
  std::vector<MergeWord> merges;
  // A point in time before which some of it was written, for reads as of then: after this write.
  size_t then = 0;
  // Labels changed after `then`.
  bool relabelled = false;
  // What reads may ask for by name.
  std::vector<std::pair<AssetName, std::string>> runs;
  std::vector<AssetName> folded;
  std::vector<AssetName> sources;

  std::optional<size_t> Find(const AssetName& name) const;
  const Labels* LabelsAt(size_t asset, size_t write) const;  // null before it was made
  // The asset and all names merged with it after the nth write, whoever may see them.
  std::set<size_t> SetAt(size_t asset, size_t write) const;
  bool MergedAt(size_t one, size_t other, size_t write) const;
};

Script MakeScript(uint64_t seed);

v1::AssetRef RefOf(const AssetName& name);
std::optional<AssetName> NameOf(const v1::AssetRef& ref);
// The clock when the nth write is made.
Timestamp TimeOf(size_t write);
// Words that names, texts and queries share.
extern const std::vector<std::string> kWords;
extern const std::vector<std::string> kTags;
extern const std::vector<std::string> kClasses;
extern const std::vector<std::string> kOwners;
extern const std::vector<std::string> kEnvironments;
extern const std::vector<std::string> kNamespaces;

}  // namespace cadastre::noninterference

// SearchDocument: what the index knows of one asset; DocumentSource: where it comes from.
//
// server implements the source over catalog, under a system view; the follower's thread alone calls it.
// Thread rule: confined.
// Which privilege opens which field is decided in search/field.h, not here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/words.h"

namespace cadastre::search {

struct SearchColumn {
  std::string path;  // segments joined with `.`
  std::string description;
  // Every class the column carries, its own and those of columns above it; empty for columns nobody classified.
  std::vector<std::string> classes;
  // Of the path, where one of them holds a dot; else empty.
  std::vector<std::string> segments = {};
};

struct SearchDocument {
  AssetName name;
  std::string platform;  // `postgres`
  std::string type;      // `view`, `topic`, …
  std::string title;     // display name
  std::string description;
  std::string code;  // SQL or source text
  std::vector<std::string> tags;
  std::vector<std::string> owners;
  // Glossary terms; each is an asset of its own, seen or hidden by itself.
  std::vector<AssetId> terms;
  std::vector<SearchColumn> columns;
  std::string certification;
  bool deprecated = false;
  // How much the asset is used; any scale. Breaks ties for who may read operations.
  uint64_t usage = 0;
  Timestamp updated;
};

class DocumentSource {
 public:
  virtual ~DocumentSource() = default;

  // As of the source's view; nullopt where there is no such asset (any more). Soft-deleted assets are described.
  virtual StatusOr<std::optional<SearchDocument>> Describe(AssetId id) = 0;
  // The others whose documents say something else once this one's labels or merges change: the names merged with it.
  virtual std::vector<AssetId> ChangedWith(AssetId id) = 0;
  // One more than the highest id there may be.
  virtual uint64_t end() const = 0;
};

}  // namespace cadastre::search

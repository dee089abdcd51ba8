// What the search index knows of an asset: its words by field, and the values its facets count.
//
// Read under a SystemView by the search follower's document source; what of it a
// viewer may match, count or order by is decided in search, by the privilege that
// opens each field. Thread rule: confined.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "authz/view/view.h"
#include "base/words.h"

namespace cadastre::catalog {

struct IndexColumn {
  std::string path;
  std::string description;
  // Its own, those of columns above it and those of the same column under merged names, sorted; empty for columns
  // nobody classified.
  std::vector<std::string> classes;
  // Of the path, where one of them holds a dot; else empty.
  std::vector<std::string> segments;
};

struct IndexText {
  AssetName name;
  bool deleted = false;
  std::string platform;     // browse
  std::string subtype;      // browse
  std::string environment;  // browse
  // All below: read.
  std::string display_name;
  std::string description;
  std::optional<AssetName> domain;
  std::vector<std::string> tags;
  // Glossary terms, each an asset seen or hidden by itself; those no asset stands for are left out.
  std::vector<AssetId> terms;
  std::vector<std::string> owners;
  std::vector<std::string> classifications;
  std::string certification;
  bool deprecated = false;
  std::vector<IndexColumn> columns;
  Timestamp updated;
};

// nullopt where there is no such asset.
StatusOr<std::optional<IndexText>> DescribeForIndex(const authz::SystemView& view, AssetId id);

}  // namespace cadastre::catalog

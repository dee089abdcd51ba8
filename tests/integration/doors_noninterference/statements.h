// The random parts a script is made of: labels, schemas, aspects and run events.
#pragma once

#include <string>
#include <vector>

#include "tests/integration/doors_noninterference/dice.h"
#include "tests/integration/doors_noninterference/script.h"

namespace cadastre::noninterference {

class Statements {
 public:
  Statements(Dice* dice, Script* script) : dice_(*dice), script_(*script) {}

  // An asset of the kind.
  size_t Some(AssetKind kind);
  void Add(Statement& statement, size_t asset, const Path& column, const v1::Aspect& aspect);
  // New containers, domains, tags, owners and classifications, with `labels` brought up to date.
  void StateLabels(Statement& statement, size_t asset, Labels& labels);
  // A new schema and classifications of some of its columns.
  void StateSchema(Statement& statement, size_t asset, Labels& labels);
  // Anything else an asset or a column may be said to be.
  // In some container; false where there is none it could lie in.
  bool StateContainer(Statement& statement, size_t asset, Labels& labels);
  // A schema of some columns that another has, none of them classified.
  void StateColumnsOf(Statement& statement, size_t asset, const Labels& from, Labels& labels);
  // A schema that gives a column another name; false where there is none.
  bool RenameColumn(Statement& statement, size_t asset, Labels& labels);
  // Of what class a column is that was called otherwise before.
  void ClassifyRenamed(Statement& statement, size_t asset, Labels& labels);
  // Of what class a column of both is that was called otherwise under `from`.
  void ClassifyTaken(Statement& statement, size_t asset, const Labels& from, Labels& labels);
  v1::Aspect NewAspect(size_t asset, const Labels& labels, bool column);
  openlineage::MappedEvent NewEvent(size_t job, Timestamp at);

 private:
  std::string Words(size_t count);
  // The source's own id of the column, fresh where it has none.
  int64_t SourceId(Labels& labels, const Path& path);
  // Of the asset and the names merged with it, where its own are these.
  std::vector<const Labels*> SetWith(size_t asset, const Labels& labels) const;
  // What the asset's columns come to when a schema of these is stated.
  void FollowSchema(size_t asset, const std::vector<Path>& live, Labels& labels);
  v1::AssetRef SomeRef(AssetKind kind) { return RefOf(script_.assets[Some(kind)].name); }
  // The dotted text of some column, classified or not; empty where there is none.
  std::string SomeColumn(const Labels& labels);
  // The same as tools write it, flat and quoted here and there.
  std::string SpelledColumn(const Labels& labels);
  // An asset as JSON names it, of these kinds; now and then one that there is not.
  std::string JsonOf(AssetKind kind);
  // A facet kept as it came: of unknown meaning that names assets, or a copy of a known one.
  v1::Aspect RawFacet();
  v1::Aspect BusinessAspect(const Labels& labels);
  v1::Aspect TechnicalAspect(const Labels& labels);
  v1::Aspect OperationalAspect(const Labels& labels);
  openlineage::RunDataset NewIo(size_t dataset, bool output);
  void StateEdges(openlineage::MappedEvent& event);
  std::vector<openlineage::ColumnPair> NewPairs(const AssetName& from, const AssetName& to);
  std::vector<v1::Aspect> RunFacets();

  Dice& dice_;
  Script& script_;
  int64_t source_ids_ = 0;
};

}  // namespace cadastre::noninterference

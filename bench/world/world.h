// A seeded world of assets, lineage, runs and policy of any size, made piece by piece: W1M at a million assets is the
// world every published figure names, W10k the same shape for continuous integration.
//
// Owner: the bench or test that makes one. Thread rule: compatible; pieces may be made on many threads at once.
// Errors: none; an index beyond its count ends the process.
// Bounds: assets from 1,000 to 100 million. Memory is that of the shape; nothing is stored.
// Deliberately does not: know storage, wire messages or the rooms above base. Callers turn its plain structs into
// theirs.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/asset_name.h"
#include "bench/world/random.h"

namespace cadastre::bench {

// How much of everything. The counts of a shape made by `Of` follow the million's by proportion; those of policy by the
// square root, so that a small world still has enough of it to be a policy.
struct Shape {
  uint64_t seed = 1;
  uint64_t assets = 0;

  // Assets by kind; they stand in this order, and their sum is `assets`.
  uint64_t domains = 0;
  uint64_t containers = 0;
  uint64_t datasets = 0;
  uint64_t jobs = 0;
  uint64_t dashboards = 0;
  uint64_t charts = 0;
  uint64_t models = 0;
  uint64_t terms = 0;

  uint64_t namespaces = 0;
  uint64_t tags = 0;
  uint64_t words = 0;

  double edges_per_asset = 5;
  double column_edges_per_asset = 20;
  // Degrees follow a power law: a dataset of rank r is used about as often as (r + 1)^-degree_exponent.
  double degree_exponent = 0.6;
  uint64_t runs = 0;
  uint32_t days = 90;

  uint64_t principals = 0;
  uint64_t groups = 0;
  uint64_t roles = 0;
  uint64_t grants = 0;
  double denied_share = 0.1;
  double sensitive_column_share = 0.05;

  static Shape Of(uint64_t assets, uint64_t seed = 1);
  static Shape W10k() { return Of(10'000); }
  static Shape W1M() { return Of(1'000'000); }
};

enum class Environment : uint8_t { kProduction, kStaging, kDevelopment };

// One asset in ten carries it.
inline constexpr uint32_t kRestrictedTag = 0;

// What policy and facets read of an asset; numbers are ordinals within their kind.
struct Labels {
  uint64_t name_space = 0;
  // Datasets, dashboards and charts lie in a container.
  bool has_container = false;
  uint64_t container = 0;
  uint64_t domain = 0;
  // At most 3, none twice.
  std::vector<uint32_t> tags;
  // One in three owners is a group.
  bool owned_by_group = false;
  uint64_t owner = 0;
  Environment environment = Environment::kProduction;
};

struct ColumnSpec {
  std::string name;
  const char* type = "";
  bool sensitive = false;
};

struct ColumnPairSpec {
  uint32_t from = 0;
  uint32_t to = 0;
  bool masking = false;
};

enum class EdgeKind : uint8_t { kConsumes, kProduces, kDerives };

// Indexes of assets. `columns` is filled for kDerives only and lives as long as the call.
struct EdgeSpec {
  EdgeKind kind = EdgeKind::kConsumes;
  uint64_t from = 0;
  uint64_t to = 0;
  uint64_t job = 0;
  std::span<const ColumnPairSpec> columns;
};

enum class RunState : uint8_t { kComplete, kFailed, kAborted, kNeverEnded };

struct RunSpec {
  uint64_t job = 0;
  // Halves of a UUID.
  std::array<uint64_t, 2> id{};
  // Seconds since the first of the shape's days; 0 for a run that never ended.
  int64_t started = 0;
  int64_t ended = 0;
  RunState state = RunState::kComplete;
};

class World {
 public:
  explicit World(const Shape& shape);

  const Shape& shape() const { return shape_; }

  base::AssetKind KindOf(uint64_t asset) const;
  base::AssetName NameOf(uint64_t asset) const;
  Labels LabelsOf(uint64_t asset) const;
  // Two different tool families that state facts about the asset, of `kProducers`.
  std::array<uint32_t, 2> ProducersOf(uint64_t asset) const;
  // Words by Zipf's law, about twelve, some of them Korean.
  std::string DescriptionOf(uint64_t asset) const;

  // 0 for anything but a dataset.
  uint32_t ColumnCountOf(uint64_t asset) const;
  ColumnSpec ColumnOf(uint64_t asset, uint32_t column) const;

  // `job` is an ordinal below shape().jobs. An edge is given once; together they are what the shape promises.
  void EdgesOfJob(uint64_t job, const std::function<void(const EdgeSpec&)>& visit) const;
  void RunsOfJob(uint64_t job, const std::function<void(const RunSpec&)>& visit) const;

  // The text of a namespace's ordinal; the last fifth of them are schedulers'.
  std::string NamespaceText(uint64_t name_space) const;
  // The word of a rank, 0 the commonest, and the rank of a word that about that share of all descriptions has.
  std::string WordOf(uint64_t rank) const;
  uint64_t RankOfShare(double share) const;

  // Where the assets of a kind begin.
  uint64_t FirstContainer() const { return shape_.domains; }
  uint64_t FirstDataset() const { return FirstContainer() + shape_.containers; }
  uint64_t FirstJob() const { return FirstDataset() + shape_.datasets; }

  static constexpr uint32_t kProducers = 24;

 private:
  uint64_t DrawNamespace(Random& random, bool of_jobs) const;
  std::string PathOf(uint64_t asset, const Labels& labels) const;
  // A dataset before or after a position in [0, 1) of the flow.
  uint64_t DrawDataset(Random& random, double position, bool before) const;
  std::vector<uint64_t> DrawDatasets(Random& random, uint64_t count, double position, bool before) const;

  Shape shape_;
  // Coprime with the number of datasets: spreads ranks over them.
  uint64_t stride_ = 1;
};

}  // namespace cadastre::bench

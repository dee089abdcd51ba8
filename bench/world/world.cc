#include "bench/world/world.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/check.h"
#include "bench/world/purpose.h"

namespace cadastre::bench {
namespace {

constexpr double kTailedColumnsShare = 0.01;
constexpr uint32_t kColumnsMedian = 20;
constexpr uint32_t kColumnsUsualMax = 300;
constexpr uint32_t kColumnsTailMin = 1'001;
constexpr double kRestrictedShare = 0.1;

std::string Base36(uint64_t number) {
  std::string text;
  do {
    text.insert(text.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[number % 36]);
    number /= 36;
  } while (number > 0);
  return text;
}

constexpr const char* kUsualColumns[] = {"id",          "created_at", "updated_at", "name",   "status",    "amount",
                                         "customer_id", "order_id",   "type",       "email",  "phone",     "quantity",
                                         "price",       "currency",   "country",    "source", "is_active", "version"};
constexpr const char* kTypes[] = {"bigint",  "text", "timestamp", "numeric(14,2)",
                                  "boolean", "date", "integer",   "double"};

}  // namespace

World::World(const Shape& shape) : shape_(shape) {
  // About the golden section, so that neighbouring ranks lie far apart.
  stride_ = std::max<uint64_t>(1, static_cast<uint64_t>(static_cast<double>(shape.datasets) * 0.6180339887));
  while (std::gcd(stride_, shape.datasets) != 1) ++stride_;
}

base::AssetKind World::KindOf(uint64_t asset) const {
  const std::pair<uint64_t, base::AssetKind> kinds[] = {
      {shape_.domains, base::AssetKind::kDomain},       {shape_.containers, base::AssetKind::kContainer},
      {shape_.datasets, base::AssetKind::kDataset},     {shape_.jobs, base::AssetKind::kJob},
      {shape_.dashboards, base::AssetKind::kDashboard}, {shape_.charts, base::AssetKind::kChart},
      {shape_.models, base::AssetKind::kModel},         {shape_.terms, base::AssetKind::kGlossaryTerm}};
  CHECK(asset < shape_.assets) << "asset " << asset << " of " << shape_.assets;
  for (const auto& [count, kind] : kinds) {
    if (asset < count) return kind;
    asset -= count;
  }
  return base::AssetKind::kGlossaryTerm;
}

uint64_t World::DrawNamespace(Random& random, bool of_jobs) const {
  const uint64_t schedulers = shape_.namespaces / 5;
  const uint64_t stores = shape_.namespaces - schedulers;
  return of_jobs ? stores + random.Rank(schedulers, 1) : random.Rank(stores, 1);
}

std::string World::NamespaceText(uint64_t name_space) const {
  CHECK(name_space < shape_.namespaces) << "namespace " << name_space;
  const std::string number = std::to_string(name_space);
  if (name_space >= shape_.namespaces - shape_.namespaces / 5) return "airflow-" + number;
  switch (name_space % 5) {
    case 0: return "postgres://db-" + number + ":5432";
    case 1: return "s3://lake-" + number;
    case 2: return "snowflake://account-" + number;
    case 3: return "kafka://broker-" + number + ":9092";
    default: return "mysql://db-" + number + ":3306";
  }
}

Labels World::LabelsOf(uint64_t asset) const {
  const base::AssetKind kind = KindOf(asset);
  Random random(shape_.seed, kForLabels, asset);
  Labels labels;
  labels.has_container =
      kind == base::AssetKind::kDataset || kind == base::AssetKind::kDashboard || kind == base::AssetKind::kChart;
  // What lies in a container has its namespace and domain.
  const uint64_t home = labels.has_container ? random.Below(shape_.containers) : 0;
  labels.container = home;
  Random own(shape_.seed, kForContainer, labels.has_container ? FirstContainer() + home : asset);
  labels.name_space = DrawNamespace(own, kind == base::AssetKind::kJob);
  labels.domain = kind == base::AssetKind::kDomain ? asset : own.Rank(shape_.domains, 1);
  if (random.Chance(kRestrictedShare)) labels.tags.push_back(kRestrictedTag);
  const uint64_t more = std::min<uint64_t>(random.Geometric(0.8), 3 - labels.tags.size());
  for (uint64_t i = 0; i < more; ++i) {
    const uint32_t tag = 1 + static_cast<uint32_t>(random.Rank(shape_.tags - 1, 1));
    if (std::find(labels.tags.begin(), labels.tags.end(), tag) == labels.tags.end()) labels.tags.push_back(tag);
  }
  labels.owned_by_group = random.Below(3) == 0;
  labels.owner = random.Below(labels.owned_by_group ? shape_.groups : shape_.principals);
  const uint64_t environment = Random(shape_.seed, kForName, labels.name_space).Below(20);
  labels.environment = environment < 14   ? Environment::kProduction
                       : environment < 17 ? Environment::kStaging
                                          : Environment::kDevelopment;
  return labels;
}

std::string World::PathOf(uint64_t asset, const Labels& labels) const {
  Random random(shape_.seed, kForName, shape_.namespaces + asset);
  std::string path;
  if (labels.has_container) path = WordOf(labels.container % shape_.words) + "_" + Base36(labels.container) + ".";
  const uint64_t words = 2 + random.Below(2);
  for (uint64_t i = 0; i < words; ++i) path += WordOf(random.Rank(shape_.words, 1)) + "_";
  return path + Base36(asset);
}

base::AssetName World::NameOf(uint64_t asset) const {
  const Labels labels = LabelsOf(asset);
  return {KindOf(asset), NamespaceText(labels.name_space), PathOf(asset, labels)};
}

std::array<uint32_t, 2> World::ProducersOf(uint64_t asset) const {
  Random random(shape_.seed, kForProducers, asset);
  const uint32_t first = static_cast<uint32_t>(random.Rank(kProducers, 1));
  const uint32_t second = static_cast<uint32_t>(random.Below(kProducers - 1));
  return {first, second < first ? second : second + 1};
}

uint32_t World::ColumnCountOf(uint64_t asset) const {
  if (KindOf(asset) != base::AssetKind::kDataset) return 0;
  Random random(shape_.seed, kForColumns, asset);
  if (random.Chance(kTailedColumnsShare)) return kColumnsTailMin + static_cast<uint32_t>(random.Below(1'000));
  const double drawn = random.LogNormal(kColumnsMedian + 0.5, 0.6);
  return std::clamp<uint32_t>(static_cast<uint32_t>(drawn), 1, kColumnsUsualMax);
}

ColumnSpec World::ColumnOf(uint64_t asset, uint32_t column) const {
  CHECK(column < ColumnCountOf(asset)) << "column " << column;
  Random random(shape_.seed, kForColumnName, asset * 4'096 + column);
  ColumnSpec spec;
  // Usual names first, since most tables share them; later ones carry their number, so that none is there twice.
  spec.name = column < std::size(kUsualColumns) ? kUsualColumns[column]
                                                : WordOf(random.Rank(shape_.words, 1)) + "_" + std::to_string(column);
  spec.type = kTypes[random.Below(std::size(kTypes))];
  spec.sensitive = random.Chance(shape_.sensitive_column_share);
  return spec;
}

void World::RunsOfJob(uint64_t job, const std::function<void(const RunSpec&)>& visit) const {
  CHECK(job < shape_.jobs) << "job " << job;
  Random random(shape_.seed, kForRuns, job);
  // One job in a hundred runs hourly, 45 daily, the rest weekly; the mean is then stretched to the shape's.
  constexpr double kHourly = 0.01;
  constexpr double kDaily = 0.45;
  const double days = shape_.days;
  const double mean = kHourly * 24 * days + kDaily * days + (1 - kHourly - kDaily) * days / 7;
  const double stretch = static_cast<double>(shape_.runs) / static_cast<double>(shape_.jobs) / mean;
  const double kind = random.Unit();
  const double usual = kind <= kHourly ? 24 * days : kind <= kHourly + kDaily ? days : days / 7;
  const uint64_t count = std::max<uint64_t>(1, static_cast<uint64_t>(usual * stretch + 0.5));
  const double gap = days * 86'400 / static_cast<double>(count);
  for (uint64_t i = 0; i < count; ++i) {
    RunSpec run;
    run.job = FirstJob() + job;
    // Version 7 and variant 1, as a UUID has them.
    run.id = {(random.Next() & ~0xf000ULL) | 0x7000ULL, (random.Next() >> 2) | (1ULL << 63)};
    run.started = static_cast<int64_t>((static_cast<double>(i) + random.Unit() * 0.5) * gap);
    run.ended = run.started + 1 + static_cast<int64_t>(random.LogNormal(120, 1));
    const uint64_t outcome = random.Below(100);
    run.state = outcome < 94   ? RunState::kComplete
                : outcome < 98 ? RunState::kFailed
                : outcome < 99 ? RunState::kAborted
                               : RunState::kNeverEnded;
    if (run.state == RunState::kNeverEnded) run.ended = 0;
    visit(run);
  }
}

}  // namespace cadastre::bench

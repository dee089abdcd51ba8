#include "tests/integration/doors_noninterference/script.h"

#include <chrono>
#include <utility>

#include "base/asset_name.h"
#include "base/status.h"
#include "tests/integration/doors_noninterference/dice.h"
#include "tests/integration/doors_noninterference/statements.h"

namespace cadastre::noninterference {

const std::vector<std::string> kWords = {"orders", "customer", "revenue", "daily",  "일별",    "매출",  "고객",
                                         "주문",   "payment",  "refund",  "ledger", "session", "click", "inventory"};
const std::vector<std::string> kTags = {"gold", "raw", "secret", "tier:one"};
const std::vector<std::string> kClasses = {"pii", "money"};
const std::vector<std::string> kOwners = {"vera", "crew", "house", "ann"};
const std::vector<std::string> kEnvironments = {"production", "staging"};
const std::vector<std::string> kNamespaces = {"postgres://db:5432", "postgres://db:5433", "kafka://k", "s3://lake"};

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Timestamp kStart(1'700'000'000'000'000);
constexpr size_t kAssets = 60;
constexpr size_t kBodyWrites = 110;

struct KindShare {
  AssetKind kind;
  size_t count;
};
// In the order they are made: what others refer to first.
constexpr KindShare kShares[] = {
    {AssetKind::kDomain, 4},      {AssetKind::kContainer, 7}, {AssetKind::kGlossaryTerm, 4},
    {AssetKind::kDataProduct, 2}, {AssetKind::kDataset, 27},  {AssetKind::kJob, 12},
    {AssetKind::kDashboard, 2},   {AssetKind::kModel, 1},     {AssetKind::kFeature, 1}};

bool Speaks(const Statement& statement, v1::Aspect::ValueCase what) {
  for (const v1::AspectUpsert& upsert : statement.request.upserts()) {
    if (upsert.aspect().value_case() == what) return true;
  }
  return false;
}

class Builder {
 public:
  explicit Builder(uint64_t seed) : dice_(seed), parts_(&dice_, &script_) {}

  Script Build() {
    for (const KindShare& share : kShares) {
      for (size_t i = 0; i < share.count; ++i) MakeAsset(share.kind);
    }
    const bool relabels = dice_.Chance(50);
    script_.then = kAssets + kBodyWrites / 2;
    for (size_t i = 0; i < kBodyWrites; ++i) BodyWrite(relabels);
    return std::move(script_);
  }

 private:
  size_t now() const { return script_.writes.size(); }

  void MakeAsset(AssetKind kind) {
    const size_t number = script_.assets.size();
    Asset asset;
    const bool job = kind == AssetKind::kJob;
    asset.name = {
        kind, job ? "airflow" : dice_.OneOf(kNamespaces),
        dice_.OneOf(kWords) + (dice_.Chance(50) ? "." : "_") + dice_.OneOf(kWords) + "_" + std::to_string(number)};
    script_.assets.push_back(asset);
    Labels labels;
    Statement statement;
    v1::Aspect type;
    if (job) {
      type.mutable_job_type()->set_job_type(dice_.Chance(50) ? "TASK" : "DAG");
    } else {
      type.mutable_dataset_type()->set_type(dice_.Chance(50) ? "TABLE" : "VIEW");
    }
    parts_.Add(statement, number, {}, type);
    parts_.StateLabels(statement, number, labels);
    if (kind == AssetKind::kDataset) parts_.StateSchema(statement, number, labels);
    Put(number, std::move(statement), std::move(labels));
  }

  void Put(size_t asset, Statement statement, Labels labels) {
    script_.assets[asset].labels.emplace_back(now(), std::move(labels));
    script_.writes.emplace_back(std::move(statement));
  }
  Labels Present(size_t asset) const { return script_.assets[asset].labels.back().second; }

  size_t Some(AssetKind kind) { return parts_.Some(kind); }

  void BodyWrite(bool relabels) {
    const size_t what = dice_.Pick(100);
    if (what < 40) return Describe();
    if (what < 68) return Push();
    if (what < 74) return Alias();
    if (what < 79) return Lives();
    if (what < 83) return ChangeSchema();
    if (what < 87) return Fold();
    if (what < 92) return Claim();
    if (what < 95 || !relabels) return SetEnvironment(relabels);
    Relabel();
  }

  void Describe() {
    Statement statement;
    const size_t count = 1 + dice_.Pick(3);
    for (size_t i = 0; i < count; ++i) {
      const size_t asset = dice_.Pick(script_.assets.size());
      const Labels labels = Present(asset);
      Path column;
      if (!labels.columns.empty() && dice_.Chance(30)) column = dice_.OneOf(labels.columns).path;
      parts_.Add(statement, asset, column, parts_.NewAspect(asset, labels, !column.empty()));
    }
    script_.writes.emplace_back(std::move(statement));
  }

  void Push() {
    const size_t job = Some(AssetKind::kJob);
    openlineage::MappedEvent event = parts_.NewEvent(job, kStart - hours(24 * 20) + minutes(dice_.Pick(28'000)));
    if (event.run) script_.runs.emplace_back(event.run->job, event.run->run_id);
    script_.writes.emplace_back(std::move(event));
  }

  void Alias() {
    Statement statement;
    v1::AliasUpsert* alias = statement.request.add_aliases();
    const size_t from = Some(AssetKind::kDataset);
    const size_t to = Some(AssetKind::kDataset);
    if (from == to) return;
    *alias->mutable_from() = RefOf(script_.assets[from].name);
    *alias->mutable_to() = RefOf(script_.assets[to].name);
    alias->set_type(dice_.Chance(50) ? "TABLE" : "RENAME");
    alias->set_take_back(dice_.Chance(15));
    statement.claimed = dice_.Chance(40);
    script_.writes.emplace_back(std::move(statement));
  }

  void Lives() {
    const size_t asset = Some(dice_.Chance(60) ? AssetKind::kDataset : AssetKind::kJob);
    const bool deleted = !deleted_.contains(asset);
    if (deleted) {
      deleted_.insert(asset);
    } else {
      deleted_.erase(asset);
    }
    script_.writes.emplace_back(Lifecycle{script_.assets[asset].name, deleted});
  }

  // Labels stated of a deleted asset are claims.
  void ChangeSchema() {
    const size_t asset = Some(AssetKind::kDataset);
    if (deleted_.contains(asset)) return Describe();
    Labels labels = Present(asset);
    Statement statement;
    const size_t masked_before = labels.columns.size();
    parts_.StateSchema(statement, asset, labels);
    script_.relabelled = script_.relabelled || (now() > script_.then && labels.columns.size() != masked_before);
    Put(asset, std::move(statement), std::move(labels));
  }

  void Relabel() {
    const size_t asset = dice_.Pick(script_.assets.size());
    if (deleted_.contains(asset)) return Describe();
    Labels labels = Present(asset);
    labels.tags.clear();
    labels.classes.clear();
    labels.owners.clear();
    Statement statement;
    parts_.StateLabels(statement, asset, labels);
    if (statement.request.upserts().empty()) return;
    // What the new statements do not speak of stays as it was stated.
    Labels& kept = labels;
    const Labels before = Present(asset);
    if (!Speaks(statement, v1::Aspect::kTags)) kept.tags = before.tags;
    if (!Speaks(statement, v1::Aspect::kClassifications)) kept.classes = before.classes;
    if (!Speaks(statement, v1::Aspect::kOwnership)) kept.owners = before.owners;
    script_.relabelled = script_.relabelled || now() > script_.then;
    Put(asset, std::move(statement), std::move(labels));
  }

  void Claim() {
    Statement statement;
    statement.claimed = true;
    Labels unused;
    parts_.StateLabels(statement, dice_.Pick(script_.assets.size()), unused);
    if (statement.request.upserts().empty()) return;
    script_.writes.emplace_back(std::move(statement));
  }

  void SetEnvironment(bool relabels) {
    if (!relabels && now() > script_.then) return Describe();
    const size_t asset = dice_.Pick(script_.assets.size());
    Labels labels = Present(asset);
    labels.environment = dice_.OneOf(kEnvironments);
    script_.assets[asset].labels.emplace_back(now(), labels);
    script_.relabelled = script_.relabelled || now() > script_.then;
    script_.writes.emplace_back(Environment{script_.assets[asset].name, labels.environment});
  }

  void Fold() {
    const size_t parent = Some(AssetKind::kDataset);
    openlineage::MappedEvent event;
    event.shape = openlineage::EventShape::kDataset;
    event.event_time = kStart - hours(1);
    event.tool = "spark";
    const AssetName& name = script_.assets[parent].name;
    event.datasets = {name};
    const AssetName spelling{name.kind, name.ns, name.name + "/date=2026-01-0" + std::to_string(1 + dice_.Pick(9))};
    event.folded.push_back({spelling, name, "date"});
    script_.folded.push_back(spelling);
    script_.writes.emplace_back(std::move(event));
  }

  Dice dice_;
  Script script_;
  Statements parts_;
  std::set<size_t> deleted_;
};

}  // namespace

std::optional<size_t> Script::Find(const AssetName& name) const {
  for (size_t i = 0; i < assets.size(); ++i) {
    if (assets[i].name == name) return i;
  }
  return std::nullopt;
}

const Labels* Script::LabelsAt(size_t asset, size_t write) const {
  const Labels* found = nullptr;
  for (const auto& [since, labels] : assets[asset].labels) {
    if (since <= write) found = &labels;
  }
  return found;
}

Script MakeScript(uint64_t seed) { return Builder(seed).Build(); }

v1::AssetRef RefOf(const AssetName& name) {
  v1::AssetRef ref;
  ref.set_kind(std::string(base::AssetKindWord(name.kind)));
  ref.set_namespace_(name.ns);
  ref.set_name(name.name);
  return ref;
}

std::optional<AssetName> NameOf(const v1::AssetRef& ref) {
  StatusOr<AssetName> name = base::MakeAssetName(ref.kind(), ref.namespace_(), ref.name());
  if (!name.ok()) return std::nullopt;
  return *std::move(name);
}

Timestamp TimeOf(size_t write) { return kStart + minutes(10 + write); }

}  // namespace cadastre::noninterference

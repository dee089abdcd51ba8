#include "tests/integration/doors_noninterference/script.h"

#include <algorithm>
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
    if (dice_.Chance(9)) return CrawlSource();
    const size_t what = dice_.Pick(100);
    if (what < 40) return Describe();
    if (what < 68) return Push();
    if (what < 74) return Alias(relabels);
    if (what < 78) return Lives();
    if (what < 84) return ChangeSchema();
    if (what < 87) return Fold();
    if (what < 91) return Claim();
    if (what < 94 || !relabels) return SetEnvironment(relabels);
    if (what < 96) return Move();
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

  void CrawlSource() {
    Crawl crawl;
    const AssetName& job = script_.assets[Some(AssetKind::kJob)].name;
    const bool known = std::find(script_.sources.begin(), script_.sources.end(), job) != script_.sources.end();
    if (script_.sources.size() < 3 || (script_.sources.size() < 6 && dice_.Chance(40))) {
      if (!known) script_.sources.push_back(job);
      crawl.source = job;
    } else {
      crawl.source = dice_.OneOf(script_.sources);
    }
    std::map<AssetName, Remembered>& remembered = remembered_[crawl.source];
    const std::vector<std::string> scopes = {"shop.public", "shop.audit", "lake"};
    std::set<AssetName> seen;
    for (size_t i = 0; i < 4 + dice_.Pick(12); ++i) {
      const AssetName& name = script_.assets[Some(dice_.Chance(80) ? AssetKind::kDataset : AssetKind::kContainer)].name;
      if (!seen.insert(name).second) continue;
      const std::string& scope = dice_.OneOf(scopes);
      crawl.seen[scope].push_back(name);
      remembered[name] = {scope, false};
    }
    for (auto& [name, one] : remembered) {
      if (seen.contains(name) || one.missed || !dice_.Chance(30)) continue;
      crawl.missed[one.scope].push_back(name);
      one.missed = true;
    }
    if (dice_.Chance(85)) crawl.counted = static_cast<int64_t>(dice_.Pick(1000));
    script_.writes.emplace_back(std::move(crawl));
  }

  // Two datasets whose columns are called alike as often as not, so that what is classified under the one name would be
  // shown under the other.
  void Alias(bool relabels) {
    const size_t one = Some(AssetKind::kDataset);
    const size_t other = Some(AssetKind::kDataset);
    if (one == other || (!relabels && now() >= script_.then)) return Describe();
    // One direction a pair: what stands of several is no matter of this test.
    const size_t from = std::min(one, other);
    const size_t to = std::max(one, other);
    const bool lives = !deleted_.contains(from) && !deleted_.contains(to);
    if (lives && dice_.Chance(40)) {
      ClassifyUnderTheOther(from, to);
    } else if (dice_.Chance(50) && !deleted_.contains(to)) {
      TakeColumnsOf(from, to);
    }
    Statement statement;
    v1::AliasUpsert* alias = statement.request.add_aliases();
    *alias->mutable_from() = RefOf(script_.assets[from].name);
    *alias->mutable_to() = RefOf(script_.assets[to].name);
    alias->set_type(dice_.Chance(50) ? "TABLE" : "RENAME");
    statement.claimed = dice_.Chance(40);
    const auto is_pushed = [&](size_t asset) { return script_.assets[asset].name.ns.starts_with("postgres://"); };
    const bool merges = !statement.claimed || (is_pushed(from) && is_pushed(to));
    const bool said = std::any_of(script_.merges.begin(), script_.merges.end(), [&](const MergeWord& word) {
      return !word.by_service && word.from == from && word.to == to;
    });
    alias->set_take_back(!statement.claimed && said && dice_.Chance(60));
    if (merges) script_.merges.push_back({now(), from, to, statement.claimed, alias->take_back()});
    script_.relabelled = script_.relabelled || (merges && now() > script_.then);
    script_.writes.emplace_back(std::move(statement));
  }

  // A schema for `to` with some columns that `from` has, none of them classified there.
  void TakeColumnsOf(size_t from, size_t to) {
    Labels labels = Present(to);
    Statement statement;
    parts_.StateColumnsOf(statement, to, Present(from), labels);
    script_.relabelled = script_.relabelled || now() > script_.then;
    Put(to, std::move(statement), std::move(labels));
  }

  // What had another name is classified under the other name of its asset alone.
  void ClassifyUnderTheOther(size_t from, size_t to) {
    Labels labels = Present(from);
    Statement statement;
    if (!parts_.RenameColumn(statement, from, labels)) return;
    script_.relabelled = script_.relabelled || now() > script_.then;
    Put(from, std::move(statement), std::move(labels));
    TakeColumnsOf(from, to);
    Labels taken = Present(to);
    Statement later;
    parts_.ClassifyTaken(later, to, Present(from), taken);
    if (later.request.upserts().empty()) return;
    script_.relabelled = script_.relabelled || now() > script_.then;
    Put(to, std::move(later), std::move(taken));
  }

  // From one container to another; a container takes what lies in it along.
  void Move() {
    const size_t asset = dice_.Chance(50) ? Some(AssetKind::kContainer) : dice_.Pick(script_.assets.size());
    if (deleted_.contains(asset)) return Describe();
    Labels labels = Present(asset);
    Statement statement;
    if (!parts_.StateContainer(statement, asset, labels)) return Describe();
    script_.relabelled = script_.relabelled || now() > script_.then;
    Put(asset, std::move(statement), std::move(labels));
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
    const auto masks_of = [](const Labels& of) {
      std::map<Path, std::set<std::string>> masks;
      for (Mask& mask : of.Masks()) masks[mask.path].merge(mask.classes);
      return masks;
    };
    const auto masked_before = masks_of(labels);
    const bool renames = dice_.Chance(50) && parts_.RenameColumn(statement, asset, labels);
    if (!renames) parts_.StateSchema(statement, asset, labels);
    script_.relabelled = script_.relabelled || (now() > script_.then && masks_of(labels) != masked_before);
    Put(asset, std::move(statement), std::move(labels));
    if (!renames || !dice_.Chance(70)) return;
    Labels classified = Present(asset);
    Statement later;
    parts_.ClassifyRenamed(later, asset, classified);
    if (later.request.upserts().empty()) return;
    script_.relabelled = script_.relabelled || now() > script_.then;
    Put(asset, std::move(later), std::move(classified));
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

  // Another spelling of a dataset, or one of the statements of a job.
  void Fold() {
    openlineage::MappedEvent event;
    event.event_time = kStart - hours(1);
    const std::string number = std::to_string(1 + dice_.Pick(9));
    if (dice_.Chance(50)) {
      const AssetName& name = script_.assets[Some(AssetKind::kDataset)].name;
      event.shape = openlineage::EventShape::kDataset;
      event.tool = "spark";
      event.datasets = {name};
      script_.folded.push_back({name.kind, name.ns, name.name + "/date=2026-01-0" + number});
    } else {
      const AssetName& name = script_.assets[Some(AssetKind::kJob)].name;
      event.shape = openlineage::EventShape::kJob;
      event.tool = "dbt";
      event.job = name;
      event.of_statement = true;
      script_.folded.push_back({name.kind, name.ns, name.name + ".sql." + number});
    }
    script_.writes.emplace_back(std::move(event));
  }

  Dice dice_;
  Script script_;
  Statements parts_;
  std::set<size_t> deleted_;
  struct Remembered {
    std::string scope;
    bool missed = false;
  };
  std::map<AssetName, std::map<AssetName, Remembered>> remembered_;  // by source
};

}  // namespace

bool Labels::IsJudged(const Path& path) const {
  return std::any_of(columns.begin(), columns.end(), [&](const ColumnState& column) {
    return column.path == path && !column.orphaned && !column.classes.empty();
  });
}

std::vector<Mask> Labels::Masks() const {
  std::vector<Mask> masks;
  for (const ColumnState& column : columns) {
    masks.push_back({column.path, column.Carried(), &column});
    for (const auto& [path, classes] : column.former) {
      masks.push_back({path, classes});
      if (!IsJudged(path)) masks.push_back({path, column.Carried()});
    }
  }
  return masks;
}

bool LiesUnder(const Path& path, const Path& above) {
  return above.size() <= path.size() && std::equal(above.begin(), above.end(), path.begin());
}

std::vector<Mask> MasksOf(const std::vector<const Labels*>& set) {
  std::vector<Mask> masks;
  for (const Labels* labels : set) {
    for (Mask& mask : labels->Masks()) masks.push_back(std::move(mask));
  }
  const auto masked_by = [&](const Path& path) {
    std::set<std::string> classes;
    for (const Mask& mask : masks) {
      if (LiesUnder(path, mask.path)) classes.insert(mask.classes.begin(), mask.classes.end());
    }
    return classes;
  };
  for (size_t before = 0; before != masks.size();) {
    before = masks.size();
    for (const Labels* labels : set) {
      for (const ColumnState& column : labels->columns) {
        const std::set<std::string> classes = masked_by(column.path);
        for (const auto& [path, own] : column.former) {
          const std::set<std::string> known = masked_by(path);
          const bool all = std::includes(known.begin(), known.end(), classes.begin(), classes.end());
          if (!all && !labels->IsJudged(path)) masks.push_back({path, classes});
        }
      }
    }
  }
  return masks;
}

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

bool Script::MergedAt(size_t one, size_t other, size_t write) const {
  std::optional<bool> person;
  bool service = false;
  for (const MergeWord& word : merges) {
    if (word.write > write || std::minmax(word.from, word.to) != std::minmax(one, other)) continue;
    if (word.by_service) {
      service = true;
    } else {
      person = !word.taken_back;
    }
  }
  return person.value_or(service);
}

std::set<size_t> Script::SetAt(size_t asset, size_t write) const {
  std::set<size_t> set;
  std::vector<size_t> open = {asset};
  while (!open.empty()) {
    const size_t one = open.back();
    open.pop_back();
    if (!set.insert(one).second) continue;
    for (const MergeWord& word : merges) {
      const size_t other = word.from == one ? word.to : word.from;
      if ((word.from == one || word.to == one) && MergedAt(one, other, write)) open.push_back(other);
    }
  }
  return set;
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

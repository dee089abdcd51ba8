#include "authz/policy/published_builder.h"

#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "base/bytes.h"
#include "base/status.h"
#include "storage/keyspaces.h"

namespace cadastre::authz {
namespace {

using storage::Keyspace;

// More than these below a moved container or domain are not walked one by one.
constexpr size_t kDescendantsMax = 50'000;
// Different values of labels remembered, to be shared.
constexpr size_t kSharedMax = 65'536;

template <typename Record>
StatusOr<Record> Decode(std::string_view table, const std::string& value) {
  Record record;
  if (!record.ParseFromString(value)) return base::DataLoss("a row of ", table, " does not decode");
  return record;
}

AssetName NameOfHeader(const record::AssetHeader& header) {
  return {static_cast<AssetKind>(header.kind()), header.namespace_(), header.name()};
}

}  // namespace

Status PublishedBuilder::Apply(std::string_view key, const std::optional<std::string>& value) {
  if (key.empty()) return base::DataLoss("a row without a key");
  const auto keyspace = static_cast<Keyspace>(key.front());
  key.remove_prefix(1);
  switch (keyspace) {
    case Keyspace::kName: return ApplyName(key, value, *registry_);
    case Keyspace::kAsset: return ApplyAsset(key, value);
    case Keyspace::kPrincipal: return ApplyPolicy(records_.principals, key, value);
    case Keyspace::kRole: return ApplyPolicy(records_.roles, key, value);
    case Keyspace::kGrant: return ApplyPolicy(records_.grants, key, value);
    case Keyspace::kEnvironment: environments_changed_ = true; return ApplyPolicy(records_.environments, key, value);
    default: return absl::OkStatus();
  }
}

Status PublishedBuilder::ApplyName(std::string_view key, const std::optional<std::string>& value, Registry& registry) {
  base::ByteReader reader(key);
  ASSIGN_OR_RETURN(const uint8_t kind_number, reader.ReadU8());
  ASSIGN_OR_RETURN(const AssetKind kind, base::AssetKindFromNumber(kind_number));
  ASSIGN_OR_RETURN(const std::string_view ns, reader.ReadString());
  ASSIGN_OR_RETURN(const std::string_view text, reader.ReadString());
  RETURN_IF_ERROR(reader.ExpectEnd());
  const AssetName name{kind, std::string(ns), std::string(text)};
  if (!value.has_value()) {
    registry.Forget(name);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const record::Name row, Decode<record::Name>("name", *value));
  if (row.asset() == 0) return base::DataLoss("a name without an asset");
  registry.Add(name, AssetId(row.asset()));
  return absl::OkStatus();
}

Status PublishedBuilder::ApplyAsset(std::string_view key, const std::optional<std::string>& value) {
  base::ByteReader reader(key);
  ASSIGN_OR_RETURN(const uint64_t number, reader.ReadU64());
  RETURN_IF_ERROR(reader.ExpectEnd());
  if (number == 0) return base::DataLoss("an asset numbered 0");
  const AssetId id(number);
  registry_->RaiseNextId(id);
  if (!value.has_value()) {
    labels_[id] = AssetLabels{};
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const record::AssetHeader header, Decode<record::AssetHeader>("asset", *value));
  // The name row of the same commit may come after this one.
  if (!names_come_apart_ && !registry_->ViewOf(id).has_value()) registry_->Add(NameOfHeader(header), id);
  labels_[id] = InternLabels(header, registry_->words(), *environments_);
  return absl::OkStatus();
}

template <typename Rows>
Status PublishedBuilder::ApplyPolicy(Rows& rows, std::string_view key, const std::optional<std::string>& value) {
  base::ByteReader reader(key);
  ASSIGN_OR_RETURN(const std::string_view id, reader.ReadString());
  RETURN_IF_ERROR(reader.ExpectEnd());
  policy_changed_ = true;
  if (!value.has_value()) {
    rows.erase(std::string(id));
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(rows[std::string(id)], Decode<typename Rows::mapped_type>("policy", *value));
  return absl::OkStatus();
}

PublishedBuilder::Next PublishedBuilder::Build(const Published& previous, Revision revision, Timestamp time) {
  auto published = std::make_shared<Published>(previous);
  published->revision = revision;
  published->time = time;
  Next next;
  const std::shared_ptr<const Environments> before = environments_;
  if (environments_changed_) {
    environments_ = std::make_shared<const Environments>(records_.environments, registry_->words());
  }
  const bool relabelled = SetLabels(next, *published);
  published->environments = environments_;
  if (std::exchange(environments_changed_, false)) MoveEnvironments(*before, next, *published);
  if (policy_changed_ || published->policy == nullptr) {
    published->policy = Policy::Compile(records_, registry_->words());
  }
  if (relabelled || policy_changed_) published->governance_revision = revision;
  policy_changed_ = false;
  next.published = std::move(published);
  return next;
}

std::shared_ptr<const AssetLabels> PublishedBuilder::Share(AssetLabels labels) {
  if (shared_.size() >= kSharedMax) shared_.clear();
  std::shared_ptr<const AssetLabels>& value = shared_[absl::Hash<AssetLabels>()(labels)];
  if (value == nullptr || *value != labels) value = std::make_shared<const AssetLabels>(std::move(labels));
  return value;
}

// Rules are few and change seldom, so all assets are looked at; each namespace is matched once.
void PublishedBuilder::MoveEnvironments(const Environments& before, Next& next, Published& published) {
  absl::flat_hash_map<uint32_t, std::pair<uint32_t, uint32_t>> of_namespace;
  for (uint64_t number = 1; number < published.labels.end(); ++number) {
    const AssetId id(number);
    const AssetLabels& labels = published.labels.Of(id);
    if (!labels.exists) continue;
    const auto [moved, fresh] = of_namespace.try_emplace(labels.namespace_word);
    if (fresh) {
      const std::string_view name_space = registry_->words().Text(labels.namespace_word);
      moved->second = {before.Of(name_space), environments_->Of(name_space)};
    }
    const auto [old_word, new_word] = moved->second;
    // Another word than the rules gave is the asset's own.
    if (old_word == new_word || labels.environment != old_word) continue;
    AssetLabels relabelled = labels;
    relabelled.environment = new_word;
    published.labels.Set(id, Share(std::move(relabelled)));
    next.all = true;
  }
}

bool PublishedBuilder::SetLabels(Next& next, Published& published) {
  const LabelColumns before_all = published.labels;
  bool relabelled = false;
  std::vector<AssetId> moved;
  for (auto& [id, labels] : std::exchange(labels_, {})) {
    const AssetLabels before = published.labels.Of(id);
    if (before == labels) continue;
    relabelled = relabelled || before.exists;
    members_.Move(id, before, labels);
    if (before.container != labels.container || before.domain != labels.domain) moved.push_back(id);
    published.live.Set(id, labels.exists && !labels.deleted);
    published.deleted.Set(id, labels.exists && labels.deleted);
    published.merged.Set(id, !labels.merged.empty());
    published.labels.Set(id, Share(std::move(labels)));
    next.touched.push_back(id);
  }
  for (const AssetId id : moved) {
    const auto below = members_.Descendants(id, kDescendantsMax);
    next.all = next.all || !below.has_value();
    if (below.has_value()) next.touched.insert(next.touched.end(), below->begin(), below->end());
  }
  TouchMerged(before_all, published.labels, next);
  return relabelled;
}

// What is decided of one name of a merged set is decided by the labels of all, of before and of now.
void PublishedBuilder::TouchMerged(const LabelColumns& before, const LabelColumns& after, Next& next) {
  absl::flat_hash_set<AssetId> others;
  for (const AssetId id : next.touched) {
    for (const LabelColumns* columns : {&before, &after}) {
      const MergedSet set = MergedWith(*columns, id, columns->Of(id));
      others.insert(set.others.begin(), set.others.end());
      next.all = next.all || !set.whole;
    }
  }
  for (const AssetId id : next.touched) others.erase(id);
  next.touched.insert(next.touched.end(), others.begin(), others.end());
}

}  // namespace cadastre::authz

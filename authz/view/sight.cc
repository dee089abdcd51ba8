#include "authz/view/sight.h"

#include <algorithm>
#include <utility>

#include "authz/view/row_codec.h"
#include "base/bytes.h"
#include "base/name_rules.h"
#include "base/status.h"
#include "cadastre/record/registry.pb.h"

namespace cadastre::authz {
namespace {

// Headers of then read for one asset: those of the names merged with it and of what each of them lies in.
constexpr size_t kThenHeadersMax = 4'096;
// Names taken from the registry at a time while hidden ones are passed over.
constexpr size_t kNamesAtATime = 256;

std::string ColumnsKey(AssetId id) {
  std::string key = StoredKey(Keyspace::kColumn, {});
  base::AppendU64(key, id.value());
  return key;
}

// Empty where it does not decode.
std::vector<std::string> PathOfRow(const storage::Row& row) {
  record::Column record;
  if (!DecodeRecord(row.value, &record).ok()) return {};
  return {record.path().begin(), record.path().end()};
}

template <typename Decisions, typename Decide>
bool DecidedOnce(Decisions& decisions, Privilege privilege, AssetId id, const Decide& decide) {
  const uint32_t bit = uint32_t{1} << static_cast<int>(privilege);
  const auto known = decisions.find(id);
  if (known != decisions.end() && (known->second.known & bit) != 0) return (known->second.held & bit) != 0;
  const bool held = decide();
  auto& decided = decisions[id];
  decided.known |= bit;
  if (held) decided.held |= bit;
  return held;
}

Privilege Least(Privilege privilege) { return privilege == Privilege::kNone ? Privilege::kBrowse : privilege; }

}  // namespace

Sight::Sight(ViewContext context, Viewer viewer, std::shared_ptr<const Published> published,
             std::shared_ptr<const RuleSet> rules, ReadPoint point, storage::ReadPass pass)
    : context_(context),
      viewer_(std::move(viewer)),
      published_(std::move(published)),
      rules_(std::move(rules)),
      point_(point),
      pass_(pass) {}

void Sight::MoveTo(const ReadPoint& point, storage::ReadPass pass) {
  point_ = point;
  pass_ = pass;
  decided_then_.clear();
  then_known_.clear();
  then_ = {};
  hidden_columns_.clear();
  column_paths_.clear();
}

const std::shared_ptr<const AssetBitmap>& Sight::AllowedBitmap(Privilege privilege) const {
  std::shared_ptr<const AssetBitmap>& bitmap = allowed_[static_cast<size_t>(privilege)];
  if (bitmap == nullptr) bitmap = context_.visibility->BitmapAt(published_, rules_, privilege);
  return bitmap;
}

bool Sight::AllowedNow(Privilege privilege, AssetId id) const {
  // A search or a walk of this view has made it already.
  if (const auto& bitmap = allowed_[static_cast<size_t>(privilege)]; bitmap != nullptr) return bitmap->Has(id);
  return DecidedOnce(decided_, privilege, id, [&] {
    return PolicyEvaluator(published_->labels, *context_.registry).Allows(*rules_, privilege, id);
  });
}

bool Sight::IsLive(AssetId id) const {
  if (show_deleted_) return true;
  if (!point_.known_as_of) return published_->live.Has(id);
  // Deleted or not is a value of then; what policy allows is checked under both.
  const AssetLabels* then = LabelsThen(id);
  return then != nullptr && !then->deleted;
}

bool Sight::Allows(Privilege privilege, AssetId id) const {
  privilege = Least(privilege);
  if (!AllowedNow(privilege, id) || !IsLive(id)) return false;
  return !point_.known_as_of || AllowedThen(privilege, id);
}

bool Sight::AllowsEverywhere(Privilege privilege) const {
  return privilege == Privilege::kNone || rules_->everywhere.Has(privilege);
}

bool Sight::AllowedThen(Privilege privilege, AssetId id) const {
  return DecidedOnce(decided_then_, privilege, id, [&] {
    const AssetLabels* labels = LabelsThen(id);
    const std::optional<AssetName> name = labels == nullptr ? std::nullopt : context_.registry->NameOf(id);
    return name && PolicyEvaluator(then_, *context_.registry).Allows(*rules_, privilege, id, *labels, *name);
  });
}

const AssetLabels* Sight::LabelsThen(AssetId id) const {
  if (!then_known_.contains(id)) LoadThen(id);
  const AssetLabels& labels = then_.Of(id);
  return labels.exists ? &labels : nullptr;
}

void Sight::LoadThen(AssetId id) const {
  std::vector<AssetId> open = {id};
  for (size_t headers = 0; !open.empty(); ++headers) {
    if (headers == kThenHeadersMax) {
      status_.Update(base::ResourceExhausted("the asset lay under more than 4,096 others at that time"));
      return;
    }
    const AssetId next = open.back();
    open.pop_back();
    if (!next.valid() || !then_known_.emplace(next, true).second) continue;
    std::string key = StoredKey(Keyspace::kAsset, {});
    base::AppendU64(key, next.value());
    StatusOr<std::optional<storage::Row>> row = context_.reader->Find(pass_, key);
    if (!row.ok()) {
      status_.Update(row.status());
      return;
    }
    if (!row->has_value()) continue;
    record::AssetHeader header;
    if (Status status = DecodeRecord((*row)->value, &header); !status.ok()) {
      status_.Update(status);
      return;
    }
    AssetLabels labels = InternLabels(header, context_.registry->words(), *published_->environments);
    open.push_back(labels.container);
    open.push_back(labels.domain);
    for (const MergedName& name : labels.merged) open.push_back(name.id);
    then_.Set(next, std::move(labels));
  }
}

const Sight::Hidden& Sight::HiddenOf(AssetId id) const {
  const auto [entry, fresh] = hidden_columns_.try_emplace(id);
  Hidden& hidden = entry->second;
  if (!fresh) return hidden;
  hidden.columns = PolicyEvaluator(published_->labels, *context_.registry).HiddenColumns(*rules_, id);
  if (point_.known_as_of && LabelsThen(id) != nullptr) {
    for (HiddenColumn& one : PolicyEvaluator(then_, *context_.registry).HiddenColumns(*rules_, id)) {
      hidden.columns.push_back(std::move(one));
    }
  }
  if (hidden.columns.empty()) return hidden;
  hidden.mask = ColumnMask(context_.registry->NameOf(id).value_or(AssetName()).name);
  for (const HiddenColumn& one : hidden.columns) hidden.mask.Hide(one.path);
  return hidden;
}

bool Sight::SeesColumn(AssetId id, ColumnId column) const {
  if (!Sees(id)) return false;
  const Hidden& hidden = HiddenOf(id);
  if (hidden.columns.empty()) return true;
  if (!column.valid()) return true;
  for (const HiddenColumn& one : hidden.columns) {
    if (one.column == column) return false;
  }
  // It may lie below a classified one, which only its path tells; without a path it is not shown.
  const std::vector<std::string> path = PathOf(id, column);
  return !path.empty() && SeesColumnPath(id, path);
}

bool Sight::SeesColumnPath(AssetId id, const std::vector<std::string>& path) const {
  return Sees(id) && !HiddenOf(id).mask.Hides(path);
}

bool Sight::SeesAllColumns(AssetId id) const { return Sees(id) && HiddenOf(id).columns.empty(); }

bool Sight::AllowsClasses(AssetId id, const std::vector<uint32_t>& classes) const {
  if (!Sees(id) || std::find(classes.begin(), classes.end(), 0u) != classes.end()) return false;
  if (!PolicyEvaluator(published_->labels, *context_.registry).AllowsColumn(*rules_, id, classes)) return false;
  if (!point_.known_as_of) return true;
  const AssetLabels* then = LabelsThen(id);
  const std::optional<AssetName> name = context_.registry->NameOf(id);
  return then != nullptr && name &&
         PolicyEvaluator(then_, *context_.registry).AllowsColumn(*rules_, id, *then, *name, classes);
}

std::vector<std::string> Sight::PathOf(AssetId id, ColumnId column) const {
  ColumnPaths& known = column_paths_[id];
  const auto found = known.paths.find(column);
  if (found != known.paths.end()) return found->second;
  if (known.whole) return {};
  if (Status status = known.paths.empty() ? LoadPath(id, column, &known) : LoadPaths(id, &known); !status.ok()) {
    status_.Update(status);
    return {};
  }
  return known.paths[column];
}

Status Sight::LoadPath(AssetId id, ColumnId column, ColumnPaths* known) const {
  std::string key = ColumnsKey(id);
  base::AppendU32(key, column.value());
  ASSIGN_OR_RETURN(const std::optional<storage::Row> row, context_.reader->Find(pass_, key));
  known->paths[column] = row ? PathOfRow(*row) : std::vector<std::string>();
  return absl::OkStatus();
}

Status Sight::LoadPaths(AssetId id, ColumnPaths* known) const {
  const std::string lower = ColumnsKey(id);
  const auto cursor = context_.reader->Scan(pass_, lower, base::PrefixEnd(lower));
  for (; cursor->Valid(); cursor->Next()) {
    base::ByteReader reader(std::string_view(cursor->row().key).substr(lower.size()));
    ASSIGN_OR_RETURN(const uint32_t column, reader.ReadU32());
    known->paths[ColumnId(column)] = PathOfRow(cursor->row());
  }
  known->whole = cursor->status().ok();
  return cursor->status();
}

void Sight::ShowDeleted() {
  show_deleted_ = true;
  shown_bitmaps_ = {};
}

const AssetBitmap& Sight::BitmapOf(Privilege privilege) const {
  privilege = Least(privilege);
  std::shared_ptr<const AssetBitmap>& bitmap = shown_bitmaps_[static_cast<size_t>(privilege)];
  if (bitmap != nullptr) return *bitmap;
  const std::shared_ptr<const AssetBitmap>& allowed = AllowedBitmap(privilege);
  if (show_deleted_ || published_->deleted.chunks().empty()) {
    bitmap = allowed;
  } else {
    bitmap = std::make_shared<const AssetBitmap>(allowed->AndNot(published_->deleted));
  }
  return *bitmap;
}

StatusOr<AssetId> Sight::Resolve(const CanonicalName& name) const {
  StatusOr<AssetId> exact = ResolveExact(name);
  const size_t owner_bytes = base::StatementOwnerBytes(*name);
  if (!absl::IsNotFound(exact.status()) || owner_bytes == 0) return exact;
  const StatusOr<AssetId> owner = ResolveExact(AssetName{name->kind, name->ns, name->name.substr(0, owner_bytes)});
  if (!owner.ok() || !published_->labels.Of(*owner).has_statements) return exact;
  return owner;
}

StatusOr<AssetId> Sight::ResolveExact(const CanonicalName& name) const {
  const std::optional<AssetId> id = context_.registry->Find(name);
  const bool sees = id && Sees(*id);
  RETURN_IF_ERROR(status_);
  if (!sees) return base::NotFound("there is no such asset, or you may not browse it");
  return *id;
}

std::optional<AssetName> Sight::NameOf(AssetId id) const {
  return Sees(id) ? context_.registry->NameOf(id) : std::nullopt;
}

std::optional<AssetName> Sight::RecordedNameOf(AssetId id) const {
  return AllowsEverywhere(Privilege::kAudit) ? context_.registry->NameOf(id) : std::nullopt;
}

std::optional<AssetId> Sight::RecordedIdOf(const CanonicalName& name) const {
  return AllowsEverywhere(Privilege::kAudit) ? context_.registry->Find(name) : std::nullopt;
}

std::vector<AssetId> Sight::ScanNames(AssetKind kind, std::string_view name_space, std::string_view prefix,
                                      std::string_view after, size_t max) const {
  std::vector<AssetId> visible;
  std::string last(after);
  while (visible.size() < max) {
    const std::vector<AssetId> ids = context_.registry->ScanNames(kind, name_space, prefix, last, kNamesAtATime);
    for (const AssetId id : ids) {
      if (visible.size() < max && Sees(id)) visible.push_back(id);
    }
    if (ids.size() < kNamesAtATime) break;
    const std::optional<AssetName> name = context_.registry->NameOf(ids.back());
    if (!name) break;
    last = name->name;
  }
  return visible;
}

std::vector<AssetId> Sight::ScanKind(AssetKind kind, std::string_view after_namespace, std::string_view after_name,
                                     size_t max) const {
  std::vector<AssetId> visible;
  for (const std::string& ns : context_.registry->Namespaces(kind)) {
    if (ns < after_namespace || visible.size() >= max) continue;
    const std::string_view after = ns == after_namespace ? after_name : std::string_view();
    for (const AssetId id : ScanNames(kind, ns, "", after, max - visible.size())) visible.push_back(id);
  }
  return visible;
}

const AssetLabels* Sight::LabelsOf(AssetId id) const {
  if (!Sees(id)) return nullptr;
  return point_.known_as_of ? LabelsThen(id) : &published_->labels.Of(id);
}

std::string_view Sight::Word(uint32_t number) const { return context_.registry->words().Text(number); }

uint32_t Sight::NumberOf(std::string_view word) const { return context_.registry->words().Find(word); }

}  // namespace cadastre::authz

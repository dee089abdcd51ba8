#include "server/wire/catalog_wire.h"

#include "catalog/aspect_kind.h"
#include "catalog/labels.h"
#include "server/rpc/options.h"
#include "server/wire/aspect_wire.h"

namespace cadastre::server {
namespace {

namespace v1 = catalog::v1;

constexpr size_t kSourcesMax = 16;

v1::Family FamilyOf(uint32_t number) {
  const catalog::AspectKind* kind = catalog::FindAspectKind(number);
  if (kind == nullptr) return v1::FAMILY_UNSPECIFIED;
  switch (kind->family) {
    case catalog::Family::kTechnical: return v1::FAMILY_TECHNICAL;
    case catalog::Family::kBusiness: return v1::FAMILY_BUSINESS;
    case catalog::Family::kOperational: return v1::FAMILY_OPERATIONAL;
    case catalog::Family::kFacet: return v1::FAMILY_UNSPECIFIED;
  }
  return v1::FAMILY_UNSPECIFIED;
}

// The contract numbers kinds as the table does.
v1::AspectKind AspectKindOf(uint32_t number) {
  const catalog::AspectKind* kind = catalog::FindAspectKind(number);
  return kind == nullptr ? v1::ASPECT_KIND_UNSPECIFIED : static_cast<v1::AspectKind>(kind->number);
}

void Fill(catalog::MergedAspect merged, v1::AspectValue* out) {
  out->set_family(FamilyOf(merged.number));
  *out->mutable_aspect() = WireAspect(std::move(merged.aspect));
  out->set_etag(std::move(merged.etag));
  out->set_omitted_bytes(static_cast<int64_t>(merged.omitted_bytes));
  for (catalog::Statement& statement : merged.sources) {
    if (static_cast<size_t>(out->sources_size()) >= kSourcesMax) break;
    v1::Source* source = out->add_sources();
    source->set_principal(std::move(*statement.producer.mutable_principal()));
    source->set_tool(std::move(*statement.producer.mutable_tool()));
    *source->mutable_held_at() = StampOf(statement.held);
    *source->mutable_committed_at() = StampOf(statement.committed);
    source->set_claim(statement.claim);
  }
}

v1::AspectValue* AddTo(v1::Asset& asset, uint32_t number) {
  switch (FamilyOf(number)) {
    case v1::FAMILY_TECHNICAL: return asset.add_technical();
    case v1::FAMILY_BUSINESS: return asset.add_business();
    case v1::FAMILY_OPERATIONAL: return asset.add_operational();
    default: return asset.add_facets();
  }
}

void FillColumn(catalog::ColumnPage column, v1::Column* out) {
  for (std::string& segment : column.path) out->add_path(std::move(segment));
  out->set_type(std::move(column.type));
  if (column.nullable) out->set_nullable(*column.nullable);
  out->set_primary_key(column.primary_key);
  out->set_ordinal(column.ordinal);
  out->set_orphaned(column.orphaned);
  out->set_description(std::move(column.description));
  out->set_source_id(column.source_id);
  for (catalog::MergedAspect& aspect : column.aspects) Fill(std::move(aspect), out->add_aspects());
}

void AddColumns(const std::vector<std::vector<std::string>>& paths,
                google::protobuf::RepeatedPtrField<v1::ColumnRef>* out) {
  for (const std::vector<std::string>& path : paths) out->Add()->mutable_path()->Assign(path.begin(), path.end());
}

v1::AliasState StateOf(catalog::AliasStanding standing) {
  switch (standing) {
    case catalog::AliasStanding::kMerged: return v1::ALIAS_STATE_MERGED;
    case catalog::AliasStanding::kClaimed: return v1::ALIAS_STATE_CLAIMED;
    case catalog::AliasStanding::kTakenBack: return v1::ALIAS_STATE_TAKEN_BACK;
  }
  return v1::ALIAS_STATE_UNSPECIFIED;
}

}  // namespace

v1::Asset ToProto(authz::Visible<catalog::AssetPage> page) {
  catalog::AssetPage shown = std::move(page).Take();
  v1::Asset out;
  *out.mutable_ref() = catalog::RefOfName(std::move(shown.name));
  for (catalog::ColumnPage& column : shown.columns) FillColumn(std::move(column), out.add_columns());
  for (catalog::MergedAspect& aspect : shown.aspects) Fill(std::move(aspect), AddTo(out, aspect.number));
  for (catalog::AliasState& alias : shown.aliases) {
    v1::Alias* one = out.add_aliases();
    *one->mutable_ref() = catalog::RefOfName(std::move(alias.name));
    one->set_state(StateOf(alias.standing));
    one->set_type(std::move(alias.type));
  }
  out.set_column_count(static_cast<int32_t>(shown.column_count));
  out.set_facet_count(static_cast<int32_t>(shown.facet_count));
  out.set_alias_count(static_cast<int32_t>(shown.alias_count));
  out.set_truncated(shown.truncated);
  if (shown.last_seen) *out.mutable_last_seen_at() = StampOf(*shown.last_seen);
  for (AssetName& container : shown.containers) *out.add_containers() = catalog::RefOfName(std::move(container));
  return out;
}

v1::AspectValue ToProto(authz::Visible<catalog::MergedAspect> value) {
  v1::AspectValue out;
  Fill(std::move(value).Take(), &out);
  return out;
}

void ToProto(authz::Visible<catalog::ColumnsPage> columns, v1::ListColumnsResponse& out) {
  catalog::ColumnsPage shown = std::move(columns).Take();
  for (catalog::ColumnPage& column : shown.columns) FillColumn(std::move(column), out.add_columns());
  out.set_total_size(static_cast<int32_t>(shown.total));
}

v1::AssetSummary ToProto(authz::Visible<catalog::AssetSummary> summary) {
  catalog::AssetSummary shown = std::move(summary).Take();
  v1::AssetSummary out;
  *out.mutable_ref() = catalog::RefOfName(std::move(shown.name));
  out.set_display_name(std::move(shown.display_name));
  out.set_subtype(std::move(shown.subtype));
  out.set_description(std::move(shown.description));
  out.set_platform(std::move(shown.platform));
  out.set_environment(std::move(shown.environment));
  if (shown.domain) *out.mutable_domain() = catalog::RefOfName(*std::move(shown.domain));
  for (std::string& tag : shown.tags) out.add_tags(std::move(tag));
  for (std::string& owner : shown.owners) out.add_owners(std::move(owner));
  if (shown.updated.micros() != 0) *out.mutable_updated_at() = StampOf(shown.updated);
  out.set_deleted(shown.deleted);
  out.set_dropped(shown.dropped);
  return out;
}

void ToProto(const authz::Visible<std::vector<catalog::HistoryItem>>& items, v1::GetHistoryResponse& out) {
  for (const catalog::HistoryItem& item : *items) {
    v1::HistoryEntry* entry = out.add_entries();
    for (const std::string& segment : item.path) entry->mutable_column()->add_path(segment);
    entry->set_family(FamilyOf(item.number));
    entry->set_kind(AspectKindOf(item.number));
    entry->set_omitted_bytes(static_cast<int64_t>(item.omitted_bytes));
    const catalog::AspectVersion& version = item.version;
    if (version.aspect) *entry->mutable_aspect() = WireAspect(*version.aspect);
    entry->mutable_source()->set_principal(version.producer.principal());
    entry->mutable_source()->set_tool(version.producer.tool());
    *entry->mutable_source()->mutable_held_at() = StampOf(version.held);
    if (version.committed.micros() != 0) *entry->mutable_source()->mutable_committed_at() = StampOf(version.committed);
  }
}

void ToProto(const authz::Visible<catalog::AssetDifference>& difference, v1::DiffAssetResponse& out) {
  for (const catalog::AspectDifference& one : difference->aspects) {
    v1::AspectChange* change = out.add_changes();
    for (const std::string& segment : one.path) change->mutable_column()->add_path(segment);
    change->set_kind(AspectKindOf(one.number));
    change->set_before_omitted_bytes(static_cast<int64_t>(one.before_omitted_bytes));
    change->set_after_omitted_bytes(static_cast<int64_t>(one.after_omitted_bytes));
    if (one.before) *change->mutable_before() = WireAspect(*one.before);
    if (one.after) *change->mutable_after() = WireAspect(*one.after);
  }
  AddColumns(difference->columns_added, out.mutable_columns_added());
  AddColumns(difference->columns_removed, out.mutable_columns_removed());
  AddColumns(difference->columns_retyped, out.mutable_columns_retyped());
  out.set_truncated(difference->truncated);
}

}  // namespace cadastre::server

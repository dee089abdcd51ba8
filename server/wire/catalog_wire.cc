#include "server/wire/catalog_wire.h"

#include "catalog/aspect_kind.h"
#include "catalog/labels.h"
#include "server/rpc/options.h"

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

std::string KindName(uint32_t number) {
  const catalog::AspectKind* kind = catalog::FindAspectKind(number);
  return kind == nullptr ? "" : std::string(kind->name);
}

void Fill(const catalog::MergedAspect& merged, v1::AspectValue* out) {
  out->set_family(FamilyOf(merged.number));
  *out->mutable_aspect() = merged.aspect;
  out->set_etag(merged.etag);
  for (const catalog::Statement& statement : merged.sources) {
    if (static_cast<size_t>(out->sources_size()) >= kSourcesMax) break;
    v1::Source* source = out->add_sources();
    source->set_principal(statement.producer.principal());
    source->set_tool(statement.producer.tool());
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

void FillColumn(const catalog::ColumnPage& column, v1::Column* out) {
  for (const std::string& segment : column.path) out->add_path(segment);
  out->set_type(column.type);
  if (column.nullable) out->set_nullable(*column.nullable);
  out->set_primary_key(column.primary_key);
  out->set_ordinal(column.ordinal);
  out->set_orphaned(column.orphaned);
  for (const catalog::MergedAspect& aspect : column.aspects) Fill(aspect, out->add_aspects());
}

const char* StandingWord(catalog::AliasStanding standing) {
  switch (standing) {
    case catalog::AliasStanding::kMerged: return "merged";
    case catalog::AliasStanding::kClaimed: return "claimed";
    case catalog::AliasStanding::kTakenBack: return "taken_back";
  }
  return "";
}

}  // namespace

v1::Asset ToProto(const authz::Visible<catalog::AssetPage>& page) {
  v1::Asset out;
  *out.mutable_ref() = catalog::RefOfName(page->name);
  for (const catalog::ColumnPage& column : page->columns) FillColumn(column, out.add_columns());
  for (const catalog::MergedAspect& aspect : page->aspects) Fill(aspect, AddTo(out, aspect.number));
  for (const catalog::AliasState& alias : page->aliases) {
    v1::Alias* one = out.add_aliases();
    *one->mutable_ref() = catalog::RefOfName(alias.name);
    one->set_state(StandingWord(alias.standing));
    one->set_type(alias.type);
  }
  if (page->last_seen) *out.mutable_last_seen_at() = StampOf(*page->last_seen);
  for (const AssetName& container : page->containers) *out.add_containers() = catalog::RefOfName(container);
  return out;
}

v1::AssetSummary ToProto(const authz::Visible<catalog::AssetSummary>& summary) {
  v1::AssetSummary out;
  *out.mutable_ref() = catalog::RefOfName(summary->name);
  out.set_display_name(summary->display_name);
  out.set_subtype(summary->subtype);
  out.set_description(summary->description);
  out.set_platform(summary->platform);
  out.set_environment(summary->environment);
  if (summary->domain) *out.mutable_domain() = catalog::RefOfName(*summary->domain);
  for (const std::string& tag : summary->tags) out.add_tags(tag);
  for (const std::string& owner : summary->owners) out.add_owners(owner);
  if (summary->updated.micros() != 0) *out.mutable_updated_at() = StampOf(summary->updated);
  out.set_deleted(summary->deleted);
  return out;
}

void ToProto(const authz::Visible<std::vector<catalog::HistoryItem>>& items, v1::GetHistoryResponse& out) {
  for (const catalog::HistoryItem& item : *items) {
    v1::HistoryEntry* entry = out.add_entries();
    for (const std::string& segment : item.path) entry->add_column_path(segment);
    entry->set_family(FamilyOf(item.number));
    entry->set_kind(KindName(item.number));
    const catalog::AspectVersion& version = item.version;
    if (version.aspect) *entry->mutable_aspect() = *version.aspect;
    entry->mutable_source()->set_principal(version.producer.principal());
    entry->mutable_source()->set_tool(version.producer.tool());
    *entry->mutable_source()->mutable_held_at() = StampOf(version.held);
    if (version.committed.micros() != 0) *entry->mutable_source()->mutable_committed_at() = StampOf(version.committed);
  }
}

void ToProto(const authz::Visible<catalog::AssetDifference>& difference, v1::DiffAssetResponse& out) {
  for (const catalog::AspectDifference& one : difference->aspects) {
    v1::AspectChange* change = out.add_changes();
    for (const std::string& segment : one.path) change->add_column_path(segment);
    change->set_kind(KindName(one.number));
    if (one.before) *change->mutable_before() = *one.before;
    if (one.after) *change->mutable_after() = *one.after;
  }
  for (const std::string& path : difference->columns_added) out.add_columns_added(path);
  for (const std::string& path : difference->columns_removed) out.add_columns_removed(path);
  for (const std::string& path : difference->columns_retyped) out.add_columns_retyped(path);
}

}  // namespace cadastre::server

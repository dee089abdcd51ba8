#include "ingestors/openlineage/facet.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "base/time_format.h"
#include "ingestors/openlineage/json_document.h"

namespace cadastre::openlineage {

namespace {

catalog::v1::Aspect Verbatim(const RawFacet& raw) {
  catalog::v1::Aspect aspect;
  aspect.mutable_facet()->set_name(std::string(raw.name));
  aspect.mutable_facet()->set_json(std::string(raw.json));
  return aspect;
}

// An aspect of that case without content.
catalog::v1::Aspect EmptyAspect(catalog::v1::Aspect::ValueCase value) {
  catalog::v1::Aspect aspect;
  const google::protobuf::FieldDescriptor* field = aspect.GetDescriptor()->FindFieldByNumber(value);
  aspect.GetReflection()->MutableMessage(&aspect, field);
  return aspect;
}

void TakeBack(Facet& facet, const KnownFacet* known) {
  if (facet.site.run_facets != nullptr) return;
  if (known != nullptr && (known->name == "columnLineage" || known->name == "lineage")) {
    return facet.mapping.AddStatement(facet.site.asset, /*stated_empty=*/true);
  }
  if (known != nullptr && known->aspect == catalog::v1::Aspect::kTags) facet.mapping.AddRetagged(facet.site.asset);
  catalog::v1::Aspect aspect;
  if (known == nullptr) {
    aspect.mutable_facet()->set_name(std::string(facet.raw.name));
  } else if (known->aspect != catalog::v1::Aspect::VALUE_NOT_SET) {
    aspect = EmptyAspect(known->aspect);
  } else {
    facet.Warn("deleted_facet_ignored");
    return;
  }
  facet.mapping.AddAspect(facet.site.asset, {}, std::move(aspect), /*deleted=*/true);
}

void MapFacet(Mapping& mapping, const FacetSite& site, const RawFacet& raw, const KnownFacet* known) {
  const simdjson::dom::element value = mapping.event().document->ValueOf(raw);
  bool keep = known == nullptr || known->legacy;
  FacetShape shape{.items_left = &mapping.items_left()};
  FacetShape ignored = shape;
  {
    JsonObject root(value, known != nullptr ? shape : ignored);
    Facet facet(mapping, site, raw, root);
    root.Ignore("_producer");
    root.Ignore("_schemaURL");
    if (root.Bool("_deleted").value_or(false)) {
      TakeBack(facet, known);
      return;
    }
    if (known == nullptr) {
      if (!value.is_object()) facet.Warn("facet_not_an_object");
    } else if (value.is_object()) {
      known->read(facet);
    }
    if (known != nullptr && known->legacy) facet.Warn("legacy_facet_name");
    if (shape.wrong) facet.Warn("facet_shape");
    if (shape.unkept) facet.Warn("text_not_kept");
    if (shape.cut) facet.Warn("too_many_column_pairs");
  }
  keep = keep || shape.wrong || shape.extra || shape.cut || raw.rounded;
  if (!keep) return;
  JsonObject root(value, ignored);
  Facet(mapping, site, raw, root).Emit(Verbatim(raw));
}

FacetPass PassOf(std::string_view name) {
  if (name == "schema") return FacetPass::kSchema;
  return name == "lineage" ? FacetPass::kLineage : FacetPass::kRest;
}

}  // namespace

void Facet::Emit(catalog::v1::Aspect aspect) {
  if (site.run_facets == nullptr) return mapping.AddAspect(site.asset, {}, std::move(aspect));
  if (site.of_statement) {
    const auto same = [&](const catalog::v1::Aspect& other) {
      return other.value_case() == aspect.value_case() && other.facet().name() == aspect.facet().name();
    };
    if (std::any_of(site.run_facets->begin(), site.run_facets->end(), same)) {
      aspect = Verbatim(raw);
      aspect.mutable_facet()->set_name("job." + aspect.facet().name());
    }
  }
  site.run_facets->push_back(std::move(aspect));
}

void Facet::EmitMeasured(catalog::v1::Aspect aspect) {
  if (site.run_facets != nullptr && !site.folded) mapping.AddAspect(site.asset, {}, aspect);
  Emit(std::move(aspect));
}

void Facet::EmitOnAsset(catalog::v1::Aspect aspect, ColumnPath column) {
  mapping.AddAspect(site.asset, std::move(column), std::move(aspect));
}

void Facet::Warn(std::string_view cause) { mapping.Warn(cause, base::Cat(site.path, ".", raw.name)); }

void MapFacets(Mapping& mapping, const FacetSite& site, std::span<const RawFacet> facets,
               std::span<const KnownFacet> table, FacetPass pass) {
  for (const RawFacet& raw : facets) {
    if (PassOf(raw.name) != pass) continue;
    const auto known =
        std::find_if(table.begin(), table.end(), [&](const KnownFacet& row) { return row.name == raw.name; });
    if (known != table.end() && known->read == nullptr) continue;
    MapFacet(mapping, site, raw, known == table.end() ? nullptr : &*known);
  }
}

void SetRef(catalog::v1::AssetRef* ref, const base::AssetName& asset) {
  ref->set_kind(std::string(base::AssetKindWord(asset.kind)));
  ref->set_namespace_(asset.ns);
  ref->set_name(asset.name);
}

void SetTime(google::protobuf::Timestamp* out, base::Timestamp at) {
  constexpr int64_t kMicros = 1'000'000;
  const int64_t micros = ((at.micros() % kMicros) + kMicros) % kMicros;
  out->set_seconds((at.micros() - micros) / kMicros);
  out->set_nanos(static_cast<int32_t>(micros * 1'000));
}

std::optional<base::Timestamp> ReadTime(Facet& facet, std::string_view key) {
  const std::string text = facet.root.Text(key);
  if (text.empty()) return std::nullopt;
  const absl::StatusOr<base::ParsedTime> time = base::ParseTime(text);
  if (!time.ok()) {
    facet.root.Wrong();
    return std::nullopt;
  }
  if (!time->rfc3339) facet.mapping.Warn("time_not_rfc3339", base::Cat(facet.site.path, ".", facet.raw.name, ".", key));
  return time->at;
}

std::optional<base::AssetName> ReadName(Facet& facet, JsonObject& identity, base::AssetKind kind) {
  const std::string ns = identity.RequiredText("namespace");
  const std::string name = identity.RequiredText("name");
  if (ns.empty() || name.empty()) return std::nullopt;
  std::optional<base::AssetName> asset = facet.mapping.Name(kind, ns, name);
  if (!asset.has_value()) identity.Wrong();
  return asset;
}

}  // namespace cadastre::openlineage

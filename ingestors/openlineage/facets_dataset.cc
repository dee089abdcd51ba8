// Facets that say what a dataset is: schema, source, storage, catalog, place, life.
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/limits.h"
#include "ingestors/openlineage/facet_handlers.h"

namespace cadastre::openlineage {

using catalog::v1::Aspect;

namespace {

constexpr int kSchemaDepthMax = static_cast<int>(base::kColumnPathSegmentsMax);

// Reads fields into `out` until the schema is too large to keep as columns.
class SchemaReader {
 public:
  bool too_large() const { return too_large_; }

  bool duplicate() const { return duplicate_; }

  void Read(JsonObject& parent, google::protobuf::RepeatedPtrField<catalog::v1::SchemaField>* out, int depth) {
    absl::flat_hash_set<std::string> names;
    parent.EachObject("fields", [&](JsonObject& field) {
      if (++count_ > base::kColumnsPerAssetMax || depth > kSchemaDepthMax) too_large_ = true;
      if (too_large_) return;
      const std::string name = field.RequiredText("name");
      if (name.size() > base::kColumnSegmentBytesMax) field.Wrong();
      if (name.empty() || name.size() > base::kColumnSegmentBytesMax) return;
      // Of columns of one name the first stands.
      if (!names.insert(name).second) {
        duplicate_ = true;
        return field.Wrong();
      }
      catalog::v1::SchemaField* read = out->Add();
      read->set_name(name);
      read->set_type(field.Text("type"));
      read->set_description(field.Text("description"));
      const std::optional<int64_t> ordinal = field.Integer("ordinal_position");
      if (ordinal.has_value() && *ordinal > 0 && *ordinal <= INT32_MAX) {
        read->set_ordinal_position(static_cast<int32_t>(*ordinal));
      }
      Read(field, read->mutable_fields(), depth + 1);
    });
  }

 private:
  size_t count_ = 0;
  bool too_large_ = false;
  bool duplicate_ = false;
};

void DescribeColumns(Facet& facet, const google::protobuf::RepeatedPtrField<catalog::v1::SchemaField>& fields,
                     const ColumnPath& above) {
  for (const catalog::v1::SchemaField& field : fields) {
    ColumnPath path = above;
    path.push_back(field.name());
    if (!field.description().empty()) {
      Aspect aspect;
      aspect.mutable_documentation()->set_text(field.description());
      facet.EmitOnAsset(std::move(aspect), path);
    }
    DescribeColumns(facet, field.fields(), path);
  }
}

}  // namespace

// A schema without fields states nothing: producers send it when they do not know the columns.
void ReadSchema(Facet& facet) {
  Aspect aspect;
  catalog::v1::Schema* schema = aspect.mutable_schema();
  SchemaReader reader;
  reader.Read(facet.root, schema->mutable_fields(), 1);
  if (reader.duplicate()) facet.Warn("duplicate_column");
  if (reader.too_large()) {
    facet.root.Wrong();
    facet.Warn("too_many_fields");
    return;
  }
  if (schema->fields().empty()) {
    facet.Warn("empty_schema");
    return;
  }
  facet.mapping.LearnSchema(facet.site.asset, *schema);
  DescribeColumns(facet, schema->fields(), {});
  facet.Emit(std::move(aspect));
}

void ReadDataSource(Facet& facet) {
  Aspect aspect;
  aspect.mutable_data_source()->set_name(facet.root.Text("name"));
  aspect.mutable_data_source()->set_uri(facet.root.Text("uri"));
  facet.Emit(std::move(aspect));
}

void ReadVersion(Facet& facet) {
  const std::string version = facet.root.RequiredText("datasetVersion");
  if (version.empty()) return;
  Aspect aspect;
  aspect.mutable_dataset_version()->set_version(version);
  facet.Emit(std::move(aspect));
}

void ReadStorage(Facet& facet) {
  Aspect aspect;
  aspect.mutable_storage()->set_storage_layer(facet.root.RequiredText("storageLayer"));
  aspect.mutable_storage()->set_file_format(facet.root.Text("fileFormat"));
  facet.Emit(std::move(aspect));
}

void ReadCatalog(Facet& facet) {
  Aspect aspect;
  catalog::v1::CatalogEntry* entry = aspect.mutable_catalog_entry();
  entry->set_framework(facet.root.RequiredText("framework"));
  entry->set_type(facet.root.RequiredText("type"));
  entry->set_name(facet.root.RequiredText("name"));
  entry->set_metadata_uri(facet.root.Text("metadataUri"));
  entry->set_warehouse_uri(facet.root.Text("warehouseUri"));
  entry->set_source(facet.root.Text("source"));
  facet.root.EachMember("catalogProperties", [&](std::string_view name, simdjson::dom::element value) {
    (*entry->mutable_properties())[std::string(name)] = ElementAsText(value);
  });
  facet.Emit(std::move(aspect));
}

void ReadHierarchy(Facet& facet) {
  Aspect aspect;
  catalog::v1::Hierarchy* hierarchy = aspect.mutable_hierarchy();
  const bool stated = facet.root.EachObject("hierarchy", [&](JsonObject& level) {
    catalog::v1::Hierarchy::Level* read = hierarchy->add_levels();
    read->set_type(level.RequiredText("type"));
    read->set_name(level.RequiredText("name"));
  });
  if (!stated) return facet.root.Wrong();
  facet.Emit(std::move(aspect));
}

void ReadDatasetType(Facet& facet) {
  const std::string type = facet.root.RequiredText("datasetType");
  Aspect aspect;
  aspect.mutable_dataset_type()->set_type(type);
  aspect.mutable_dataset_type()->set_sub_type(facet.root.Text("subType"));
  if (!type.empty()) facet.Emit(std::move(aspect));
}

void ReadLifecycle(Facet& facet) {
  const std::string change = facet.root.RequiredText("lifecycleStateChange");
  if (change.empty()) return;
  Aspect aspect;
  aspect.mutable_lifecycle_change()->set_change(change);
  if (const std::optional<JsonObject::Element> previous = facet.root.Inner("previousIdentifier")) {
    JsonObject identity(*previous, facet.root.shape());
    if (const std::optional<base::AssetName> name = ReadName(facet, identity, base::AssetKind::kDataset)) {
      SetRef(aspect.mutable_lifecycle_change()->mutable_previous(), *name);
      if (change == "RENAME") facet.mapping.AddAlias(facet.site.asset, *name, "RENAME");
    }
  }
  facet.Emit(std::move(aspect));
}

// What Spark's integration called lifecycleStateChange before it was in the specification.
void ReadTableStateChange(Facet& facet) {
  const std::string change = facet.root.RequiredText("stateChange");
  if (change.empty()) return;
  Aspect aspect;
  aspect.mutable_lifecycle_change()->set_change(change);
  facet.Emit(std::move(aspect));
}

void ReadSymlinks(Facet& facet) {
  size_t read = 0;
  bool cut = false;
  facet.root.EachObject("identifiers", [&](JsonObject& identifier) {
    if (cut || !facet.mapping.TakeSymlink(read++)) {
      cut = true;
      return;
    }
    const std::string type = identifier.Text("type");
    const std::optional<base::AssetName> name = ReadName(facet, identifier, base::AssetKind::kDataset);
    if (name.has_value()) facet.mapping.AddAlias(facet.site.asset, *name, type);
  });
  if (cut) facet.Warn("too_many_symlinks");
}

}  // namespace cadastre::openlineage

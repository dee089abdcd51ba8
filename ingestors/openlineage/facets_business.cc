// Facets people care for: documentation, owners, tags; on datasets, jobs and runs alike.
#include <map>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "base/limits.h"
#include "ingestors/openlineage/facet_handlers.h"

namespace cadastre::openlineage {

using catalog::v1::Aspect;

// An empty description states nothing: tools send it for everything nobody has described.
void ReadDocumentation(Facet& facet) {
  const std::optional<std::string> text = facet.root.StatedText("description");
  const std::string content_type = facet.root.Text("contentType");
  if (!text.has_value()) return facet.root.Wrong();
  if (text->empty()) return facet.Warn("empty_documentation");
  Aspect aspect;
  aspect.mutable_documentation()->set_text(*text);
  aspect.mutable_documentation()->set_content_type(content_type);
  facet.Emit(std::move(aspect));
}

void ReadOwnership(Facet& facet) {
  Aspect aspect;
  catalog::v1::Ownership* ownership = aspect.mutable_ownership();
  absl::flat_hash_set<std::pair<std::string, std::string>> seen;
  facet.root.EachObject("owners", [&](JsonObject& owner) {
    const std::string name = owner.RequiredText("name");
    const std::string type = owner.Text("type");
    if (name.empty() || !seen.emplace(name, type).second) return;
    if (name.size() > base::kOwnerBytesMax || ownership->owners_size() == base::kListEntriesMax) return owner.Wrong();
    catalog::v1::Ownership::Owner* read = ownership->add_owners();
    read->set_owner(name);
    read->set_type(type);
  });
  // Without a readable owner the facet asserts none only if it says so.
  if (ownership->owners().empty() && facet.root.shape().wrong) return;
  facet.Emit(std::move(aspect));
}

void ReadTags(Facet& facet) {
  Aspect of_asset;
  of_asset.mutable_tags();
  std::map<ColumnPath, Aspect> of_columns;
  facet.root.EachObject("tags", [&](JsonObject& tag) {
    const std::string key = tag.RequiredText("key");
    const std::string value = tag.AnyAsText("value");
    const std::string source = tag.Text("source");
    const std::string field = tag.Text("field");
    if (key.empty()) return;
    if (key.size() > base::kTagKeyBytesMax) return tag.Wrong();
    const ColumnPath column = field.empty() ? ColumnPath() : facet.mapping.ColumnOf(facet.site.asset, field);
    if (!field.empty() && column.empty()) return tag.Wrong();
    Aspect& aspect = column.empty() ? of_asset : of_columns[column];
    if (aspect.tags().tags_size() == base::kListEntriesMax) return tag.Wrong();
    catalog::v1::Tags::Tag* read = aspect.mutable_tags()->add_tags();
    read->set_key(key);
    read->set_value(value);
    read->set_source(source);
    read->set_field(field);
  });
  if (of_asset.tags().tags().empty() && facet.root.shape().wrong && of_columns.empty()) return;
  if (facet.site.run_facets == nullptr) facet.mapping.AddRetagged(facet.site.asset);
  facet.Emit(std::move(of_asset));
  for (auto& [column, aspect] : of_columns) facet.EmitOnAsset(std::move(aspect), column);
}

}  // namespace cadastre::openlineage

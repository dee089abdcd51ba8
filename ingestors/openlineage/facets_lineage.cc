// Facets that state edges: the explicit `lineage` of datasets, jobs and runs, and `columnLineage`.
#include <utility>

#include "ingestors/openlineage/facet_handlers.h"

namespace cadastre::openlineage {

namespace {

using Pairs = std::vector<ColumnPair>;

// The transformations of one input as column pairs that still lack their ends; none stated gives one without a type.
Pairs ReadTransformations(Facet& facet, JsonObject& input) {
  Pairs pairs;
  bool empty_text = false;
  input.EachObject("transformations", [&](JsonObject& item) {
    ColumnPair& pair = pairs.emplace_back();
    pair.type = item.Text("type");
    pair.subtype = item.Text("subtype");
    pair.description = item.Text("description");
    pair.masking = item.Bool("masking").value_or(false);
    empty_text = empty_text || pair.type.empty();
  });
  if (empty_text) facet.Warn("empty_transformation");
  if (pairs.empty()) pairs.emplace_back();
  return pairs;
}

// An entity of the lineage facet: a dataset, or a job; a job without a name is the event's own.
std::optional<base::AssetName> ReadEntity(Facet& facet, JsonObject& object) {
  const std::string type = object.RequiredText("type");
  if (type == "JOB") {
    const std::string ns = object.Text("namespace");
    const std::string name = object.Text("name");
    if (ns.empty() && name.empty() && facet.mapping.out().job.has_value()) return facet.mapping.out().job;
    std::optional<base::AssetName> job = facet.mapping.Name(base::AssetKind::kJob, ns, name);
    if (!job.has_value()) object.Wrong();
    return job;
  }
  if (type != "DATASET") object.Wrong();
  return ReadName(facet, object, base::AssetKind::kDataset);
}

EdgeKind KindOf(const base::AssetName& from, const base::AssetName& to) {
  const bool from_job = from.kind == base::AssetKind::kJob;
  const bool to_job = to.kind == base::AssetKind::kJob;
  if (from_job) return to_job ? EdgeKind::kTriggers : EdgeKind::kProduces;
  return to_job ? EdgeKind::kConsumes : EdgeKind::kDerives;
}

// One input of `target`, or of its column `to`.
void ReadInput(Facet& facet, JsonObject& input, const base::AssetName& target, const ColumnPath& to) {
  const std::optional<base::AssetName> from = ReadEntity(facet, input);
  const std::string field = input.Text("field");
  Pairs pairs = ReadTransformations(facet, input);
  if (!from.has_value()) return;
  const ColumnPath column = field.empty() ? ColumnPath() : facet.mapping.ColumnOf(*from, field);
  if (!field.empty() && column.empty()) return input.Wrong();
  const EdgeKind kind = KindOf(*from, target);
  facet.mapping.AddEdge(kind, EdgeBasis::kLineage, *from, target);
  for (ColumnPair& pair : pairs) {
    // Nothing beyond the edge itself.
    if (column.empty() && to.empty() && pair == ColumnPair()) continue;
    pair.from = column;
    pair.to = to;
    const bool added = facet.mapping.AddColumnPair(kind, EdgeBasis::kLineage, *from, target, std::move(pair));
    if (!added) input.shape().cut = true;
  }
}

// `inputs` and `fields` of one target.
void ReadTarget(Facet& facet, JsonObject& object, const base::AssetName& target) {
  size_t inputs = 0;
  const bool inputs_stated = object.EachObject("inputs", [&](JsonObject& input) {
    ++inputs;
    ReadInput(facet, input, target, {});
  });
  const bool fields_stated = object.EachMember("fields", [&](std::string_view name, simdjson::dom::element value) {
    JsonObject field(value, object.shape());
    const ColumnPath column = facet.mapping.ColumnOf(target, name);
    if (column.empty()) return field.Wrong();
    const bool stated = field.EachObject("inputs", [&](JsonObject& input) { ReadInput(facet, input, target, column); });
    if (!stated) field.Wrong();
  });
  if (!inputs_stated && !fields_stated) return;
  facet.mapping.Cover(EdgeBasis::kLineage, target);
  facet.mapping.AddStatement(target, inputs_stated && inputs == 0);
}

// One input field of columnLineage; `to` is empty for what the whole dataset depends on.
void ReadInputField(Facet& facet, JsonObject& input, const ColumnPath& to, const ColumnPair& of_field) {
  const std::optional<base::AssetName> from = ReadName(facet, input, base::AssetKind::kDataset);
  const std::string text = input.RequiredText("field");
  Pairs pairs = ReadTransformations(facet, input);
  if (!from.has_value()) return;
  const ColumnPath column = facet.mapping.ColumnOf(*from, text);
  if (column.empty()) return input.Wrong();
  facet.mapping.Cover(EdgeBasis::kColumnLineage, facet.site.asset);
  for (ColumnPair& pair : pairs) {
    if (pair == ColumnPair()) pair = of_field;
    pair.from = column;
    pair.to = to;
    const bool added = facet.mapping.AddColumnPair(EdgeKind::kDerives, EdgeBasis::kColumnLineage, *from,
                                                   facet.site.asset, std::move(pair));
    if (!added) input.shape().cut = true;
  }
}

}  // namespace

void ReadDatasetLineage(Facet& facet) { ReadTarget(facet, facet.root, facet.site.asset); }

void ReadEntriesLineage(Facet& facet) {
  const auto read_entry = [&](JsonObject& entry) {
    const std::optional<base::AssetName> target = ReadEntity(facet, entry);
    if (target.has_value()) ReadTarget(facet, entry, *target);
  };
  const bool stated = facet.root.EachObject("entries", read_entry);
  // What the key was called before the facet was released.
  const bool former = facet.root.EachObject("lineage", read_entry);
  if (!stated && !former) facet.root.Wrong();
}

void ReadColumnLineage(Facet& facet) {
  if (facet.mapping.IsCoveredBy(EdgeBasis::kLineage, facet.site.asset)) {
    facet.Warn("outranked_by_lineage");
    facet.root.KeepVerbatim();
    return;
  }
  facet.root.EachMember("fields", [&](std::string_view name, simdjson::dom::element value) {
    JsonObject field(value, facet.root.shape());
    const ColumnPath to = facet.mapping.ColumnOf(facet.site.asset, name);
    if (to.empty()) return field.Wrong();
    // One transformation for all inputs of the field, as versions before 1-1-0 had it.
    ColumnPair of_field;
    const std::optional<std::string> type = field.StatedText("transformationType");
    of_field.subtype = type.value_or("");
    // Both words are of what a value itself becomes (DIRECT); what filters or sorts had no word yet.
    if (of_field.subtype == "IDENTITY" || of_field.subtype == "MASKED") of_field.type = "DIRECT";
    of_field.description = field.Text("transformationDescription");
    if (type == "") facet.Warn("empty_transformation");
    of_field.masking = of_field.subtype == "MASKED";
    const bool stated =
        field.EachObject("inputFields", [&](JsonObject& input) { ReadInputField(facet, input, to, of_field); });
    if (!stated) field.Wrong();
  });
  facet.root.EachObject("dataset", [&](JsonObject& input) { ReadInputField(facet, input, {}, ColumnPair()); });
  // A dataset that speaks for itself, such as a view, says all it comes from.
  if (facet.mapping.event().shape == EventShape::kDataset &&
      facet.mapping.IsCoveredBy(EdgeBasis::kColumnLineage, facet.site.asset)) {
    facet.mapping.AddStatement(facet.site.asset, /*stated_empty=*/false);
  }
}

}  // namespace cadastre::openlineage

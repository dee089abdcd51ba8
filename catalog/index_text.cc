#include "catalog/index_text.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/status.h"
#include "catalog/column_writer.h"
#include "catalog/labels.h"
#include "catalog/merge.h"
#include "catalog/summary.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

using Path = std::vector<std::string>;
using ByKind = std::map<std::pair<ColumnId, uint32_t>, std::vector<Statement>>;

bool IsIndexed(uint32_t number) {
  const AspectKind* kind = FindAspectKind(number);
  return kind != nullptr && (kind->text || kind->faceted);
}

void FillTerms(const authz::SystemView& view, const v1::GlossaryTerms& terms, IndexText& out) {
  for (const auto& term : terms.terms()) {
    const StatusOr<AssetName> name = NameOfRef(term.term(), "term");
    if (!name.ok()) continue;
    if (const std::optional<AssetId> id = view.registry().Find(*name)) out.terms.push_back(*id);
  }
  std::sort(out.terms.begin(), out.terms.end());
}

void FillBusiness(const authz::SystemView& view, const v1::Aspect& aspect, IndexText& out) {
  switch (aspect.value_case()) {
    case v1::Aspect::kDocumentation: out.description = aspect.documentation().text(); break;
    case v1::Aspect::kDisplayName: out.display_name = aspect.display_name().name(); break;
    case v1::Aspect::kGlossaryTerms: FillTerms(view, aspect.glossary_terms(), out); break;
    case v1::Aspect::kCertification: out.certification = aspect.certification().level(); break;
    case v1::Aspect::kDeprecation: out.deprecated = aspect.deprecation().deprecated(); break;
    case v1::Aspect::kDatasetType: out.subtype = aspect.dataset_type().type(); break;
    case v1::Aspect::kJobType: out.subtype = aspect.job_type().job_type(); break;
    default: break;
  }
}

// Facets count what policy reads, so words of labels come from the labels themselves.
void FillLabels(const authz::SystemView& view, const authz::AssetLabels& labels, IndexText& out) {
  const authz::WordTable& words = view.registry().words();
  const auto texts = [&](const std::vector<uint32_t>& numbers) {
    std::vector<std::string> result;
    for (const uint32_t number : numbers) result.emplace_back(words.Text(number));
    std::sort(result.begin(), result.end());
    return result;
  };
  out.deleted = labels.deleted;
  out.environment = words.Text(labels.environment);
  out.tags = texts(labels.tags);
  out.owners = texts(labels.owners);
  out.classifications = texts(labels.classes);
  if (labels.domain.valid()) out.domain = view.registry().NameOf(labels.domain);
}

std::vector<std::string> ClassesOf(const authz::SystemView& view, const authz::AssetLabels& labels, const Path& path) {
  std::set<std::string> classes;
  for (const authz::ClassifiedColumn& column : labels.columns) {
    if (column.path.size() > path.size() || !std::equal(column.path.begin(), column.path.end(), path.begin())) continue;
    for (const uint32_t number : column.classes) classes.emplace(view.registry().words().Text(number));
  }
  return {classes.begin(), classes.end()};
}

void FillColumns(const authz::SystemView& view, const authz::AssetLabels& labels, const v1::Schema& schema,
                 const std::map<Path, std::string>& descriptions, IndexText& out) {
  for (const FlatField& flat : Flatten(schema)) {
    IndexColumn column;
    column.path = JoinPath(flat.path);
    const auto described = descriptions.find(flat.path);
    column.description = described == descriptions.end() ? flat.field->description() : described->second;
    column.classes = ClassesOf(view, labels, flat.path);
    out.columns.push_back(std::move(column));
  }
}

}  // namespace

StatusOr<std::optional<IndexText>> DescribeForIndex(const authz::SystemView& view, AssetId id) {
  const authz::AssetLabels& labels = view.published().labels.Of(id);
  const std::optional<AssetName> name = view.registry().NameOf(id);
  if (!labels.exists || !name) return std::optional<IndexText>();
  IndexText out;
  out.name = *name;
  out.platform = PlatformOf(*name);
  FillLabels(view, labels, out);

  ByKind statements;
  RETURN_IF_ERROR(view.Scan<record::AspectRow>(kAspects, AspectPrefix(id), "", [&](const auto& row) {
    const std::optional<AspectKey> key = DecodeAspectKey(row.key);
    if (key && IsIndexed(key->aspect)) {
      statements[{key->column, key->aspect}].push_back(StatementOf(row.record, row.held));
    }
    return true;
  }));
  std::map<ColumnId, Path> paths;
  RETURN_IF_ERROR(view.Scan<record::Column>(kColumns, ColumnPrefix(id), "", [&](const auto& row) {
    if (const auto column = DecodeColumnKey(row.key)) paths[*column] = PathOf(row.record.path());
    return true;
  }));
  v1::Schema schema;
  std::map<Path, std::string> descriptions;
  for (auto& [key, list] : statements) {
    const auto merged = MergeStatements(*FindAspectKind(key.second), std::move(list));
    if (!merged) continue;
    if (!key.first.valid() && IsSummarized(key.second) && !merged->sources.empty()) {
      out.updated = std::max(out.updated, merged->sources.front().held);
    }
    if (key.first.valid()) {
      if (merged->aspect.has_documentation()) descriptions[paths[key.first]] = merged->aspect.documentation().text();
    } else if (merged->aspect.has_schema()) {
      schema = merged->aspect.schema();
    } else {
      FillBusiness(view, merged->aspect, out);
    }
  }
  FillColumns(view, labels, schema, descriptions, out);
  return std::optional<IndexText>(std::move(out));
}

}  // namespace cadastre::catalog

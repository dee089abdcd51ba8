#include "catalog/index_text.h"

#include <algorithm>
#include <map>
#include <set>

#include "authz/policy/column_mask.h"
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
    result.reserve(numbers.size());
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

// What is classified under any of the names merged with an asset, whoever may see them: as policy masks.
class Classified {
 public:
  Classified(const authz::SystemView& view, AssetId id)
      : words_(&view.registry().words()), mask_(view.registry().NameOf(id).value_or(AssetName()).name) {
    const authz::LabelColumns& all = view.published().labels;
    Add(all.Of(id));
    for (const AssetId other : authz::MergedWith(all, id, all.Of(id)).others) Add(all.Of(other));
    AddFormerNames();
  }

  std::vector<std::string> ClassesOf(const Path& path) const {
    std::set<std::string> classes;
    for (const uint32_t number : NumbersOf(path)) classes.emplace(words_->Text(number));
    return {classes.begin(), classes.end()};
  }

 private:
  void Add(const authz::AssetLabels& labels) {
    for (const authz::ClassifiedColumn& column : labels.columns) Add(column.path, column.classes);
    for (const authz::RenamedColumn& column : labels.renamed) renamed_.push_back(&column);
  }

  void Add(const Path& path, std::vector<uint32_t> classes) {
    mask_.Hide(path, static_cast<uint32_t>(classes_.size()));
    classes_.push_back(std::move(classes));
  }

  // A name masked so may be that of another's column, which had others before.
  void AddFormerNames() {
    for (bool more = true; more;) {
      more = false;
      for (const authz::RenamedColumn* renamed : renamed_) {
        const std::set<uint32_t> classes = NumbersOf(renamed->path);
        for (const Path& name : renamed->former) {
          const std::set<uint32_t> known = NumbersOf(name);
          if (std::includes(known.begin(), known.end(), classes.begin(), classes.end())) continue;
          Add(name, {classes.begin(), classes.end()});
          more = true;
        }
      }
    }
  }

  std::set<uint32_t> NumbersOf(const Path& path) const {
    std::set<uint32_t> numbers;
    mask_.ForEachOver(path, [&](uint32_t at) {
      numbers.insert(classes_[at].begin(), classes_[at].end());
      return true;
    });
    return numbers;
  }

  const authz::WordTable* words_;
  // By their places among the classes.
  authz::ColumnMask mask_;
  std::vector<std::vector<uint32_t>> classes_;
  std::vector<const authz::RenamedColumn*> renamed_;
};

void FillColumns(const Classified& classified, const v1::Schema& schema,
                 const std::map<Path, std::string>& descriptions, IndexText& out) {
  for (const FlatField& flat : Flatten(schema)) {
    IndexColumn column;
    column.path = JoinPath(flat.path);
    const auto dotted = [](const std::string& segment) { return segment.find('.') != std::string::npos; };
    if (std::any_of(flat.path.begin(), flat.path.end(), dotted)) column.segments = flat.path;
    const auto described = descriptions.find(flat.path);
    column.description = described == descriptions.end() ? flat.field->description() : described->second;
    column.classes = classified.ClassesOf(flat.path);
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
    // A claim is shown where it is read, and moves no facet.
    if (key && IsIndexed(key->aspect) && !row.record.claim()) {
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
  FillColumns(Classified(view, id), schema, descriptions, out);
  return std::optional<IndexText>(std::move(out));
}

}  // namespace cadastre::catalog

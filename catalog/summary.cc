#include "catalog/summary.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "base/status.h"
#include "base/utf8.h"
#include "catalog/merge.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

constexpr size_t kDescriptionBytesMax = 600;

std::optional<AssetSummary> Brief(authz::GovernedView& view, AssetId id) {
  const authz::AssetLabels* labels = view.LabelsOf(id);
  std::optional<AssetName> name = view.NameOf(id);
  if (labels == nullptr || !name) return std::nullopt;
  AssetSummary out;
  out.id = id;
  out.name = std::move(*name);
  out.platform = PlatformOf(out.name);
  out.deleted = labels->deleted;
  out.environment = view.Word(labels->environment);
  // Tags, owners and the domain are business metadata: they open with `read`.
  if (!view.Allows(authz::Privilege::kRead, id)) return out;
  for (const uint32_t tag : labels->tags) out.tags.emplace_back(view.Word(tag));
  for (const uint32_t owner : labels->owners) out.owners.emplace_back(view.Word(owner));
  std::sort(out.tags.begin(), out.tags.end());
  std::sort(out.owners.begin(), out.owners.end());
  if (labels->domain.valid()) out.domain = view.NameOf(labels->domain);
  if (out.domain) view.shown().Note(labels->domain);
  return out;
}

std::string FirstWords(const std::string& text) {
  const std::string_view cut = base::Utf8Prefix(text, kDescriptionBytesMax);
  size_t characters = 0;
  size_t end = 0;
  while (end < cut.size() && characters < 200) {
    ++end;
    while (end < cut.size() && (static_cast<unsigned char>(cut[end]) & 0xC0) == 0x80) ++end;
    ++characters;
  }
  return std::string(cut.substr(0, end));
}

void Fill(const MergedAspect& merged, AssetSummary& out) {
  switch (merged.aspect.value_case()) {
    case v1::Aspect::kDocumentation: out.description = FirstWords(merged.aspect.documentation().text()); break;
    case v1::Aspect::kDisplayName: out.display_name = merged.aspect.display_name().name(); break;
    case v1::Aspect::kDatasetType: out.subtype = merged.aspect.dataset_type().type(); break;
    case v1::Aspect::kJobType: out.subtype = merged.aspect.job_type().job_type(); break;
    default: break;
  }
}

constexpr uint32_t kSummarized[] = {v1::Aspect::kJobType, v1::Aspect::kDatasetType, v1::Aspect::kDocumentation,
                                    v1::Aspect::kDisplayName};

}  // namespace

std::string PlatformOf(const AssetName& name) {
  const size_t scheme = name.ns.find("://");
  if (scheme != std::string::npos) return name.ns.substr(0, scheme);
  // The naming spec's namespaces that are a system's bare name.
  constexpr std::string_view kBare[] = {"bigquery", "file", "inmemory", "wherobots"};
  for (const std::string_view bare : kBare) {
    if (name.ns == bare) return name.ns;
  }
  return "";
}

bool IsSummarized(uint32_t number) {
  return std::find(std::begin(kSummarized), std::end(kSummarized), number) != std::end(kSummarized);
}

std::optional<authz::Visible<AssetSummary>> SummarizeBriefly(authz::GovernedView& view, AssetId id) {
  std::optional<AssetSummary> brief = Brief(view, id);
  if (!brief) return std::nullopt;
  view.shown().Note(id);
  return view.Merge(std::move(*brief));
}

StatusOr<authz::Visible<AssetSummary>> Summarize(authz::GovernedView& view, AssetId id) {
  std::optional<AssetSummary> out = Brief(view, id);
  if (!out) return base::NotFound("no such asset");
  view.shown().Note(id);
  for (const uint32_t number : kSummarized) {
    std::vector<Statement> statements;
    RETURN_IF_ERROR(view.Scan<record::AspectRow>(kAspects, AspectPrefix(id, ColumnId(0), number), "",
                                                 [&](authz::Sealed<authz::RowOf<record::AspectRow>> sealed) {
                                                   const auto row = view.Reveal(kAspects, std::move(sealed));
                                                   if (row)
                                                     statements.push_back(StatementOf((*row)->record, (*row)->held));
                                                   return true;
                                                 }));
    const auto merged = MergeStatements(*FindAspectKind(number), std::move(statements));
    if (!merged) continue;
    Fill(*merged, *out);
    if (!merged->sources.empty()) out->updated = std::max(out->updated, merged->sources.front().held);
  }
  return view.Merge(std::move(*out));
}

}  // namespace cadastre::catalog

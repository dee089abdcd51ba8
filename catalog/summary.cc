#include "catalog/summary.h"

#include <algorithm>
#include <array>

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

constexpr std::array<uint32_t, 4> kSummarized = {v1::Aspect::kJobType, v1::Aspect::kDatasetType,
                                                 v1::Aspect::kDocumentation, v1::Aspect::kDisplayName};
static_assert(std::is_sorted(kSummarized.begin(), kSummarized.end()));

size_t PlaceOf(uint32_t number) {
  return static_cast<size_t>(std::find(kSummarized.begin(), kSummarized.end(), number) - kSummarized.begin());
}

// Of each summarized kind. One walk from the first kind to the last: what stands between is little, and opening a walk
// costs more than it.
StatusOr<std::array<std::vector<Statement>, kSummarized.size()>> StatementsOf(authz::GovernedView& view, AssetId id) {
  using Pick = authz::GovernedView::Pick;
  std::array<std::vector<Statement>, kSummarized.size()> stated;
  size_t place = 0;
  const auto pick = [&](std::string_view bytes) {
    const std::optional<AspectKey> key = DecodeAspectKey(bytes);
    if (!key) return Pick::kSkip;
    if (key->aspect > kSummarized.back()) return Pick::kStop;
    place = PlaceOf(key->aspect);
    return place < kSummarized.size() ? Pick::kTake : Pick::kSkip;
  };
  const std::string first = AspectPrefix(id, ColumnId(0), kSummarized.front());
  const std::string_view asset_alone = std::string_view(first).substr(0, first.size() - sizeof(uint32_t));
  RETURN_IF_ERROR(view.ScanPicked<record::AspectRow>(
      kAspects, asset_alone, first, pick, [&](authz::Sealed<authz::RowOf<record::AspectRow>> sealed) {
        auto row = view.Reveal(kAspects, std::move(sealed));
        if (!row) return;
        auto taken = (*std::move(row)).Take();
        stated[place].push_back(StatementOf(std::move(taken.record), taken.held));
      }));
  return stated;
}

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

bool IsSummarized(uint32_t number) { return PlaceOf(number) < kSummarized.size(); }

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
  ASSIGN_OR_RETURN(auto stated, StatementsOf(view, id));
  for (size_t i = 0; i < stated.size(); ++i) {
    const auto merged = MergeStatements(*FindAspectKind(kSummarized[i]), std::move(stated[i]));
    if (!merged) continue;
    Fill(*merged, *out);
    if (!merged->sources.empty()) out->updated = std::max(out->updated, merged->sources.front().held);
  }
  return view.Merge(std::move(*out));
}

}  // namespace cadastre::catalog

#include "catalog/summary.h"

#include <algorithm>
#include <array>

#include "authz/view/merged_sets.h"
#include "base/status.h"
#include "base/utf8.h"
#include "catalog/merge.h"
#include "catalog/tables.h"

namespace cadastre::catalog {
namespace {

constexpr size_t kDescriptionBytesMax = 600;
constexpr size_t kTitleBytesMax = 512;
// Tags, and owners: a list of 1,000 assets stays one answer.
constexpr size_t kSummaryWordsMax = 32;
constexpr size_t kSummaryWordBytesMax = 512;

// Tags, owners and the domain are business metadata: they open with `read`, under each name by itself.
void AddBusiness(authz::GovernedView& view, AssetId member, AssetSummary& out) {
  const authz::AssetLabels* labels = view.LabelsOf(member);
  if (labels == nullptr) return;
  if (out.environment.empty()) out.environment = view.Word(labels->environment);
  if (!view.Allows(authz::Privilege::kRead, member)) return;
  for (const uint32_t tag : labels->tags) out.tags.emplace_back(view.Word(tag));
  for (const uint32_t owner : labels->owners) out.owners.emplace_back(view.Word(owner));
  if (out.domain || !labels->domain.valid()) return;
  out.domain = view.NameOf(labels->domain);
  if (out.domain) view.shown().Note(labels->domain);
}

// That it was dropped opens with `read`; without, a name counts as one that stands.
bool IsSeenDropped(authz::GovernedView& view, AssetId member) {
  const authz::AssetLabels* labels = view.LabelsOf(member);
  return labels != nullptr && labels->dropped && view.Allows(authz::Privilege::kRead, member);
}

void SortOnce(std::vector<std::string>& words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (words.size() > kSummaryWordsMax) words.resize(kSummaryWordsMax);
  for (std::string& word : words) word.resize(base::Utf8Prefix(word, kSummaryWordBytesMax).size());
}

// `members`: the asset and the names merged with it.
std::optional<AssetSummary> Brief(authz::GovernedView& view, AssetId id, const std::vector<AssetId>& members) {
  const authz::AssetLabels* labels = view.LabelsOf(id);
  std::optional<AssetName> name = view.NameOf(id);
  if (labels == nullptr || !name) return std::nullopt;
  AssetSummary out;
  out.id = id;
  out.name = std::move(*name);
  out.platform = PlatformOf(out.name);
  out.deleted = labels->deleted;
  for (const AssetId member : members) {
    view.shown().Note(member);
    AddBusiness(view, member, out);
  }
  out.dropped =
      std::all_of(members.begin(), members.end(), [&](AssetId member) { return IsSeenDropped(view, member); });
  SortOnce(out.tags);
  SortOnce(out.owners);
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
  const auto title = [](const std::string& text) { return std::string(base::Utf8Prefix(text, kTitleBytesMax)); };
  switch (merged.aspect.value_case()) {
    case v1::Aspect::kDocumentation: out.description = FirstWords(merged.aspect.documentation().text()); break;
    case v1::Aspect::kDisplayName: out.display_name = title(merged.aspect.display_name().name()); break;
    case v1::Aspect::kDatasetType: out.subtype = title(merged.aspect.dataset_type().type()); break;
    case v1::Aspect::kJobType: out.subtype = title(merged.aspect.job_type().job_type()); break;
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
using Stated = std::array<std::vector<Statement>, kSummarized.size()>;
Status AddStatements(authz::GovernedView& view, AssetId id, Stated& stated) {
  using Pick = authz::GovernedView::Pick;
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
  return view.ScanPicked<record::AspectRow>(kAspects, asset_alone, first, pick,
                                            [&](authz::Sealed<authz::RowOf<record::AspectRow>> sealed) {
                                              auto row = view.Reveal(kAspects, std::move(sealed));
                                              if (!row) return;
                                              auto taken = (*std::move(row)).Take();
                                              stated[place].push_back(StatementOf(std::move(taken.record), taken.held));
                                            });
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
  std::optional<AssetSummary> brief = Brief(view, id, authz::MergedSets(&view).Of(id));
  const auto shown = view.RevealAsset(id);
  if (!brief || !shown) return std::nullopt;
  return view.Merge(std::move(*brief), authz::Witness(*shown));
}

StatusOr<authz::Visible<AssetSummary>> Summarize(authz::GovernedView& view, AssetId id) {
  authz::MergedSets sets(&view);
  const std::vector<AssetId>& members = sets.Of(id);
  std::optional<AssetSummary> out = Brief(view, id, members);
  const auto shown = view.RevealAsset(id);
  if (!out || !shown) return base::NotFound("no such asset");
  Stated stated;
  for (const AssetId member : members) RETURN_IF_ERROR(AddStatements(view, member, stated));
  for (size_t i = 0; i < stated.size(); ++i) {
    const auto merged = MergeStatements(*FindAspectKind(kSummarized[i]), std::move(stated[i]));
    if (!merged) continue;
    Fill(*merged, *out);
    if (!merged->sources.empty()) out->updated = std::max(out->updated, merged->sources.front().held);
  }
  return view.Merge(std::move(*out), authz::Witness(*shown));
}

}  // namespace cadastre::catalog

#include "search/facet_values.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "search/words.h"

namespace cadastre::search {
namespace {

constexpr std::string_view kFacetWords[] = {"kind",   "type", "platform", "namespace",      "environment",
                                            "domain", "tag",  "owner",    "classification", "certification"};

}  // namespace

std::optional<FacetKind> FindFacetKind(std::string_view word) {
  const auto at = std::find(std::begin(kFacetWords), std::end(kFacetWords), word);
  if (at == std::end(kFacetWords)) return std::nullopt;
  return static_cast<FacetKind>(at - std::begin(kFacetWords));
}

std::string_view FacetKindWord(FacetKind facet) { return kFacetWords[static_cast<size_t>(facet)]; }

void FacetValues::Each(FacetKind facet, AssetId id, absl::FunctionRef<void(uint64_t)> visit) const {
  if (sets_->IsAlone(id)) return EachOf(facet, id, visit);
  std::vector<uint64_t> values;
  for (const AssetId member : sets_->Of(id)) {
    EachOf(facet, member, [&](uint64_t value) { values.push_back(value); });
  }
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  for (const uint64_t value : values) visit(value);
}

void FacetValues::EachOf(FacetKind facet, AssetId id, absl::FunctionRef<void(uint64_t)> visit) const {
  const auto present = [&](uint32_t word) {
    if (word != 0) visit(word);
  };
  switch (facet) {
    case FacetKind::kType:
      if (view_->Sees(id)) present(columns_->Of(id).type);
      return;
    case FacetKind::kPlatform:
      if (view_->Sees(id)) present(columns_->Of(id).platform);
      return;
    case FacetKind::kCertification:
      if (view_->Allows(authz::Privilege::kRead, id)) present(columns_->Of(id).certification);
      return;
    default:
      if (const authz::AssetLabels* labels = view_->LabelsOf(id)) EachLabel(facet, id, *labels, visit);
  }
}

void FacetValues::EachLabel(FacetKind facet, AssetId id, const authz::AssetLabels& labels,
                            absl::FunctionRef<void(uint64_t)> visit) const {
  const auto each = [&](const std::vector<uint32_t>& words) {
    for (const uint32_t word : words) visit(word);
  };
  if (facet == FacetKind::kKind) return visit(static_cast<uint64_t>(labels.kind));
  if (facet == FacetKind::kNamespace) return visit(labels.namespace_word);
  if (facet == FacetKind::kEnvironment) {
    if (labels.environment != 0) visit(labels.environment);
    return;
  }
  if (!view_->Allows(authz::Privilege::kRead, id)) return;
  if (facet == FacetKind::kTag) return each(labels.tags);
  if (facet == FacetKind::kOwner) return each(labels.owners);
  if (facet == FacetKind::kDomain) {
    if (labels.domain.valid() && view_->Sees(labels.domain)) visit(labels.domain.value());
    return;
  }
  if (labels.columns.empty()) return each(labels.classes);
  std::set<uint32_t> classes(labels.classes.begin(), labels.classes.end());
  for (const authz::ClassifiedColumn& column : labels.columns) {
    // What masks by name alone says nothing of the asset: no column has the name any more, or a merged name left the
    // class to it, which the viewer may not see.
    if (column.column.valid() && view_->SeesColumnPath(id, column.path))
      classes.insert(column.classes.begin(), column.classes.end());
  }
  for (const uint32_t one : classes) visit(one);
}

std::string FacetValues::TextOf(FacetKind facet, uint64_t value) const {
  switch (facet) {
    case FacetKind::kKind: return std::string(base::AssetKindWord(static_cast<AssetKind>(value)));
    case FacetKind::kType:
    case FacetKind::kPlatform:
    case FacetKind::kCertification: return std::string(columns_->words().Text(static_cast<uint32_t>(value)));
    case FacetKind::kDomain: {
      const std::optional<AssetName> name = view_->NameOf(AssetId(value));
      return name ? base::AssetNameText(*name) : std::string();
    }
    default: return std::string(view_->Word(static_cast<uint32_t>(value)));
  }
}

std::string FacetValues::LabelOf(FacetKind facet, uint64_t value) const {
  if (facet != FacetKind::kDomain) return {};
  const std::optional<AssetName> name = view_->NameOf(AssetId(value));
  return name ? name->name : std::string();
}

ValueTest ValueTest::Of(FacetKind facet, std::string folded) {
  return ValueTest(facet, [facet, folded = std::move(folded)](const std::string& text, const std::string& label) {
    const std::string mine = Fold(text);
    if (facet == FacetKind::kNamespace) return mine.starts_with(folded);
    return mine == folded || (!label.empty() && Fold(label) == folded);
  });
}

ValueTest ValueTest::AnyOf(FacetKind facet, std::vector<std::string> values) {
  return ValueTest(facet, [values = std::move(values)](const std::string& text, const std::string& label) {
    return std::find(values.begin(), values.end(), text) != values.end() ||
           (!label.empty() && std::find(values.begin(), values.end(), label) != values.end());
  });
}

bool ValueTest::Passes(const FacetValues& values, AssetId id) {
  bool passes = false;
  values.Each(facet_, id, [&](uint64_t value) {
    const auto [entry, fresh] = known_.try_emplace(value, false);
    if (fresh) entry->second = holds_(values.TextOf(facet_, value), values.LabelOf(facet_, value));
    passes |= entry->second;
  });
  return passes;
}

}  // namespace cadastre::search

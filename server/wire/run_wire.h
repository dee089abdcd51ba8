// Runs as wire messages. Thread rule: compatible.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "authz/view/sealed.h"
#include "authz/view/view.h"
#include "cadastre/catalog/v1/catalog.pb.h"
#include "lineage/runs.h"

namespace cadastre::server {

inline constexpr size_t kRunFacetBytesMax = size_t{2} << 20;
// Where some are asked for.
inline constexpr size_t kRunChosenBytesMax = size_t{5} << 19;
inline constexpr size_t kRunIoFacetBytesMax = size_t{256} << 10;

// Which facets of a run an answer holds.
struct FacetChoice {
  bool with_facets = false;
  // Numbers in Aspect.value, and names of unknown ones; both empty: all. As many as fit, but a single one that was
  // asked for whatever its length.
  std::set<int> kinds;
  std::set<std::string> names;
  size_t io_bytes_max = kRunIoFacetBytesMax;

  bool whole() const { return !kinds.empty() || !names.empty(); }
};

// All but facets and datasets. Names come from the view; what it does not name was already dropped.
catalog::v1::Run ToProto(const authz::Visible<lineage::RunRow>& row, const authz::GovernedView& view);
void FillFacets(const authz::Visible<lineage::RunRow>& row, const FacetChoice& choice, catalog::v1::Run& out);

// One of the datasets of the row's run, by its place among them.
catalog::v1::RunIo ToProto(const authz::Visible<lineage::RunRow>& row, int io, const authz::GovernedView& view,
                           const FacetChoice& choice);

}  // namespace cadastre::server

// How facets become aspects: the table of known facets for each place a facet may stand, and what a handler is given.
//
// Owner: static tables, one file per group of facets. Thread rule: compatible.
// Deliberately does not: appear outside this folder.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cadastre/catalog/v1/aspects.pb.h"
#include "ingestors/openlineage/json_object.h"
#include "ingestors/openlineage/mapping.h"

namespace cadastre::openlineage {

// Where facets stand and where their aspects go.
struct FacetSite {
  // The asset they speak of: a dataset, or the event's job.
  base::AssetName asset;
  // `inputs[0].facets`.
  std::string path;
  // Facets of the run, or of the run on a dataset, go here; null for facets of the asset itself.
  std::vector<catalog::v1::Aspect>* run_facets = nullptr;
  // Facets of a job that is one statement of its model: they stay with its run, beside the run's own. Where the run
  // said a thing of the same kind, the job's is kept as it came under `job.<name>`.
  bool of_statement = false;
  // The event's name for the asset was folded: what is counted here is a part of the asset.
  bool folded = false;
  // The run wrote the dataset anew, so that what it counted is all there is.
  bool rewritten = false;
};

class Facet {
 public:
  Facet(Mapping& mapping, const FacetSite& site, const RawFacet& raw, JsonObject& root)
      : mapping(mapping), site(site), raw(raw), root(root) {}
  Facet(const Facet&) = delete;
  Facet& operator=(const Facet&) = delete;

  // Puts the aspect where the site says.
  void Emit(catalog::v1::Aspect aspect);
  // What was measured: on the run, and on the asset unless only a part of it was measured.
  void EmitMeasured(catalog::v1::Aspect aspect);
  // Puts it on the asset (or one of its columns) even if the site is a run's.
  void EmitOnAsset(catalog::v1::Aspect aspect, ColumnPath column = {});
  void Warn(std::string_view cause);

  Mapping& mapping;
  const FacetSite& site;
  const RawFacet& raw;
  JsonObject& root;
};

struct KnownFacet {
  std::string_view name;
  // Null: dropped on purpose.
  void (*read)(Facet& facet);
  // Which aspect `_deleted` takes back; VALUE_NOT_SET where there is none.
  catalog::v1::Aspect::ValueCase aspect;
  // A name producers no longer use: read, and kept verbatim all the same.
  bool legacy = false;
};

std::span<const KnownFacet> DatasetFacets();
std::span<const KnownFacet> InputFacets();
std::span<const KnownFacet> OutputFacets();
std::span<const KnownFacet> JobFacets();
std::span<const KnownFacet> RunFacets();

// Facets are read in this order over the whole event: schemas say what a column's text means, an explicit lineage
// outranks what column lineage says.
enum class FacetPass : uint8_t { kSchema, kLineage, kRest };

// Reads the facets of one pass by the table; unknown ones and those of another shape are kept verbatim.
void MapFacets(Mapping& mapping, const FacetSite& site, std::span<const RawFacet> facets,
               std::span<const KnownFacet> table, FacetPass pass);

// Small words of the aspects.
void SetRef(catalog::v1::AssetRef* ref, const base::AssetName& asset);
void SetTime(google::protobuf::Timestamp* out, base::Timestamp at);
// A time of a facet; counted where it is a near miss, and the facet is of the wrong shape where it is none.
std::optional<base::Timestamp> ReadTime(Facet& facet, std::string_view key);
// `{namespace, name}`; the facet is of the wrong shape where that is no name.
std::optional<base::AssetName> ReadName(Facet& facet, JsonObject& identity, base::AssetKind kind);

}  // namespace cadastre::openlineage

#include "server/services/crawled_objects.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/status.h"
#include "catalog/alias.h"
#include "catalog/aspect_kind.h"
#include "catalog/crawl_memory.h"
#include "catalog/labels.h"
#include "catalog/producer.h"
#include "server/rpc/options.h"
#include "server/services/event_apply.h"

namespace cadastre::server {
namespace {

namespace v1 = ingest::v1;

constexpr int kAspectsMax = 10'000;
constexpr int kInputsMax = 1'000;
constexpr size_t kSourceIdBytesMax = 64;
constexpr size_t kDigestBytesMax = 32;
constexpr size_t kSubtypeBytesMax = 256;
constexpr size_t kPairTextBytesMax = 4'096;
constexpr int kWarningsMax = 100;
constexpr char kRename[] = "RENAME";

using Path = google::protobuf::RepeatedPtrField<std::string>;

// One object, checked.
struct Thing {
  CanonicalName name;
  catalog::SeenObject seen;
  std::optional<CanonicalName> renamed_from;
  std::vector<openlineage::MappedAspect> aspects;
  std::vector<openlineage::MappedEdge> edges;
  bool inputs_stated = false;
  bool outputs_stated = false;
};

Status CheckPath(const Path& path, std::string_view field) {
  const bool fits = path.size() <= static_cast<int>(base::kColumnPathSegmentsMax) &&
                    std::all_of(path.begin(), path.end(), [](const std::string& segment) {
                      return !segment.empty() && segment.size() <= base::kColumnSegmentBytesMax;
                    });
  return fits ? absl::OkStatus() : base::InvalidField(field, "at most 32 segments of 1 to 512 bytes");
}

StatusOr<openlineage::MappedAspect> AspectOf(const v1::CrawledAspect& stated, const CanonicalName& name, Timestamp at) {
  RETURN_IF_ERROR(CheckColumn(stated.column()));
  RETURN_IF_ERROR(CheckPath(stated.column().path(), "column.path"));
  if (stated.has_column() && stated.column().path().empty()) {
    return base::InvalidField("column.path", "1 to 32 segments, or no column");
  }
  const catalog::AspectKind* kind = catalog::FindAspectKind(catalog::NumberOf(stated.aspect()));
  if (kind == nullptr || kind->run_only) return base::InvalidField("aspect", "an aspect of an asset or a column");
  if (!stated.withdraw()) RETURN_IF_ERROR(catalog::CheckAspect(stated.aspect()));
  openlineage::MappedAspect out;
  out.asset = *name;
  out.column.assign(stated.column().path().begin(), stated.column().path().end());
  out.aspect = stated.aspect();
  out.held_at = at;
  out.deleted = stated.withdraw();
  return out;
}

// An end that is named says which column: an empty path would be the whole dataset by accident.
Status CheckEnd(const cadastre::catalog::v1::ColumnRef& end, const std::string& field) {
  if (end.has_asset()) return base::InvalidField(field + ".asset", "absent: it is the asset of the edge");
  if (end.path().empty()) return base::InvalidField(field + ".path", "1 to 32 segments");
  return CheckPath(end.path(), field + ".path");
}

StatusOr<openlineage::ColumnPair> PairOf(const lineage::v1::ColumnPair& pair) {
  RETURN_IF_ERROR(CheckEnd(pair.from(), "from"));
  if (pair.has_to()) RETURN_IF_ERROR(CheckEnd(pair.to(), "to"));
  if (pair.subtype().size() > kSubtypeBytesMax) return base::InvalidField("subtype", "at most 256 bytes");
  if (pair.description().size() > kPairTextBytesMax) return base::InvalidField("description", "at most 4 KiB");
  openlineage::ColumnPair out;
  out.from.assign(pair.from().path().begin(), pair.from().path().end());
  out.to.assign(pair.to().path().begin(), pair.to().path().end());
  if (pair.type() == lineage::v1::PAIR_TYPE_DIRECT) out.type = "DIRECT";
  if (pair.type() == lineage::v1::PAIR_TYPE_INDIRECT) out.type = "INDIRECT";
  out.subtype = pair.subtype();
  out.description = pair.description();
  out.masking = pair.masking();
  return out;
}

// Between the object and what it is made from, reads or writes.
StatusOr<openlineage::MappedEdge> EdgeOf(const v1::CrawledInput& stated, const CanonicalName& object, bool output) {
  ASSIGN_OR_RETURN(AssetName name, catalog::NameOfRef(stated.asset(), "asset"));
  const CanonicalName other(std::move(name));
  if (other == object) return base::InvalidField("asset", "another asset than the object");
  if (other->kind == AssetKind::kJob) {
    return base::InvalidField("asset.kind", "what data can come from or go to, which a job is not");
  }
  const bool of_job = object->kind == AssetKind::kJob;
  if (of_job && !stated.columns().empty()) return base::InvalidField("columns", "none, since a job has no columns");
  if (static_cast<size_t>(stated.columns_size()) > base::kEdgePairsMax) {
    return base::InvalidField("columns", "at most 10,000");
  }
  openlineage::MappedEdge edge;
  edge.kind = !of_job  ? openlineage::EdgeKind::kDerives
              : output ? openlineage::EdgeKind::kProduces
                       : openlineage::EdgeKind::kConsumes;
  edge.basis = of_job ? openlineage::EdgeBasis::kInputsOutputs : openlineage::EdgeBasis::kColumnLineage;
  edge.from = output ? *object : *other;
  edge.to = output ? *other : *object;
  for (int i = 0; i < stated.columns_size(); ++i) {
    StatusOr<openlineage::ColumnPair> pair = PairOf(stated.columns(i));
    if (!pair.ok()) return base::WithinField(base::Cat("columns[", i, "]"), pair.status());
    edge.columns.push_back(*std::move(pair));
  }
  return edge;
}

Status AddEdges(const google::protobuf::RepeatedPtrField<v1::CrawledInput>& stated, bool output, Thing& thing) {
  const std::string list = output ? "outputs" : "inputs";
  if (stated.size() > kInputsMax) return base::InvalidField(list, "at most 1,000");
  std::set<AssetName> others;
  for (int i = 0; i < stated.size(); ++i) {
    const std::string field = base::Cat(list, "[", i, "]");
    StatusOr<openlineage::MappedEdge> edge = EdgeOf(stated[i], thing.name, output);
    if (!edge.ok()) return base::WithinField(field, edge.status());
    if (!others.insert(output ? edge->to : edge->from).second) return base::InvalidField(field + ".asset", "each once");
    thing.edges.push_back(*std::move(edge));
  }
  return absl::OkStatus();
}

Status AddLineage(const v1::CrawledObject& object, Thing& thing) {
  if (!object.inputs_stated() && !object.inputs().empty()) {
    return base::InvalidField("inputs_stated", "true with inputs");
  }
  if (!object.outputs_stated() && !object.outputs().empty()) {
    return base::InvalidField("outputs_stated", "true with outputs");
  }
  if (object.outputs_stated() && thing.name->kind != AssetKind::kJob) {
    return base::InvalidField("outputs_stated", "false for what is no job");
  }
  thing.inputs_stated = object.inputs_stated();
  thing.outputs_stated = object.outputs_stated();
  RETURN_IF_ERROR(AddEdges(object.inputs(), /*output=*/false, thing));
  return AddEdges(object.outputs(), /*output=*/true, thing);
}

Status AddAspects(const v1::CrawledObject& object, Timestamp at, Thing& thing) {
  if (object.aspects_size() > kAspectsMax) return base::InvalidField("aspects", "at most 10,000");
  // Kinds of unknown facets are told apart by their names.
  std::set<std::tuple<openlineage::ColumnPath, uint32_t, std::string>> stated;
  for (int i = 0; i < object.aspects_size(); ++i) {
    const std::string field = base::Cat("aspects[", i, "]");
    StatusOr<openlineage::MappedAspect> aspect = AspectOf(object.aspects(i), thing.name, at);
    if (!aspect.ok()) return base::WithinField(field, aspect.status());
    if (!stated.emplace(aspect->column, catalog::NumberOf(aspect->aspect), aspect->aspect.facet().name()).second) {
      return base::InvalidField(field, "each kind of aspect and column once");
    }
    thing.aspects.push_back(*std::move(aspect));
  }
  return absl::OkStatus();
}

Status AddRename(const v1::CrawledObject& object, Thing& thing) {
  if (!object.has_renamed_from()) return absl::OkStatus();
  ASSIGN_OR_RETURN(AssetName stated, catalog::NameOfRef(object.renamed_from(), "renamed_from"));
  const CanonicalName from(std::move(stated));
  if (from->kind != thing.name->kind) return base::InvalidField("renamed_from.kind", "that of the object");
  if (from == thing.name) return base::InvalidField("renamed_from", "another name than the object's");
  // These do not merge: policy asks what lies in them.
  if (from->kind == AssetKind::kContainer || from->kind == AssetKind::kDomain) {
    return base::InvalidField("renamed_from", "absent for a container or a domain");
  }
  thing.renamed_from = from;
  return absl::OkStatus();
}

StatusOr<Thing> ThingOf(const v1::CrawledObject& object, Timestamp at) {
  ASSIGN_OR_RETURN(AssetName name, catalog::NameOfRef(object.asset(), "asset"));
  Thing thing{CanonicalName(std::move(name)), {}, {}, {}, {}, false, false};
  if (object.source_id().size() > kSourceIdBytesMax) return base::InvalidField("source_id", "at most 64 bytes");
  if (object.digest().size() > kDigestBytesMax) return base::InvalidField("digest", "at most 32 bytes");
  thing.seen.source_id = object.source_id();
  thing.seen.digest = object.digest();
  RETURN_IF_ERROR(AddRename(object, thing));
  RETURN_IF_ERROR(AddAspects(object, at, thing));
  RETURN_IF_ERROR(AddLineage(object, thing));
  return thing;
}

class Batch {
 public:
  Batch(authz::WriteSession* session, const v1::RecordCrawledObjectsRequest* request, std::optional<AssetId> source)
      : session_(*session), request_(*request), memory_(session, source, request->crawl()) {}

  StatusOr<v1::RecordCrawledObjectsResponse> Run() {
    ASSIGN_OR_RETURN(producer_, catalog::InternProducer(session_, request_.tool(), catalog::Rank::kCrawl));
    ASSIGN_OR_RETURN(const Timestamp at, HeldAt());
    event_.shape = openlineage::EventShape::kDataset;
    event_.event_time = at;
    event_.tool = request_.tool();
    for (int i = 0; i < request_.objects_size(); ++i) Take(i, at);
    if (things_.empty()) return std::move(response_);
    for (Thing& thing : things_) RETURN_IF_ERROR(State(thing));
    ASSIGN_OR_RETURN(const Applied applied, ApplyEvent(session_, event_, catalog::Rank::kCrawl));
    for (const openlineage::Warning& warning : applied.left_out) Warn(warning.cause, warning.field);
    for (const Thing& thing : things_) {
      ASSIGN_OR_RETURN(const auto permit, session_.PermitPush(thing.name));
      RETURN_IF_ERROR(memory_.Remember(permit, request_.scope(), thing.seen));
    }
    return std::move(response_);
  }

 private:
  // A source time in the future is cut to the present.
  StatusOr<Timestamp> HeldAt() const {
    if (!request_.has_held_at()) return session_.now();
    ASSIGN_OR_RETURN(const Timestamp at, TimestampOf(request_.held_at(), "held_at"));
    return std::min(at, session_.now());
  }

  void Take(int index, Timestamp at) {
    StatusOr<Thing> thing = ThingOf(request_.objects(index), at);
    if (thing.ok() && !session_.MayPush(thing->name)) {
      thing = base::FieldStatus(absl::StatusCode::kPermissionDenied, "asset", "it lies outside what you may push");
    }
    if (thing.ok() && !names_.insert(*thing->name).second) {
      thing = base::InvalidField("asset", "each object once");
    }
    if (thing.ok()) {
      things_.push_back(*std::move(thing));
      return;
    }
    v1::RejectedObject& rejected = *response_.add_rejected();
    rejected.set_index(index);
    rejected.set_field(base::FieldOf(thing.status()).value_or(""));
    rejected.set_reason(std::string(base::MessageOf(thing.status())));
  }

  // Into the event.
  Status State(Thing& thing) {
    event_.datasets.push_back(*thing.name);
    RETURN_IF_ERROR(TakeBackDrop(thing));
    RETURN_IF_ERROR(TakeBackRenames(thing));
    RETURN_IF_ERROR(StateRename(thing));
    if (thing.name->kind == AssetKind::kJob) {
      if (thing.inputs_stated || thing.outputs_stated) {
        event_.job_definitions.push_back({*thing.name, thing.inputs_stated, thing.outputs_stated});
      }
    } else if (thing.inputs_stated) {
      event_.statements.push_back({*thing.name, thing.edges.empty()});
    }
    std::move(thing.aspects.begin(), thing.aspects.end(), std::back_inserter(event_.aspects));
    std::move(thing.edges.begin(), thing.edges.end(), std::back_inserter(event_.edges));
    return absl::OkStatus();
  }

  // What was said to be dropped and is seen again is there, whatever the clocks say; that it was renamed would leave it
  // dropped.
  Status TakeBackDrop(Thing& thing) {
    const std::optional<AssetId> asset = session_.FindName(thing.name);
    if (!asset) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::optional<Timestamp> dropped, catalog::FindDrop(session_, producer_, *asset));
    if (!dropped) return absl::OkStatus();
    auto stated = std::find_if(thing.aspects.begin(), thing.aspects.end(), [](const openlineage::MappedAspect& one) {
      return one.column.empty() && one.aspect.has_lifecycle_change();
    });
    if (stated == thing.aspects.end()) {
      stated = thing.aspects.emplace(stated);
      stated->asset = *thing.name;
      stated->aspect.mutable_lifecycle_change();
      stated->deleted = true;
    }
    stated->deleted = stated->deleted || stated->aspect.lifecycle_change().change() == kRename;
    stated->held_at = std::max(event_.event_time, *dropped + std::chrono::microseconds(1));
    return absl::OkStatus();
  }

  // An earlier name that the source gave to another object since: the two are no longer one thing.
  Status TakeBackRenames(const Thing& thing) {
    const std::optional<AssetId> asset = session_.FindName(thing.name);
    if (!asset) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<AssetId> newer, catalog::FindNewerNames(session_, producer_, *asset));
    for (const AssetId id : newer) {
      const std::optional<AssetName> name = session_.NameOf(id);
      // It got its earlier name back.
      const bool back = name && thing.renamed_from && **thing.renamed_from == *name;
      if (!name || back || !session_.MayPush(*name)) continue;
      ASSIGN_OR_RETURN(auto permit, session_.PermitPush(*name));
      const Status parted = catalog::TakeBackAlias(session_, std::move(permit), producer_, *asset, kRename).status();
      if (!absl::IsPermissionDenied(parted)) {
        RETURN_IF_ERROR(parted);
      } else {
        Warn("rename_not_taken_back", base::AssetNameText(*thing.name));
      }
    }
    return absl::OkStatus();
  }

  // A name that is an object of the source by itself is not the earlier name of another.
  Status StateRename(Thing& thing) {
    if (!thing.renamed_from) return absl::OkStatus();
    const CanonicalName& from = *thing.renamed_from;
    const std::optional<AssetId> asset = session_.FindName(from);
    bool stands = names_.contains(*from);
    if (!stands && asset) {
      ASSIGN_OR_RETURN(stands, memory_.IsRecorded(*asset));
    }
    if (stands) {
      Warn("renamed_from_stands", base::AssetNameText(*thing.name));
      return absl::OkStatus();
    }
    event_.aliases.push_back({*thing.name, *from, kRename});
    if (session_.MayPush(from)) thing.seen.renamed_from = asset;
    return absl::OkStatus();
  }

  void Warn(const std::string& cause, const std::string& field) {
    if (response_.warnings_size() >= kWarningsMax) return;
    v1::Warning& warning = *response_.add_warnings();
    warning.set_cause(cause);
    warning.set_field(field);
  }

  authz::WriteSession& session_;
  const v1::RecordCrawledObjectsRequest& request_;
  catalog::CrawlMemory memory_;
  catalog::Producer producer_;
  openlineage::MappedEvent event_;
  std::vector<Thing> things_;
  std::set<AssetName> names_;
  v1::RecordCrawledObjectsResponse response_;
};

}  // namespace

StatusOr<v1::RecordCrawledObjectsResponse> RecordObjects(authz::WriteSession& session,
                                                         const v1::RecordCrawledObjectsRequest& request,
                                                         std::optional<AssetId> source) {
  return Batch(&session, &request, source).Run();
}

}  // namespace cadastre::server

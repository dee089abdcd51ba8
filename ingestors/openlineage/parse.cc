#include "ingestors/openlineage/parse.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "base/asset_name.h"
#include "base/check.h"
#include "base/letters.h"
#include "base/status.h"
#include "base/time_format.h"
#include "ingestors/openlineage/big_integers.h"
#include "ingestors/openlineage/json_cursor.h"
#include "ingestors/openlineage/json_document.h"
#include "ingestors/openlineage/text_mending.h"

namespace cadastre::openlineage {

namespace {

namespace dom = simdjson::dom;

// A parsed value, and the cursor that stands at its text. Whoever wants the text steps over it; who does not, leaves
// it.
struct Value {
  dom::element element;
  JsonCursor* text;
};

std::string_view TextOf(dom::element element) { return element.get_string().value_unsafe(); }

std::string_view TypeWord(dom::element element) {
  switch (element.type()) {
    case dom::element_type::ARRAY: return "an array";
    case dom::element_type::OBJECT: return "an object";
    case dom::element_type::STRING: return "a string";
    case dom::element_type::BOOL: return "true or false";
    case dom::element_type::NULL_VALUE: return "null";
    default: return "a number";
  }
}

absl::Status WrongType(std::string_view path, std::string_view expected, dom::element got) {
  return base::InvalidField(path, base::Cat(expected, ", got ", TypeWord(got)));
}

// Steps over the value at the cursor unless `visit` did, and over the comma after it.
template <typename Visit>
absl::Status VisitAt(JsonCursor& cursor, const Visit& visit) {
  cursor.SkipSpace();
  const size_t start = cursor.position();
  RETURN_IF_ERROR(visit());
  std::string_view skipped;
  CHECK(cursor.position() != start || cursor.SkipValue(skipped));
  cursor.Take(',');
  return absl::OkStatus();
}

class EventReader {
 public:
  EventReader(std::shared_ptr<JsonDocument> document, const Limits& limits)
      : document_(std::move(document)), limits_(limits) {}

  absl::StatusOr<Event> Read();

 private:
  using Visit = std::function<absl::Status(std::string_view key, const Value& value)>;

  // Members of the parsed object and of its text come in the same order, so one walk over both cuts values out of the
  // text.
  absl::Status EachMember(const Value& object, const Visit& visit);
  absl::Status EachItem(const Value& array, const std::function<absl::Status(size_t index, const Value& item)>& visit);

  absl::Status ReadTop(std::string_view key, const Value& value);
  absl::Status ReadTime(dom::element value);
  absl::Status ReadRun(const Value& value);
  absl::Status ReadJob(const Value& value);
  absl::Status ReadDatasets(const std::string& path, const Value& value, std::vector<DatasetPart>& out);
  absl::Status ReadDataset(const std::string& path, const Value& value, std::vector<DatasetPart>& out);
  absl::Status ReadFacets(const std::string& path, const Value& value, std::vector<RawFacet>& out);
  absl::Status AddFacet(const std::string& path, std::string_view name, const Value& value, std::vector<RawFacet>& out);
  absl::Status AddMisplaced(const std::string& path, std::string_view key, const Value& value,
                            std::vector<RawFacet>& misplaced);
  void Adopt(std::vector<RawFacet>& misplaced, std::vector<RawFacet>& facets);
  std::string_view TextField(const std::string& path, const Value& value);
  absl::Status ReadIdentity(const std::string& path, const Value& value, std::string_view& out);
  absl::StatusOr<bool> HoldsObject(const std::string& path, const Value& value);
  absl::Status Decide();
  void Warn(std::string_view cause, std::string_view field);

  std::shared_ptr<JsonDocument> document_;
  const Limits& limits_;
  Event event_;
  size_t facets_ = 0;
  bool has_time_ = false;
  bool has_producer_ = false;
  bool has_schema_url_ = false;
};

void EventReader::Warn(std::string_view cause, std::string_view field) {
  const size_t count = event_.warnings.size();
  if (count < limits_.warnings_max) event_.warnings.push_back({std::string(cause), std::string(field)});
  if (count + 1 == limits_.warnings_max) event_.warnings.back() = {"more_warnings", "event"};
}

absl::Status EventReader::EachMember(const Value& object, const Visit& visit) {
  JsonCursor& cursor = *object.text;
  CHECK(cursor.Take('{'));
  const dom::object members = object.element.get_object().value_unsafe();
  for (const dom::key_value_pair member : members) {
    cursor.SkipSpace();
    CHECK(cursor.SkipString() && cursor.Take(':')) << "the text was parsed before";
    RETURN_IF_ERROR(VisitAt(cursor, [&] { return visit(member.key, {member.value, &cursor}); }));
  }
  CHECK(cursor.Take('}'));
  return absl::OkStatus();
}

absl::Status EventReader::EachItem(const Value& array,
                                   const std::function<absl::Status(size_t index, const Value& item)>& visit) {
  JsonCursor& cursor = *array.text;
  CHECK(cursor.Take('['));
  size_t index = 0;
  const dom::array items = array.element.get_array().value_unsafe();
  for (const dom::element item : items) {
    RETURN_IF_ERROR(VisitAt(cursor, [&] { return visit(index++, {item, &cursor}); }));
  }
  CHECK(cursor.Take(']'));
  return absl::OkStatus();
}

// A member that should be text; anything else is as if it were not there.
std::string_view EventReader::TextField(const std::string& path, const Value& value) {
  if (value.element.is_string()) {
    if (IsKeepable(TextOf(value.element))) return TextOf(value.element);
    Warn("text_not_kept", path);
    return {};
  }
  Warn(value.element.is_null() ? "null_value" : "not_text", path);
  return {};
}

// Part of what names the event's own job or run: null is as if it were not there, any other type is no identity that
// could be kept.
absl::Status EventReader::ReadIdentity(const std::string& path, const Value& value, std::string_view& out) {
  if (!value.element.is_string() && !value.element.is_null()) return WrongType(path, "a string", value.element);
  if (value.element.is_string() && !IsKeepable(TextOf(value.element))) {
    return base::InvalidField(path, "text in UTF-8 without U+0000");
  }
  out = TextField(path, value);
  return absl::OkStatus();
}

// The same of an object that holds such parts; false for null.
absl::StatusOr<bool> EventReader::HoldsObject(const std::string& path, const Value& value) {
  if (value.element.is_object()) return true;
  if (!value.element.is_null()) return WrongType(path, "an object", value.element);
  Warn("null_value", path);
  return false;
}

absl::StatusOr<Event> EventReader::Read() {
  JsonCursor cursor(document_->text());
  const Value root{document_->root(), &cursor};
  if (!root.element.is_object()) return base::InvalidField("event", "a JSON object");
  RETURN_IF_ERROR(EachMember(root, [this](std::string_view key, const Value& value) { return ReadTop(key, value); }));
  RETURN_IF_ERROR(Decide());
  if (document_->mended()) Warn("text_mended", "event");
  event_.document = std::move(document_);
  return std::move(event_);
}

absl::Status EventReader::ReadTop(std::string_view key, const Value& value) {
  if (key == "eventTime") return ReadTime(value.element);
  if (key == "eventType") {
    event_.event_type = TextField("eventType", value);
  } else if (key == "producer") {
    event_.producer = TextField("producer", value);
    has_producer_ = !event_.producer.empty();
    if (event_.producer.size() > limits_.producer_bytes_max) {
      Warn("producer_too_long", "producer");
      event_.producer = {};
    }
  } else if (key == "schemaURL") {
    event_.schema_url = TextField("schemaURL", value);
    has_schema_url_ = !event_.schema_url.empty();
  } else if (key == "run") {
    return ReadRun(value);
  } else if (key == "job") {
    return ReadJob(value);
  } else if (key == "inputs") {
    event_.inputs_stated = value.element.is_array();
    return ReadDatasets("inputs", value, event_.inputs);
  } else if (key == "outputs") {
    event_.outputs_stated = value.element.is_array();
    return ReadDatasets("outputs", value, event_.outputs);
  } else if (key == "dataset") {
    std::vector<DatasetPart> found;
    RETURN_IF_ERROR(ReadDataset("dataset", value, found));
    if (!found.empty()) event_.dataset = std::move(found.front());
  } else {
    const bool shown = key.size() <= limits_.facet_name_bytes_max && IsKeepable(key);
    Warn("unknown_field", shown ? key : "event");
  }
  return absl::OkStatus();
}

absl::Status EventReader::ReadTime(dom::element value) {
  constexpr std::string_view kExpected = "a date and time as RFC 3339 writes it, such as 2026-03-01T09:30:00Z";
  if (!value.is_string()) return WrongType("eventTime", kExpected, value);
  const absl::StatusOr<base::ParsedTime> time = base::ParseTime(TextOf(value));
  if (!time.ok()) return base::InvalidField("eventTime", kExpected);
  if (!time->rfc3339) Warn("time_not_rfc3339", "eventTime");
  event_.event_time = time->at;
  has_time_ = true;
  return absl::OkStatus();
}

absl::Status EventReader::ReadRun(const Value& value) {
  ASSIGN_OR_RETURN(const bool holds, HoldsObject("run", value));
  if (!holds) return absl::OkStatus();
  RunPart run;
  std::vector<RawFacet> misplaced;
  RETURN_IF_ERROR(EachMember(value, [&](std::string_view key, const Value& member) -> absl::Status {
    if (key == "runId") {
      return ReadIdentity("run.runId", member, run.run_id);
    } else if (key == "facets") {
      return ReadFacets("run.facets", member, run.facets);
    } else {
      return AddMisplaced("run", key, member, misplaced);
    }
    return absl::OkStatus();
  }));
  Adopt(misplaced, run.facets);
  if (run.run_id.size() > limits_.run_id_bytes_max) {
    return base::InvalidField("run.runId", base::Cat("at most ", limits_.run_id_bytes_max, " bytes"));
  }
  if (run.run_id.empty()) {
    Warn("missing_run_id", "run.runId");
  } else if (!base::IsUuid(run.run_id)) {
    Warn("run_id_not_uuid", "run.runId");
  }
  event_.run = std::move(run);
  return absl::OkStatus();
}

absl::Status EventReader::ReadJob(const Value& value) {
  ASSIGN_OR_RETURN(const bool holds, HoldsObject("job", value));
  if (!holds) return absl::OkStatus();
  JobPart job;
  std::vector<RawFacet> misplaced;
  RETURN_IF_ERROR(EachMember(value, [&](std::string_view key, const Value& member) -> absl::Status {
    if (key == "namespace") {
      return ReadIdentity("job.namespace", member, job.ns);
    } else if (key == "name") {
      return ReadIdentity("job.name", member, job.name);
    } else if (key == "facets") {
      return ReadFacets("job.facets", member, job.facets);
    } else {
      return AddMisplaced("job", key, member, misplaced);
    }
    return absl::OkStatus();
  }));
  Adopt(misplaced, job.facets);
  event_.job = std::move(job);
  return absl::OkStatus();
}

absl::Status EventReader::ReadDatasets(const std::string& path, const Value& value, std::vector<DatasetPart>& out) {
  out.clear();
  if (!value.element.is_array()) {
    Warn(value.element.is_null() ? "null_value" : "not_an_array", path);
    return absl::OkStatus();
  }
  const size_t count_max = path == "inputs" ? limits_.inputs_max : limits_.outputs_max;
  return EachItem(value, [&](size_t index, const Value& item) -> absl::Status {
    if (index == count_max) Warn("too_many_datasets", path);
    if (index >= count_max) return absl::OkStatus();
    return ReadDataset(base::Cat(path, "[", index, "]"), item, out);
  });
}

// A dataset without an identity that can be kept is left out, with a warning: the run and the other datasets stand.
absl::Status EventReader::ReadDataset(const std::string& path, const Value& value, std::vector<DatasetPart>& out) {
  if (!value.element.is_object()) {
    Warn(value.element.is_null() ? "null_value" : "not_an_object", path);
    return absl::OkStatus();
  }
  DatasetPart dataset;
  dataset.path = path;
  bool has_namespace = false;
  std::vector<RawFacet> misplaced;
  RETURN_IF_ERROR(EachMember(value, [&](std::string_view key, const Value& member) -> absl::Status {
    if (key == "namespace") {
      has_namespace = member.element.is_string() && IsKeepable(TextOf(member.element));
      dataset.ns = TextField(path + ".namespace", member);
    } else if (key == "name") {
      dataset.name = TextField(path + ".name", member);
    } else if (key == "facets") {
      return ReadFacets(path + ".facets", member, dataset.facets);
    } else if (key == "inputFacets") {
      return ReadFacets(path + ".inputFacets", member, dataset.input_facets);
    } else if (key == "outputFacets") {
      return ReadFacets(path + ".outputFacets", member, dataset.output_facets);
    } else {
      return AddMisplaced(path, key, member, misplaced);
    }
    return absl::OkStatus();
  }));
  Adopt(misplaced, dataset.facets);
  if (dataset.name.empty() || !has_namespace) {
    Warn(dataset.name.empty() ? "dataset_without_name" : "dataset_without_namespace", path);
    return absl::OkStatus();
  }
  if (dataset.ns.size() > base::kNamespaceBytesMax || dataset.name.size() > base::kNameBytesMax) {
    const bool of_namespace = dataset.ns.size() > base::kNamespaceBytesMax;
    Warn("name_too_long", base::Cat(path, of_namespace ? ".namespace" : ".name"));
    return absl::OkStatus();
  }
  out.push_back(std::move(dataset));
  return absl::OkStatus();
}

absl::Status EventReader::ReadFacets(const std::string& path, const Value& value, std::vector<RawFacet>& out) {
  out.clear();
  if (!value.element.is_object()) {
    Warn(value.element.is_null() ? "null_value" : "not_an_object", path);
    return absl::OkStatus();
  }
  return EachMember(value, [&](std::string_view name, const Value& facet) { return AddFacet(path, name, facet, out); });
}

absl::Status EventReader::AddFacet(const std::string& path, std::string_view name, const Value& value,
                                   std::vector<RawFacet>& out) {
  if (name.size() > limits_.facet_name_bytes_max) {
    Warn("facet_name_too_long", path);
    return absl::OkStatus();
  }
  if (name.empty() || !IsKeepable(name)) {
    Warn("facet_without_name", path);
    return absl::OkStatus();
  }
  if (value.element.is_null()) {
    Warn("null_facet", base::Cat(path, ".", name));
    return absl::OkStatus();
  }
  std::string_view json;
  CHECK(value.text->SkipValue(json)) << "the text was parsed before";
  if (json.size() > limits_.facet_bytes_max) {
    Warn("facet_too_large", base::Cat(path, ".", name));
    return absl::OkStatus();
  }
  if (value.text->depth() > limits_.facet_depth_max) {
    Warn("facet_too_deep", base::Cat(path, ".", name));
    return absl::OkStatus();
  }
  if (facets_ >= limits_.event_facets_max) {
    if (facets_++ == limits_.event_facets_max) Warn("too_many_facets", "event");
    return absl::OkStatus();
  }
  ++facets_;
  const bool rounded = document_->rounds_numbers() && HoldsNumberBeyond(json);
  if (rounded) Warn("integer_beyond_64_bits", base::Cat(path, ".", name));
  const RawFacet facet{name, json, document_->Keep(value.element), rounded};
  const auto same = std::find_if(out.begin(), out.end(), [&](const RawFacet& other) { return other.name == name; });
  if (same != out.end()) {
    Warn("duplicate_facet", base::Cat(path, ".", name));
    *same = facet;
    return absl::OkStatus();
  }
  if (out.size() == limits_.facets_max) {
    Warn("too_many_facets", path);
    return absl::OkStatus();
  }
  out.push_back(facet);
  return absl::OkStatus();
}

// Some producers write a facet beside `facets` instead of in it.
absl::Status EventReader::AddMisplaced(const std::string& path, std::string_view key, const Value& value,
                                       std::vector<RawFacet>& misplaced) {
  if (!value.element.is_object() || key.size() > limits_.facet_name_bytes_max || !IsKeepable(key)) {
    Warn("unknown_field", path);
    return absl::OkStatus();
  }
  Warn("facet_outside_facets", base::Cat(path, ".", key));
  return AddFacet(path, key, value, misplaced);
}

// What stands in `facets` wins over a stray of the same name.
void EventReader::Adopt(std::vector<RawFacet>& misplaced, std::vector<RawFacet>& facets) {
  const size_t proper = facets.size();
  for (RawFacet& stray : misplaced) {
    const bool known = std::any_of(facets.begin(), facets.begin() + static_cast<std::ptrdiff_t>(proper),
                                   [&](const RawFacet& facet) { return facet.name == stray.name; });
    if (!known) facets.push_back(stray);
  }
}

// The shape follows from the keys that are there, whatever schemaURL says.
absl::Status EventReader::Decide() {
  if (!has_time_) return base::InvalidField("eventTime", "the time of the event; there is none");
  const bool has_job = event_.job.has_value() && !event_.job->name.empty();
  if (has_job) {
    const absl::Status status = base::CheckAssetName(
        {base::AssetKind::kJob, std::string(event_.job->ns.substr(0, base::kNamespaceBytesMax + 1)),
         std::string(event_.job->name.substr(0, base::kNameBytesMax + 1))});
    if (!status.ok()) return base::WithinField("job", status);
    if (event_.job->ns.empty()) Warn("job_without_namespace", "job.namespace");
    const bool has_run = event_.run.has_value() && !event_.run->run_id.empty();
    event_.shape = has_run ? EventShape::kRun : EventShape::kJob;
    event_.dataset.reset();
  } else if (event_.dataset.has_value()) {
    event_.shape = EventShape::kDataset;
    event_.job.reset();
    event_.inputs.clear();
    event_.outputs.clear();
  } else {
    const auto bad = std::find_if(event_.warnings.begin(), event_.warnings.end(), [](const Warning& warning) {
      return warning.field == "dataset.namespace" || warning.field == "dataset.name" || warning.field == "dataset";
    });
    if (bad != event_.warnings.end()) {
      return base::InvalidField(bad->field,
                                base::Cat("a dataset with a namespace and a name that can be kept (", bad->cause, ")"));
    }
    return base::InvalidField("job.name", "the name of a job, or a dataset with namespace and name; there is neither");
  }
  if (event_.shape != EventShape::kRun) event_.run.reset();
  if (!has_producer_) Warn("missing_producer", "producer");
  if (!has_schema_url_) Warn("missing_schema_url", "schemaURL");
  if (event_.shape == EventShape::kRun && event_.event_type.empty()) Warn("missing_event_type", "eventType");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Event> Parse(std::string_view json, const Limits& limits) {
  ASSIGN_OR_RETURN(std::shared_ptr<JsonDocument> document, JsonDocument::Make(json, limits));
  return EventReader(std::move(document), limits).Read();
}

}  // namespace cadastre::openlineage

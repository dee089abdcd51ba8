#include "catalog/aspect_kind.h"

#include <algorithm>
#include <array>

#include "base/limits.h"
#include "base/status.h"
#include "base/utf8.h"

namespace cadastre::catalog {
namespace {

using authz::Privilege;

constexpr auto kRead = Privilege::kRead;
constexpr auto kBrowse = Privilege::kBrowse;
constexpr auto kCode = Privilege::kReadCode;
constexpr auto kOperations = Privilege::kReadOperations;
constexpr auto kTechnicalEdit = Privilege::kEditTechnical;
constexpr auto kDocs = Privilege::kEditDocs;
constexpr auto kTagEdit = Privilege::kEditTags;

constexpr AspectKind Technical(uint32_t number, std::string_view name, Privilege read = kRead, bool text = false) {
  return {number, name, Family::kTechnical, Merge::kScalar, read, kTechnicalEdit, false, text, false};
}
constexpr AspectKind Business(uint32_t number, std::string_view name, Privilege write, Merge merge = Merge::kScalar,
                              bool label = false, bool text = false) {
  return {number, name, Family::kBusiness, merge, kRead, write, label, text, false};
}
constexpr AspectKind Operational(uint32_t number, std::string_view name, Merge merge = Merge::kScalar) {
  return {number, name, Family::kOperational, merge, kOperations, kTechnicalEdit, false, false, false};
}
constexpr AspectKind Faceted(AspectKind kind) {
  kind.faceted = true;
  return kind;
}
constexpr AspectKind Judged(AspectKind kind) {
  kind.judged = true;
  return kind;
}
constexpr AspectKind OfRun(uint32_t number, std::string_view name) {
  return {number, name, Family::kOperational, Merge::kScalar, kOperations, kTechnicalEdit, false, false, true};
}

constexpr std::array kKinds = {
    Technical(1, "schema", kRead, true),
    Technical(2, "location"),
    Technical(3, "data_source"),
    Technical(4, "storage"),
    Technical(5, "catalog_entry"),
    Technical(6, "partitioning"),
    Technical(7, "definition", kCode),
    Technical(8, "source_code", kCode),
    Technical(9, "source_location"),
    Technical(10, "dataset_version"),
    AspectKind{11, "container", Family::kTechnical, Merge::kScalar, kBrowse, kTechnicalEdit, true, false, false},
    Faceted(Technical(12, "job_type", kBrowse)),
    Faceted(Technical(13, "dataset_type", kBrowse)),
    Technical(14, "hierarchy"),
    Technical(15, "lifecycle_change"),
    Technical(16, "job_dependencies"),
    Business(40, "documentation", kDocs, Merge::kScalar, false, true),
    Business(41, "ownership", kTagEdit, Merge::kUnion, true, true),
    Business(42, "tags", kTagEdit, Merge::kUnion, true, true),
    Business(43, "glossary_terms", kTagEdit, Merge::kUnion, false, true),
    Business(44, "classifications", kTagEdit, Merge::kUnion, true, true),
    Business(45, "domain", kTagEdit, Merge::kScalar, true, true),
    Business(46, "data_product", kTagEdit),
    Business(47, "service_level", kDocs),
    Business(48, "contract", kDocs),
    Judged(Faceted(Business(49, "certification", kTagEdit))),
    Judged(Faceted(Business(50, "deprecation", kDocs))),
    Business(51, "links", kDocs),
    Business(52, "custom_properties", kDocs),
    Business(53, "display_name", kDocs, Merge::kScalar, false, true),
    Operational(80, "freshness"),
    Operational(81, "volume"),
    Operational(82, "profile"),
    Operational(83, "quality_results", Merge::kEach),
    Operational(84, "usage"),
    Operational(85, "access_history"),
    Operational(86, "incident"),
    // A facet's meaning is unknown, and it may carry code: it opens as code does.
    AspectKind{kFacetNumber, "facet", Family::kFacet, Merge::kScalar, kCode, kTechnicalEdit, false, false, false},
    OfRun(140, "nominal_time"),
    OfRun(141, "parent_run"),
    OfRun(142, "error_message"),
    OfRun(143, "processing_engine"),
    OfRun(144, "external_query"),
    OfRun(145, "extraction_error"),
    OfRun(146, "execution_parameters"),
    OfRun(147, "test_execution"),
    OfRun(148, "io_statistics"),
    OfRun(149, "subset"),
    OfRun(150, "iceberg_report"),
};

constexpr int kFieldsMax = 10'000;
constexpr int kFieldDepthMax = 32;
// A facet of 4 MiB with its name.
constexpr size_t kAspectBytesMax = (4 << 20) + 1'024;

std::string EntryOf(std::string_view list, int index) { return base::Cat(list, "[", index, "]"); }

Status CheckName(const std::string& name, size_t bytes_max) {
  if (name.empty() || name.size() > bytes_max)
    return base::InvalidField("name", base::Cat("1 to ", bytes_max, " bytes"));
  return name.find('\0') == std::string::npos ? absl::OkStatus() : base::InvalidField("name", "text without U+0000");
}

Status CheckFields(const google::protobuf::RepeatedPtrField<v1::SchemaField>& fields, int depth, int& count) {
  if (depth > kFieldDepthMax) return base::InvalidField("fields", "at most 32 levels");
  for (int i = 0; i < fields.size(); ++i) {
    if (++count > kFieldsMax) return base::InvalidField("fields", "at most 10,000 over all levels");
    Status wrong = CheckName(fields[i].name(), 512);
    if (wrong.ok()) wrong = CheckFields(fields[i].fields(), depth + 1, count);
    if (!wrong.ok()) return base::WithinField(EntryOf("fields", i), wrong);
  }
  return absl::OkStatus();
}

// The first entry that does not fit, by its place.
template <typename Entry, typename Fits>
Status CheckEach(const google::protobuf::RepeatedPtrField<Entry>& entries, std::string_view list,
                 std::string_view member, std::string_view expected, const Fits& fits) {
  for (int i = 0; i < entries.size(); ++i) {
    if (!fits(entries[i])) return base::InvalidField(base::Cat(EntryOf(list, i), ".", member), expected);
  }
  return absl::OkStatus();
}

bool IsWord(const std::string& text, size_t bytes_max) { return !text.empty() && text.size() <= bytes_max; }

bool IsSafeLink(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://") || url.starts_with("mailto:");
}

Status CheckLists(const Aspect& aspect) {
  if (aspect.ownership().owners_size() > base::kListEntriesMax)
    return base::InvalidField("ownership.owners", "at most 1,000");
  RETURN_IF_ERROR(CheckEach(aspect.ownership().owners(), "ownership.owners", "owner", "1 to 512 bytes",
                            [](const auto& one) { return IsWord(one.owner(), base::kOwnerBytesMax); }));
  if (aspect.tags().tags_size() > base::kListEntriesMax) return base::InvalidField("tags.tags", "at most 1,000");
  RETURN_IF_ERROR(CheckEach(aspect.tags().tags(), "tags.tags", "key", "1 to 256 bytes",
                            [](const auto& one) { return IsWord(one.key(), base::kTagKeyBytesMax); }));
  if (aspect.classifications().classifications_size() > 64) {
    return base::InvalidField("classifications.classifications", "at most 64");
  }
  RETURN_IF_ERROR(CheckEach(aspect.classifications().classifications(), "classifications.classifications", "name",
                            "1 to 128 bytes", [](const auto& one) { return IsWord(one.name(), 128); }));
  if (aspect.links().links_size() > base::kListEntriesMax) return base::InvalidField("links.links", "at most 1,000");
  return CheckEach(aspect.links().links(), "links.links", "url", "an http, https or mailto address",
                   [](const auto& one) { return IsSafeLink(one.url()); });
}

Status CheckValue(const Aspect& aspect) {
  if (aspect.has_schema()) {
    int count = 0;
    return base::WithinField("schema", CheckFields(aspect.schema().fields(), 1, count));
  }
  if (aspect.has_facet()) RETURN_IF_ERROR(base::WithinField("facet", CheckName(aspect.facet().name(), 256)));
  return CheckLists(aspect);
}

}  // namespace

std::span<const AspectKind> AspectKinds() { return kKinds; }

const AspectKind* FindAspectKind(uint32_t number) {
  number = ValueNumber(number);
  if (number >= kFacetBase) number = kFacetNumber;
  const auto found =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const AspectKind& kind) { return kind.number == number; });
  return found == kKinds.end() ? nullptr : &*found;
}

Status CheckAspect(const Aspect& aspect) {
  if (NumberOf(aspect) == 0) return base::InvalidField("aspect", "one kind of aspect");
  if (aspect.ByteSizeLong() > kAspectBytesMax) return base::InvalidField("aspect", "at most 4 MiB");
  return base::WithinField("aspect", CheckValue(aspect));
}

}  // namespace cadastre::catalog
